import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError, type ColourDescription, type JobRequest, type MediaInfo } from '../../shared';
import { FramePool, pixelFormat, type Frame, type StreamFormat } from '../frames';
import { buffered } from './buffered';
import { instanceOutput } from './each-instance';
import { expectedResults } from './expected-frames';
import { Gate } from './gate';
import { isNumbered, numberedName, numberPattern } from './numbered-files';
import { checkOutput, putInPlace } from './result-file';
import { choicesBefore, SegmentStore, STATE_ROLE, workFolder, type Segment } from './segment-store';
import { Validator } from './validator';

const colour: ColourDescription = {
  matrix: 'bt709',
  range: 'limited',
  primaries: 'bt709',
  transfer: 'bt709',
  chromaLocation: 'left',
  rangeStated: true,
};
const gray = pixelFormat('gray');
if (!gray) throw new Error('gray');
const stream: StreamFormat = {
  width: 32,
  height: 32,
  format: gray,
  colour,
  timeBase: { num: 1, den: 25 },
  frameRate: null,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearcut-pipeline-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function* numbered(pool: FramePool, count: number, taken: number[] = []): AsyncGenerator<Frame> {
  for (let pts = 0; pts < count; pts++) {
    const frame = await pool.take({ pts, duration: 1 });
    taken.push(pts);
    yield frame;
  }
}

describe('buffered', () => {
  it('keeps order, loses nothing and runs ahead by no more than its capacity', async () => {
    const pool = new FramePool(stream, 16);
    const taken: number[] = [];
    const seen: number[] = [];
    for await (const frame of buffered(numbered(pool, 40, taken), 3)) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(taken.length - seen.length).toBeLessThanOrEqual(1 + 3 + 1);
      seen.push(frame.pts);
      frame.release();
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(pool.held).toBe(0);
  });

  it('gives every frame back when the consumer stops early', async () => {
    const pool = new FramePool(stream, 8);
    for await (const frame of buffered(numbered(pool, 100), 3)) {
      const { pts } = frame;
      frame.release();
      if (pts === 5) break;
    }
    expect(pool.held).toBe(0);
  });

  it('tells an error of the source after the frames before it', async () => {
    const pool = new FramePool(stream, 8);
    async function* failing(): AsyncGenerator<Frame> {
      yield* numbered(pool, 3);
      throw new UserError('damaged-input', 'The file ends here.');
    }
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const frame of buffered(failing(), 2)) {
        seen.push(frame.pts);
        frame.release();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'damaged-input' });
    expect(seen).toEqual([0, 1, 2]);
  });
});

describe('the frames that a job will write', () => {
  it('are those of the source, times what its stages make of one', () => {
    const frameRate = { num: 25, den: 1 };
    const info = {
      kind: 'video',
      durationSeconds: 10,
      video: { frameCount: 250, frameRate, durationSeconds: 10 },
    } as MediaInfo;
    const wanted = (more: Partial<JobRequest>): number | null =>
      expectedResults({ stages: [{ kind: 'enhance', scale: 2 }], ...more } as JobRequest, info);
    expect(wanted({})).toBe(250);
    expect(wanted({ stages: [{ kind: 'interpolate', factor: 4, slow: 2 }], start: 2, end: 4 })).toBe(400);
    expect(
      wanted({
        stages: [
          { kind: 'interpolate', factor: 2 },
          { kind: 'enhance', scale: 2 },
          { kind: 'interpolate', slow: 4 },
          { kind: 'interpolate', deblur: true },
        ],
      }),
    ).toBe(2000);
  });
});

