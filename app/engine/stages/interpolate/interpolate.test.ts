import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ColourDescription } from '../../../shared';
import {
  FramePool,
  pixelFormat,
  type Frame,
  type PooledFrame,
  type StageContext,
  type StagePlan,
  type StreamFormat,
} from '../../frames';
import { Interpolate, type InterpolateRequest } from '.';

const colour: ColourDescription = {
  ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'bt709' },
  ...{ chromaLocation: 'left', rangeStated: true },
};

function streamOf(name = 'yuv420p', width = 96, height = 64): StreamFormat {
  const format = pixelFormat(name);
  if (!format) throw new Error(name);
  const rate = { timeBase: { num: 1, den: 1000 }, frameRate: { num: 25, den: 1 } };
  return { width, height, format, colour, ...rate };
}

/** What a test frame shows: a bright box at `box`, on a ground that moves by `ground`, with a logo that doesn't. */
interface Scene {
  readonly pts: number;
  readonly box?: number;
  readonly ground?: number;
  readonly cut?: boolean;
  /** Codes of noise, as coding leaves it. */
  readonly noise?: number;
}

const LOGO = { left: 70, right: 82, top: 8, bottom: 18 } as const;

function draw(frame: PooledFrame, { box = 20, ground = 0, noise = 0 }: Scene): void {
  const { bitDepth } = frame.stream.format;
  const unit = 2 ** (bitDepth - 8);
  for (const [index, plane] of frame.planes.entries())
    for (let at = 0; at < plane.data.length; at++) {
      const [x, y] = [at % plane.width, Math.floor(at / plane.width)];
      const logo = x >= LOGO.left && x < LOGO.right && y >= LOGO.top && y < LOGO.bottom;
      const inBox = Math.abs(x - box) <= 6 && Math.abs(y - 40) <= 8;
      const wave = 70 + 24 * Math.sin((x + ground) / 5 + y / 7) + 8 * Math.sin((x + ground) / 1.7);
      const light = logo ? ((x * x + 3 * y * y + x * y) % 7 < 3 ? 220 : 40) : inBox ? 210 : wave;
      plane.data[at] = Math.round((index === 0 ? light + noise * ((at * 7) % 2) : 128 + 20 * index) * unit);
    }
}

interface Out {
  readonly pts: number;
  readonly duration: number | null;
  readonly sourcePts: number;
  readonly restartPts: number;
  readonly cut: boolean;
  readonly hash: string;
  /** Middle of the bright box across, in pixels. */
  readonly box: number;
  readonly luma: Uint8Array | Uint16Array;
}

function boxOf({ data, width }: Frame['planes'][number], unit: number): number {
  let [sum, weight] = [0, 0];
  for (let y = 34; y < 47; y++)
    for (let x = 0; x < width; x++) {
      const light = Math.max(0, (data[y * width + x] ?? 0) / unit - 120);
      sum += light * x;
      weight += light;
    }
  return sum / weight;
}

function contextOf(input: StreamFormat, more: Partial<StageContext> = {}): StageContext {
  return {
    input,
    display: { sampleAspectRatio: { num: 1, den: 1 }, rotation: 0 },
    ...{
      backend: 'cpu',
      still: false,
      expectedFrames: null,
      chosenBefore: null,
      foundBefore: null,
    },
    signal: new AbortController().signal,
    note: () => undefined,
    ...more,
  };
}

