import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { H264, picture, withBothFfmpegs } from '../../../tests/support/both-ffmpegs';
import { CancelledError, UserError } from '../../shared';
import { probe } from '.';

/** Where Linux lists the children of this process. */
const CHILDREN = `/proc/${process.pid}/task/${process.pid}/children`;
const listsChildren = existsSync(CHILDREN);

/** Children of this process whose command line names `path`. */
function readersOf(path: string): number[] {
  const children = readFileSync(CHILDREN, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return children.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(path));
}

await withBothFfmpegs((bench) => {
  const { tools } = bench;

  it.each([
    ['mp4', '25', []],
    ['mkv', '30000/1001', []],
    ['avi', '25', []],
    ['ts', '50', []],
    ['mov', '24000/1001', []],
    ['webm', '30', ['-c:v', 'libvpx', '-b:v', '1M']],
    ['h264', '25', []],
  ])('gives every frame of a .%s at %s fps with its own time', async (extension, rate, codec) => {
    const args = codec.length > 0 ? codec : H264;
    const path = await bench.make(`cfr.${extension}`, ...picture('64x48', rate), ...args);
    const { timeBase } = (await probe(tools, path)).video;
    const { frames, notes } = await bench.decode(path);
    const [num = 1, den = 1] = rate.split('/').map(Number);
    expect(frames).toHaveLength(Math.ceil((2 * num) / den));
    const step = (timeBase.den * den) / (timeBase.num * num);
    frames.forEach(({ pts, duration }, index) => {
      expect(Math.abs(pts - (frames[0]?.pts ?? 0) - index * step)).toBeLessThanOrEqual(1);
      expect(Math.abs((duration ?? 0) - step)).toBeLessThanOrEqual(1);
    });
    expect(notes).toEqual([]);
  });

  it('takes full-range video as it is, whatever ffmpeg calls its format', async () => {
    const full = [
      '-vf',
      'scale=out_range=full,format=yuvj420p',
      '-color_range',
      'pc',
      '-c:v',
      'libx264',
      '-qp',
      '0',
    ];
    const path = await bench.make('full.mp4', ...picture(), ...full);
    const raw = await readFile(await bench.make('full.yuv', '-i', path, '-f', 'rawvideo'));
    expect((await probe(tools, path)).video.colour.range).toBe('full');
    const { frames } = await bench.decode(path);
    const size = raw.length / frames.length;
    const hashes = frames.map((_, index) =>
      createHash('md5')
        .update(raw.subarray(index * size, (index + 1) * size))
        .digest('hex'),
    );
    expect(frames.map((frame) => frame.hash)).toEqual(hashes);
  });

  it('gives exactly the frames after a given one, and those in a range', async () => {
    const path = await bench.make('seek.mp4', ...picture('64x48', '25', '12'), ...H264, '-g', '50');
    const { timeBase } = (await probe(tools, path)).video;
    const all = (await bench.decode(path)).frames;
    for (const index of [0, 10, 222, 298]) {
      expect((await bench.decode(path, { from: (all[index]?.pts ?? 0) + 1 })).frames).toEqual(
        all.slice(index + 1),
      );
    }
    const seconds = (await bench.decode(path, { start: 7.02, end: 8 })).frames.map(
      ({ pts }) => ((pts - (all[0]?.pts ?? 0)) * timeBase.num) / timeBase.den,
    );
    expect(seconds).toHaveLength(24);
    expect(seconds[0]).toBeCloseTo(7.04, 3);
    expect(seconds.at(-1)).toBeCloseTo(7.96, 3);
  });

  it('reads from the beginning where a seek would lose frames', async () => {
    // One key frame: every seek lands on it; without an index in the file, some land after the wanted place.
    const path = await bench.make('onekey.ts', ...picture('64x48', '25', '6'), ...H264, '-g', '500');
    const all = (await bench.decode(path)).frames;
    expect(
      (await bench.decode(path, { from: (all[120]?.pts ?? 0) + 1 })).frames.map((frame) => frame.hash),
    ).toEqual(all.slice(121).map((frame) => frame.hash));
  });

  it('puts the parts of a stream whose clock starts anew one after the other', async () => {
    const part = await bench.make('part.ts', ...picture(), ...H264);
    const bytes = await readFile(part);
    await writeFile(bench.at('joined.ts'), Buffer.concat([bytes, bytes]));
    const { frames, notes } = await bench.decode(bench.at('joined.ts'));
    expect(frames).toHaveLength(100);
    frames.slice(1).forEach(({ pts }, index) => {
      expect(pts - (frames[index]?.pts ?? 0)).toBe(3600);
    });
    expect(notes.join()).toContain('clock starts anew');
  });

  it('says that a file was cut off, and uses what is there', async () => {
    const path = await bench.make('cut.mkv', ...picture('320x240', '25', '20'), ...H264);
    await truncate(path, Math.floor((await stat(path)).size / 2));
    const { frames, notes } = await bench.decode(path);
    expect(frames.length).toBeGreaterThan(100);
    expect(frames.length).toBeLessThan(400);
    expect(notes.join()).toMatch(/may be cut off/);
    const short = await bench.make('short.mkv', ...picture('320x240', '25', '2'), ...H264);
    await truncate(short, Math.floor((await stat(short)).size / 2));
    expect((await bench.decode(short)).notes.join()).toMatch(/damaged.*may be cut off/);
  });

  it('counts damaged places and goes on', async () => {
    const path = await bench.make('hurt.mkv', ...picture('320x240', '25', '8'), ...H264, '-g', '25');
    const file = await open(path, 'r+');
    await file.write(Buffer.alloc(3000, 0x5a), 0, 3000, Math.floor((await file.stat()).size / 2));
    await file.close();
    const { frames, notes } = await bench.decode(path);
    expect(frames.length).toBeGreaterThan(150);
    expect(notes.join()).toContain('damaged');
  });

  it.skipIf(!listsChildren)('ends with an error that says so when ffmpeg is killed', async () => {
    const path = await bench.make('killed.mp4', ...picture('320x240', '25', '20'), ...H264);
    const decoding = bench.decode(path, {}, (count) => {
      if (count === 20) for (const child of readersOf(path)) process.kill(child, 'SIGKILL');
    });
    await expect(decoding).rejects.toMatchObject({ code: 'tool-failed' });
    await expect(decoding).rejects.toThrow(/SIGKILL/);
  });

  it.skipIf(!listsChildren)('ends at once when it is cancelled, and gives its frames back', async () => {
    const path = await bench.make('cancel.mp4', ...picture('320x240', '25', '20'), ...H264);
    const abort = new AbortController();
    const decoding = bench.decode(path, {}, (count) => count === 5 && abort.abort(), abort.signal);
    await expect(decoding).rejects.toBeInstanceOf(CancelledError);
    expect(readersOf(path)).toEqual([]);
  });

  it('refuses a video in which nothing can be decoded', async () => {
    const path = await bench.make('noise.mkv', ...picture(), ...H264);
    const bytes = await readFile(path);
    // Past the headers everything is noise.
    bytes.fill(0x5a, Math.floor(bytes.length / 8));
    await writeFile(path, bytes);
    await expect(bench.decode(path)).rejects.toBeInstanceOf(UserError);
  });

  it('finds the cut between two scenes and none within them', async () => {
    const second = ['-f', 'lavfi', '-i', 'mandelbrot=size=96x64:rate=25'];
    const join = ['-filter_complex', '[1:v]trim=duration=1[b];[0:v][b]concat'];
    const path = await bench.make('scenes.mp4', ...picture('96x64', '25', '1'), ...second, ...join, ...H264);
    const { frames } = await bench.decode(path);
    expect(frames.flatMap(({ cut }, index) => (cut ? [index] : []))).toEqual([25]);
  });
});