describe('a gate', () => {
  it('holds who comes while it is closed and lets all through when it opens', async () => {
    const gate = new Gate();
    await gate.pass();
    gate.close();
    let through = 0;
    const both = Promise.all([gate.pass().then(() => through++), gate.pass().then(() => through++)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(through).toBe(0);
    gate.open();
    await both;
    expect(through).toBe(2);
    expect(gate.closed).toBe(false);
  });
});

describe('the validator', () => {
  async function frameOf(
    pool: FramePool,
    pts: number,
    value: (x: number, y: number) => number,
  ): Promise<Frame> {
    const frame = await pool.take({ pts, duration: 1 });
    for (let i = 0; i < frame.bytes.length; i++) frame.bytes[i] = value(i % 32, i >> 5);
    return frame;
  }
  const texture = (x: number, y: number): number => 16 + ((x * 37 + y * 91) % 220);
  const SAME = { width: 32, height: 32, content: true };

  it('lets a picture through that looks like its input', async () => {
    const pool = new FramePool(stream, 4);
    const validator = new Validator();
    validator.saw(await frameOf(pool, 0, texture));
    const frame = await frameOf(pool, 0, (x, y) => texture(x, y) - 2);
    expect(() => {
      validator.check(frame, SAME);
    }).not.toThrow();
  });

  it.each([
    ['black', () => 16],
    ['flat grey', () => 120],
    ['white', () => 235],
  ])('stops a frame that has suddenly become %s', async (_, value) => {
    const pool = new FramePool(stream, 4);
    const validator = new Validator();
    validator.saw(await frameOf(pool, 7, texture));
    const frame = await frameOf(pool, 7, value);
    expect(() => {
      validator.check(frame, SAME);
    }).toThrow(expect.objectContaining({ code: 'bad-result' }));
  });

  it('lets black through where the input is black', async () => {
    const pool = new FramePool(stream, 4);
    const validator = new Validator();
    validator.saw(await frameOf(pool, 1, () => 16));
    const frame = await frameOf(pool, 1, () => 16);
    validator.check(frame, SAME);
  });

  it('looks at nothing but the size of what need not resemble its input', async () => {
    const pool = new FramePool(stream, 4);
    const validator = new Validator();
    validator.saw(await frameOf(pool, 7, texture));
    const frame = await frameOf(pool, 7, () => 16);
    validator.check(frame, { ...SAME, content: false });
    expect(() => {
      validator.check(frame, { ...SAME, width: 33, content: false });
    }).toThrow(expect.objectContaining({ code: 'bad-result' }));
  });

  it('stops a frame of the wrong size', async () => {
    const pool = new FramePool(stream, 4);
    const frame = await frameOf(pool, 1, texture);
    expect(() => {
      new Validator().check(frame, { width: 64, height: 64, content: true });
    }).toThrow(expect.objectContaining({ code: 'bad-result' }));
  });
});

describe('numbered files', () => {
  it('have the names that ffmpeg’s patterns mean, and no others', () => {
    expect(isNumbered('%05d.png')).toBe(true);
    expect(isNumbered('100%.png')).toBe(false);
    expect(['%05d.png', 'a-%d.svg', '%3d'].map((pattern) => numberedName(pattern, 42))).toEqual([
      '00042.png',
      'a-42.svg',
      ' 42',
    ]);
    const own = numberPattern('a (1)-%03d.png');
    expect(
      ['a (1)-001.png', 'a (1)-12345.png', 'a (1)-x.png', 'b-001.png', 'a (1)-001.png.bak'].map((name) =>
        own.test(name),
      ),
    ).toEqual([true, true, false, false, false]);
  });

  it('of a track lie beside the others, or in a folder of its own', () => {
    expect(instanceOutput(join('out', 'a.b.mov'), 3)).toBe(join('out', 'a.b-3.mov'));
    expect(instanceOutput(join('out', '%05d.png'), 3)).toBe(join('out-3', '%05d.png'));
  });
});

describe('the segment store', () => {
  const opened = (work: string, frames = 'same', resume = true, request = 'asked'): Promise<SegmentStore> =>
    SegmentStore.open(work, { request, frames }, { resume, choices: ['light', null] });
  const segment = async (store: SegmentStore, index: number): Promise<Segment> => {
    const name = SegmentStore.fileName(index, 'nut');
    await writeFile(store.pathOf(name), 'x'.repeat(10 + index));
    return {
      files: [{ role: 'video', name, bytes: 10 + index }],
      objects: index === 0 ? null : 3,
      frames: 24,
      firstPts: index * 24,
      lastPts: index * 24 + 23,
      endPts: index * 24 + 24,
      restartPts: index * 24 + 23,
    };
  };

  it('finds the segments of an interrupted run of the same job', async () => {
    const work = workFolder(join(folder, 'Ünï çödé (1) &.mkv'));
    const store = await opened(work);
    await store.add(await segment(store, 0));
    await store.add(await segment(store, 1));
    await store.unlock();
    const again = await opened(work);
    expect(again.resumed).toBe(true);
    expect(again.frames).toBe(48);
    expect(again.bytes).toBe(21);
    expect(again.objects).toBe(3);
    expect(again.complete).toBe(false);
  });

  it.each([
    ['another job', 'other', true],
    ['a run that must not resume', 'same', false],
  ])('drops them for %s', async (_, identity, resume) => {
    const work = workFolder(join(folder, 'out.mkv'));
    const store = await opened(work);
    await store.add(await segment(store, 0));
    await store.unlock();
    const again = await opened(work, identity, resume);
    expect(again.resumed).toBe(false);
    expect(again.dropped).toBe(true);
    expect((await readdir(work)).filter((name) => name.startsWith('segment'))).toEqual([]);
  });

  it('does not trust a segment whose file has another length, nor a broken manifest', async () => {
    const work = workFolder(join(folder, 'out.mkv'));
    const store = await opened(work);
    const first = await segment(store, 0);
    await store.add(first);
    await store.unlock();
    await writeFile(store.fileOf(first, 'video')!, 'short');
    const again = await opened(work);
    expect(again.segments).toEqual([]);
    await again.unlock();
    await writeFile(join(work, 'manifest.json'), '{"layout":1,');
    expect((await opened(work)).segments).toEqual([]);
  });

  it('keeps what stages remember at the end of the last segment, and goes on from nothing less', async () => {
    const work = workFolder(join(folder, 'out.mkv'));
    const withState = async (store: SegmentStore, index: number, states: unknown): Promise<Segment> => {
      const plain = await segment(store, index);
      const name = SegmentStore.fileName(index, 'state.json');
      const text = JSON.stringify(states);
      await writeFile(store.pathOf(name), text);
      return { ...plain, files: [...plain.files, { role: STATE_ROLE, name, bytes: text.length }] };
    };
    const store = await opened(work);
    await store.add(await withState(store, 0, [null, 'AQ==']));
    await store.add(await withState(store, 1, [null, 'AgM=']));
    await store.unlock();
    const again = await opened(work);
    expect(again.states).toEqual([null, new Uint8Array([2, 3])]);
    expect((await readdir(work)).filter((name) => name.endsWith('state.json'))).toHaveLength(1);
    const last = again.segments.at(-1)!;
    await writeFile(again.fileOf(last, STATE_ROLE)!, '?'.repeat(last.files.at(-1)!.bytes));
    await again.unlock();
    expect((await opened(work)).dropped).toBe(true);
  });

  it('remembers what was chosen for the very same request, while there is work to go on from', async () => {
    const work = workFolder(join(folder, 'out.mkv'));
    const store = await opened(work);
    expect(await choicesBefore(work, 'asked')).toEqual([]);
    await store.add(await segment(store, 0));
    expect(await choicesBefore(work, 'asked')).toEqual(['light', null]);
    expect(await choicesBefore(work, 'asked otherwise')).toEqual([]);
    expect(await choicesBefore(join(folder, 'nowhere'), 'asked')).toEqual([]);
    await store.unlock();
    // Frames that would be the same are used, however they were asked for.
    expect((await opened(work, 'same', true, 'asked otherwise')).resumed).toBe(true);
  });

  it('takes over the lock of a process that is gone', async () => {
    const work = workFolder(join(folder, 'out.mkv'));
    const store = await opened(work);
    await store.unlock();
    await writeFile(join(work, 'lock'), '999999999');
    await opened(work);
    expect(await readFile(join(work, 'lock'), 'utf8')).toBe(String(process.pid));
  });
});

describe('the result file', () => {
  it('refuses the input itself, also by another name, an existing file, and a folder', async () => {
    const input = join(folder, 'in.mp4');
    await writeFile(input, 'video');
    await symlink(input, join(folder, 'link.mp4'));
    await expect(checkOutput(input, input, true)).rejects.toMatchObject({ code: 'output-is-input' });
    await expect(checkOutput(input, join(folder, 'link.mp4'), true)).rejects.toMatchObject({
      code: 'output-is-input',
    });
    await writeFile(join(folder, 'there.mp4'), 'old');
    await expect(checkOutput(input, join(folder, 'there.mp4'), false)).rejects.toMatchObject({
      code: 'output-exists',
    });
    await checkOutput(input, join(folder, 'there.mp4'), true);
    await expect(checkOutput(input, folder, true)).rejects.toMatchObject({ code: 'output-not-writable' });
    await expect(checkOutput(input, join(input, 'below-a-file.mp4'), false)).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });

  it.skipIf(process.platform !== 'linux')('is refused where no folder can be made, at once', async () => {
    await expect(
      checkOutput(join(folder, 'in.mp4'), '/proc/clearcut/deep/out.mp4', false),
    ).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });

  it('makes the folders that the output needs', async () => {
    await checkOutput(join(folder, 'in.mp4'), join(folder, 'a', 'b', 'out.mp4'), false);
    expect(await readdir(join(folder, 'a'))).toEqual(['b']);
  });

  it('never replaces a file that appeared meanwhile unless asked to', async () => {
    const part = join(folder, 'result.part');
    const output = join(folder, 'out.mp4');
    await writeFile(part, 'new');
    await writeFile(output, 'somebody else');
    await expect(putInPlace(part, output, false)).rejects.toMatchObject({ code: 'output-exists' });
    expect(await readFile(output, 'utf8')).toBe('somebody else');
    await putInPlace(part, output, true);
    expect(await readFile(output, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['out.mp4']);
  });
});