async function run(
  scenes: readonly Scene[],
  request: Partial<InterpolateRequest>,
  input = streamOf(),
  change: (frame: PooledFrame, scene: Scene) => void = () => undefined,
): Promise<{ out: Out[]; plan: StagePlan }> {
  const stage = new Interpolate({ kind: 'interpolate', method: 'motion', ...request });
  const plan = await stage.init(contextOf(input));
  // One frame: the stage gives each back before it asks for the next.
  const pool = new FramePool(input, 1);
  const out: Out[] = [];
  const keep = async (frames: AsyncIterable<Frame>): Promise<void> => {
    for await (const frame of frames) {
      expect(frame.stream).toEqual(plan.output);
      const { pts, duration, sourcePts, restartPts, sceneCutBefore: cut, planes, bytes } = frame;
      const hash = createHash('md5').update(bytes).digest('hex');
      const box = boxOf(planes[0]!, 2 ** (input.format.bitDepth - 8));
      out.push({
        ...{ pts, duration, sourcePts, restartPts, cut, hash, box },
        luma: planes[0]!.data.slice(),
      });
      frame.release();
    }
  };
  try {
    for (const [index, scene] of scenes.entries()) {
      if (scene.cut) await keep(stage.flush());
      const next = scenes[index + 1]?.pts;
      const duration = next === undefined ? 40 : next - scene.pts;
      const frame = await pool.take({ pts: scene.pts, duration, sceneCutBefore: scene.cut ?? false });
      draw(frame, scene);
      change(frame, scene);
      await keep(stage.process(frame));
      expect(pool.held).toBe(0);
    }
    await keep(stage.flush());
  } finally {
    await stage.close();
  }
  return { out, plan };
}

async function sourceHashes(scenes: readonly Scene[], input = streamOf()): Promise<string[]> {
  const pool = new FramePool(input, 1);
  const hashes: string[] = [];
  for (const scene of scenes) {
    const frame = await pool.take({ pts: 0, duration: null });
    draw(frame, scene);
    hashes.push(createHash('md5').update(frame.bytes).digest('hex'));
    frame.release();
  }
  return hashes;
}

/** A box that moves by 4 pixels a frame over a ground that moves by 2 the other way. */
const moving = (times: readonly number[]): Scene[] =>
  times.map((pts, index) => ({ pts, box: 20 + 4 * index, ground: 2 * index }));

