import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withBothFfmpegs } from '../../../tests/support/both-ffmpegs';
import { CancelledError } from '../../shared';
import { filterRgb, probe, readRgbFrames } from '.';
import { secondsComputed } from './rgb-filter';

const live = new AbortController().signal;
const [width, height] = [18, 10];
/** Frames that differ from each other everywhere. */
const frame = (index: number): Uint8Array =>
  Uint8Array.from({ length: width * height * 3 }, (_, at) => (index * 37 + at * 5) % 256);

async function* frames(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield frame(index);
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

await withBothFfmpegs((bench) => {
  const { tools } = bench;
  const filtered = (
    filter: string,
    source: AsyncIterable<Uint8Array>,
    signal = live,
  ): Promise<Uint8Array[]> => all(filterRgb(tools, source, { filter, width, height, rate: 25, signal }));

  it('reads every frame of a lossless clip back as it was', async () => {
    const raw = bench.at('frames.rgb');
    await writeFile(raw, Buffer.concat(await all(frames(10))));
    const format = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', '25'];
    const path = await bench.make('lossless.mkv', ...format, '-i', raw, '-c:v', 'png');
    const found = await all(readRgbFrames(tools, await probe(tools, path), live));
    expect(found).toEqual(await all(frames(10)));
  });

  it('tells a damaged file by its name, and a cancelled read as that', async () => {
    const path = await bench.make(
      'gone.mkv',
      ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=25:duration=0.4`, '-c:v', 'png'],
    );
    const info = await probe(tools, path);
    await expect(all(readRgbFrames(tools, { ...info, path: `${path}.no` }, live))).rejects.toMatchObject({
      code: 'damaged-input',
      message: expect.stringContaining(`${path}.no`) as string,
    });
    const abort = new AbortController();
    const reading = readRgbFrames(tools, info, abort.signal);
    await reading.next();
    abort.abort();
    await expect(all(reading)).rejects.toBeInstanceOf(CancelledError);
  });

  it('takes frames through a filter in order, many more than fit a pipe', async () => {
    const found = await filtered('negate', frames(200));
    expect(found).toHaveLength(200);
    found.forEach((data, index) => {
      expect(data).toEqual(frame(index).map((code) => 255 - code));
    });
  });

  it('tells how long a filter computed', async () => {
    let seconds = -1;
    const onComputed = (found: number): void => void (seconds = found);
    await all(
      filterRgb(tools, frames(3), { filter: 'null', width, height, rate: 25, signal: live, onComputed }),
    );
    expect(seconds).toBeGreaterThanOrEqual(0);
  });

  it('passes on what its source throws, names a filter that fails, and stops when told', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield frame(0);
      throw new RangeError('No more.');
    }
    await expect(filtered('null', failing())).rejects.toThrow('No more.');
    await expect(filtered('nosuchfilter', frames(3))).rejects.toMatchObject({ code: 'tool-failed' });
    const abort = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let index = 0; ; index++) {
        if (index === 50) abort.abort();
        yield frame(index);
      }
    }
    await expect(filtered('null', endless(), abort.signal)).rejects.toBeInstanceOf(CancelledError);
  });

  it('ends when nobody reads on', async () => {
    for await (const data of filterRgb(tools, frames(500), {
      filter: 'null',
      width,
      height,
      rate: 25,
      signal: live,
    })) {
      expect(data).toEqual(frame(0));
      break;
    }
  });
});

describe('what ffmpeg says of its time', () => {
  it('is user and system time together; older ones tell only the first', () => {
    expect(
      secondsComputed('x\nbench: utime=0.971s stime=0.036s rtime=1.007s\nbench: maxrss=8kB'),
    ).toBeCloseTo(1.007);
    expect(secondsComputed('bench: utime=1.500s\n')).toBe(1.5);
    expect(() => secondsComputed('nothing')).toThrow('no time');
  });
});