describe('the interpolate stage', () => {
  it.each([2, 4, 8] as const)('puts new frames exactly between, whatever the times, ×%i', async (factor) => {
    // Odd steps of a variable rate, and a first frame before zero.
    const times = [-7, 33, 70, 113, 140, 181];
    const { out, plan } = await run(moving(times), { factor });
    expect(plan).toMatchObject({
      rate: factor,
      output: {
        timeBase: { num: 1, den: 1000 * factor },
        frameRate: { num: 25 * factor, den: 1 },
      },
    });
    const wanted = times.flatMap((pts, index) => {
      const step = (times[index + 1] ?? pts + 40) - pts;
      return Array.from({ length: factor }, (_, part) => pts * factor + part * step);
    });
    expect(out.map(({ pts }) => pts)).toEqual(wanted);
    // Each lasts until the next.
    for (const [index, { pts, duration }] of out.entries())
      expect(pts + duration!).toBe(out[index + 1]?.pts ?? (181 + 40) * factor);
    expect(out.map(({ sourcePts }) => sourcePts)).toEqual(
      times.flatMap((pts) => Array.from({ length: factor }, () => pts)),
    );
  });

  it.each([
    ['yuv420p', 2],
    ['yuv422p10le', 2],
    ['yuv444p12le', 4],
    ['gray', 2],
    ['yuv420p10le', 8],
  ] as const)(
    'moves what moves, and leaves frames that are there as they are: %s ×%i',
    async (name, factor) => {
      const scenes = moving([0, 40, 80, 120]);
      const input = streamOf(name);
      const { out } = await run(scenes, { factor }, input);
      const source = await sourceHashes(scenes, input);
      expect(out.filter((_, index) => index % factor === 0).map(({ hash }) => hash)).toEqual(source);
      for (const [index, { box }] of out.slice(0, 1 - factor).entries())
        expect(Math.abs(box - (20 + (4 * index) / factor)), `frame ${index}`).toBeLessThan(0.5);
    },
  );

  it('stretches time at the same rate in slow motion', async () => {
    const { out, plan } = await run(moving([100, 141, 180]), { slow: 4 });
    expect(plan).toMatchObject({
      rate: 4,
      slow: { factor: 4, sound: 'stretch' },
      output: { timeBase: { num: 1, den: 1000 }, frameRate: { num: 25, den: 1 } },
    });
    expect(out.slice(0, 6).map(({ pts }) => pts)).toEqual([400, 441, 482, 523, 564, 603]);
    const both = await run(moving([100, 141, 180]), { slow: 2, factor: 2, slowSound: 'drop' });
    expect(both.plan).toMatchObject({ rate: 4, slow: { factor: 2, sound: 'drop' } });
    expect(both.plan.output).toMatchObject({ timeBase: { num: 1, den: 2000 } });
    expect(both.out.map(({ pts, hash }) => [pts, hash])).toEqual(out.map(({ pts, hash }) => [pts, hash]));
  });

  it('makes nothing across a cut: the last frame of the shot is held', async () => {
    const scenes = [
      ...moving([0, 40, 80]),
      { pts: 120, box: 70, ground: 30, cut: true },
      { pts: 160, box: 66, ground: 28 },
    ];
    const { out } = await run(scenes, { factor: 4 });
    const source = await sourceHashes(scenes);
    expect(out).toHaveLength(20);
    expect(out.slice(8, 12).map(({ hash }) => hash)).toEqual(Array(4).fill(source[2]));
    expect(out[12]!.hash).toBe(source[3]);
    expect(out.map(({ cut }) => cut)).toEqual(out.map((_, index) => index === 12));
    expect(out.slice(16).map(({ hash }) => hash)).toEqual(Array(4).fill(source[4]));
  });

  it('makes nothing across a cut that the decoder did not see', async () => {
    const scenes = moving([0, 40, 80, 120, 160]);
    const { out } = await run(scenes, { factor: 4 }, streamOf(), (frame, { pts }) => {
      if (pts < 120) return;
      const luma = frame.planes[0]!.data;
      for (let at = 0; at < luma.length; at++) luma[at] = 16 + ((at * 7919) % 97) + ((at >> 5) % 3) * 50;
    });
    expect(out.slice(8, 12).map(({ hash }) => hash)).toEqual(Array(4).fill(out[8]!.hash));
    expect(out[5]!.hash).not.toBe(out[4]!.hash);
    expect(out[12]!.hash).not.toBe(out[8]!.hash);
  });

  it('makes nothing across a gap', async () => {
    const scenes = moving([0, 40, 80, 680, 720]);
    const { out } = await run(scenes, { factor: 2 });
    const source = await sourceHashes(scenes);
    expect(out.map(({ pts }) => pts)).toEqual([0, 40, 80, 120, 160, 760, 1360, 1400, 1440, 1480]);
    expect(out[5]!.hash).toBe(source[2]);
    expect(out[7]!.hash).not.toBe(source[3]);
  });

  it.each([1, 2])('takes %i frames', async (count) => {
    const scenes = moving([5, 45]).slice(0, count);
    const { out } = await run(scenes, { factor: 2 });
    expect(out.map(({ pts }) => pts)).toEqual([10, 50, 90, 130].slice(0, 2 * count));
    expect(out.at(-1)!.hash).toBe((await sourceHashes(scenes)).at(-1));
  });

  it.each([2, 3])('lets animation on %is move on over all of its time', async (hold) => {
    const scenes = Array.from({ length: 4 * hold }, (_, index) => {
      const drawing = Math.floor(index / hold);
      return { pts: 40 * index, box: 20 + 6 * drawing, ground: 2 * drawing, noise: index % 2 };
    });
    const { out } = await run(scenes, { factor: 2 });
    expect(out.map(({ pts }) => pts)).toEqual(Array.from({ length: 8 * hold }, (_, index) => 40 * index));
    // Up to the last drawing's first frame every step is the same.
    for (const [index, { box }] of out.slice(0, 6 * hold).entries())
      expect(Math.abs(box - (20 + (6 * index) / (2 * hold))), `frame ${index}`).toBeLessThan(0.5);
  });

  it('moves steadily through the frames that 3:2 pulldown repeats', async () => {
    // Four frames of film in five: the fourth is shown twice.
    const film = [0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8];
    const scenes = film.map((drawn, index) => ({ pts: 40 * index, box: 12 + 6 * drawn, ground: drawn }));
    const { out } = await run(scenes, { factor: 2 });
    const steps = out.slice(0, 20).map(({ box }, index) => out[index + 1]!.box - box);
    // Left alone, or interpolated frame by frame, it would stand still for two steps of the twenty.
    expect(Math.min(...steps)).toBeGreaterThan(1);
    expect(Math.max(...steps)).toBeLessThan(4);
  });

  it('shows a pause as it is, and moves on only at its end', async () => {
    const scenes = [0, 1, 2, 3, 4, 5, 6].map((index) => ({
      pts: 40 * index,
      box: index === 6 ? 26 : 20,
      noise: index % 2,
    }));
    const { out } = await run(scenes, { factor: 2 });
    const source = await sourceHashes(scenes);
    expect(out.slice(0, 11).map(({ hash }) => hash)).toEqual(
      source
        .slice(0, 6)
        .flatMap((hash) => [hash, hash])
        .slice(0, 11),
    );
    expect(Math.abs(out[11]!.box - 23)).toBeLessThan(0.5);
  });

  it('copies a logo over moving ground to the code', async () => {
    const scenes = moving([0, 40, 80]);
    const { out } = await run(scenes, { factor: 4 });
    for (let y = LOGO.top; y < LOGO.bottom; y++)
      for (let x = LOGO.left; x < LOGO.right; x++)
        for (const { luma } of out) expect(luma[y * 96 + x]).toBe(out[0]!.luma[y * 96 + x]);
  });

  it('says from where a run has to begin, and then gives the same', async () => {
    const drawn = [0, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7, 8, 8, 9, 9, 9, 9, 9, 10];
    const scenes = drawn.map((drawing, index) => ({
      pts: 40 * index + (index > 15 ? 600 : 0),
      box: 14 + 5 * drawing,
      ground: drawing,
      cut: index === 9 || index === 18,
    }));
    const { out } = await run(scenes, { factor: 2 });
    expect(out).toHaveLength(2 * scenes.length);
    for (const [index, { restartPts, pts }] of out.entries()) {
      expect(restartPts * 2).toBeLessThanOrEqual(pts);
      const again = await run(
        scenes.filter((scene) => scene.pts >= restartPts),
        { factor: 2 },
      );
      const after = (all: readonly Out[]): unknown =>
        all.filter((one) => one.pts >= pts).map((one) => [one.pts, one.duration, one.hash, one.restartPts]);
      expect(after(again.out), `from frame ${index}`).toEqual(after(out));
    }
  });

  it('names the frame whose time or size is wrong', async () => {
    await expect(run(moving([0, 40, 40]), { factor: 2 })).rejects.toMatchObject({
      code: 'damaged-input',
      message: expect.stringContaining('Frame 3 (at 0.040 s) does not come after') as string,
    });
    const stage = new Interpolate({ kind: 'interpolate', factor: 2, method: 'motion' });
    await stage.init(contextOf(streamOf()));
    const other = await new FramePool(streamOf('yuv420p', 48, 32), 1).take({ pts: 0, duration: null });
    await expect(stage.process(other).next()).rejects.toThrow('Frame 1 (at 0.000 s) is 48×32');
    await stage.close();
  });

  it('refuses what it can’t do, in one sentence', async () => {
    const still = new Interpolate({ kind: 'interpolate', factor: 2 });
    await expect(still.init(contextOf(streamOf(), { still: true }))).rejects.toMatchObject({
      code: 'unsupported-input',
    });
    expect(Interpolate.supports(streamOf(), { kind: 'interpolate', factor: 8, slow: 8 })).toMatchObject({
      supported: false,
      reason: expect.stringContaining('64 frames of one') as string,
    });
    const deblur = new Interpolate({ kind: 'interpolate', deblur: true });
    const before = process.env['CLEARCUT_MODELS'];
    process.env['CLEARCUT_MODELS'] = import.meta.dirname;
    try {
      await expect(deblur.init(contextOf(streamOf()))).rejects.toMatchObject({
        code: 'model-missing',
        message: expect.stringMatching(/^--deblur needs a network/) as string,
      });
    } finally {
      if (before === undefined) delete process.env['CLEARCUT_MODELS'];
      else process.env['CLEARCUT_MODELS'] = before;
    }
  });
});
