import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toyNetwork } from '../../../../tests/support/toy-network';
import { DeviceError } from '../../../shared';
import {
  processKernels,
  kernelOperators,
  GuardedModels,
  HybridSession,
  type ModelSession,
} from '../../runtime';
import {
  MotionSynthesizer,
  NetworkSynthesizer,
  Refinement,
  type NetworkSynthesizerOptions,
  type ReadyPicture,
} from '.';

function hashOf(data: Float32Array | Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}

/** A picture with a bar that moves by 2 pixels a frame, on a wavy ground. */
function picture(width: number, height: number, index: number): Float32Array {
  return Float32Array.from({ length: 3 * width * height }, (_, at) => {
    const x = at % width;
    const y = Math.floor(at / width) % height;
    const inside = Math.abs(x - 8 - 2 * index) < 5 && y > 6 && y < height - 6;
    return inside ? 0.9 - 0.02 * y : 0.4 + 0.1 * Math.sin(x / 3 + y / 5);
  });
}

interface Kept extends Omit<ReadyPicture, 'picture'> {
  readonly picture: Float32Array;
}

async function open(
  { remembers = false, multiple = 8, refines = false } = {},
  options: Partial<NetworkSynthesizerOptions> & { wrap?: (session: ModelSession) => ModelSession } = {},
): Promise<NetworkSynthesizer> {
  const { model, refine: other, manifest } = toyNetwork({ remembers, multiple, refines });
  const openOne = async (graph: Uint8Array): Promise<ModelSession> => {
    const operators = kernelOperators(processKernels());
    const session = await HybridSession.create(graph, { threads: 1, operators });
    return options.wrap?.(session) ?? session;
  };
  const step = await openOne(model);
  const models = await GuardedModels.open({ gpu: null, cpu: async () => ({ step }) }, {});
  const given = { ...{ width: 64, height: 40, note: () => undefined }, ...options };
  if (!refines) return new NetworkSynthesizer(models, manifest, given);
  const refine = await openOne(other);
  const again = await GuardedModels.open({ gpu: null, cpu: async () => ({ refine }) }, {});
  return new NetworkSynthesizer(models, manifest, {
    ...given,
    refinement: new Refinement(again, manifest, given),
  });
}

/** All that comes of pictures `from` … `to − 1`, each with its own numbers. */
async function stream(
  synthesizer: NetworkSynthesizer,
  [from, to]: readonly [number, number],
  times: readonly number[],
  [width, height]: readonly [number, number] = [64, 40],
): Promise<Kept[]> {
  const kept: Kept[] = [];
  const keep = async (ready: AsyncIterable<ReadyPicture>): Promise<void> => {
    for await (const one of ready) {
      if (!one.picture) throw new Error('A network makes all of its pictures.');
      const { index, since } = one;
      kept.push({ ...one, index: index + from, since: since + from, picture: one.picture.slice() });
    }
  };
  for (let index = from; index < to; index++)
    await keep(synthesizer.push(picture(width, height, index), index === from ? [] : times));
  await keep(synthesizer.flush());
  synthesizer.reset();
  return kept;
}

const order = (kept: readonly Kept[]): string[] => kept.map(({ index, time }) => `${index}+${time}`);

function largest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? NaN))), 0);
}

/** The mean of 3 × 3 pixels, of those that there are. */
function blurred(data: Float32Array, width: number, height: number): Float32Array {
  return data.map((_, at) => {
    const [x, y, from] = [at % width, Math.floor(at / width) % height, at - (at % (width * height))];
    let [sum, count] = [0, 0];
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        sum += data[from + row * width + column]!;
        count++;
      }
    return sum / count;
  });
}

describe('a network for motion', () => {
  it('gives every picture and those between, in order, the last ones too', async () => {
    const synthesizer = await open();
    const kept = await stream(synthesizer, [0, 4], [0.5]);
    expect(order(kept)).toEqual(['0+0', '0+0.5', '1+0', '1+0.5', '2+0', '2+0.5', '3+0']);
    // Its own picture, but for a tenth of the next one blurred.
    for (const { index, picture: made } of kept.filter(({ time }) => time === 0))
      expect(largest(made, picture(64, 40, index))).toBeLessThan(0.09);
    // The middle stands nearer to both than they to each other.
    const middle = kept[1]!.picture;
    expect(largest(middle, kept[0]!.picture)).toBeGreaterThan(0.1);
    // Twice the same, after a cut.
    expect((await stream(synthesizer, [0, 4], [0.5])).map(({ picture: made }) => hashOf(made))).toEqual(
      kept.map(({ picture: made }) => hashOf(made)),
    );
    for (const short of [1, 2] as const)
      expect(order(await stream(synthesizer, [0, short], [0.5]))).toEqual(
        ['0+0', '0+0.5', '1+0'].slice(0, 2 * short - 1),
      );
    await synthesizer.close();
  });

  it('makes new pictures once more, from both sharp ones beside them and the motion between those', async () => {
    const [plain, again] = [await open(), await open({ refines: true })];
    expect(again.window).toEqual({ past: plain.window.past, future: plain.window.future + 1 });
    const before = await stream(plain, [0, 4], [0.5]);
    const refined = await stream(again, [0, 4], [0.5]);
    expect(order(refined)).toEqual(order(before));
    const motion = new MotionSynthesizer({ width: 64, height: 40, finestScale: 0 });
    for (const [at, { time, picture: made }] of refined.entries()) {
      const first = before[at]!.picture;
      if (time === 0) {
        expect(largest(made, first)).toBe(0);
        continue;
      }
      motion.reset();
      const [sharp, next] = [before[at - 1]!.picture, before[at + 1]!.picture];
      let mean = new Float32Array(0);
      for await (const _ of motion.push(sharp, [])) void _;
      for await (const one of motion.push(next, [0.5])) if (one.time === 0.5) mean = one.picture!.slice();
      const wanted = blurred(first, 64, 40).map((value, i) => value / 2 + mean[i]! / 2);
      expect(largest(made, wanted)).toBeLessThan(1e-6);
      expect(largest(made, first)).toBeGreaterThan(1e-3);
    }
    expect((await stream(again, [0, 4], [0.5])).map(({ picture: made }) => hashOf(made))).toEqual(
      refined.map(({ picture: made }) => hashOf(made)),
    );
    for (const one of [plain, again, motion]) await one.close();
  });

  it.each([[false], [true]])(
    'makes other times of the middle and its neighbours (made once more: %s)',
    async (refines) => {
      const synthesizer = await open({ refines });
      const times = [0.125, 0.25, 0.5, 5 / 6, 0.875];
      const kept = await stream(synthesizer, [0, 3], times);
      expect(kept.map(({ index, time }) => [index, time])).toEqual([
        [0, 0],
        ...times.map((time) => [0, time]),
        [1, 0],
        ...times.map((time) => [1, time]),
        [2, 0],
      ]);
      // The bar's left edge moves steadily: its place is where the row's mean of the right half lies.
      const edge = ({ picture: made }: Kept): number =>
        made.subarray(20 * 64, 20 * 64 + 64).reduce((sum, value, x) => sum + (value > 0.55 ? x : 0), 0);
      const places = kept.slice(0, 7).map(edge);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      await synthesizer.close();
    },
  );

  it.each([
    [64, 40, false],
    [61, 37, false],
    [64, 40, true],
    [61, 37, true],
    [8, 9, true],
    [1, 1, true],
  ])(
    'gives the same of a picture of %i×%i whatever the tiles are (made once more: %s)',
    async (width, height, refines) => {
      const size = { width, height };
      const whole = await open({ remembers: true, refines }, size);
      const kept = await stream(whole, [0, 4], [0.5], [width, height]);
      const tiled = await open({ remembers: true, refines }, { ...size, tileBudget: 400 });
      const again = await stream(tiled, [0, 4], [0.5], [width, height]);
      expect(order(again)).toEqual(order(kept));
      for (const [index, { picture: made }] of again.entries())
        expect(largest(made, kept[index]!.picture)).toBeLessThan(1e-6);
      await whole.close();
      await tiled.close();
    },
  );

  it('goes on in smaller tiles where the device has no memory, with the same result', async () => {
    const notes: string[] = [];
    const wrap = (session: ModelSession): ModelSession => ({
      run: (feeds) => {
        const [, , height = 0, width = 0] = Object.values(feeds)[0]?.dims ?? [];
        if (width * height > 1700) throw new DeviceError('device-out-of-memory', 'Too much.');
        return session.run(feeds);
      },
      close: () => session.close(),
    });
    const whole = await open({ refines: true });
    const short = await open({ refines: true }, { wrap, note: (text) => notes.push(text) });
    const wanted = await stream(whole, [0, 3], [0.5]);
    for (const [index, { picture: made }] of (await stream(short, [0, 3], [0.5])).entries())
      expect(largest(made, wanted[index]!.picture)).toBeLessThan(1e-6);
    expect(notes).toEqual([...notes.keys()].map(() => expect.stringContaining('smaller tiles') as string));
    await whole.close();
    await short.close();
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])(
    'gives the same from where it says that pictures began (remembering all: %s, made once more: %s)',
    async (remembers, refines) => {
      const size = [24, 16] as const;
      const synthesizer = await open({ remembers, refines }, { width: 24, height: 16, renewal: 20 });
      const times = [0.25, 0.5, 0.75];
      const whole = await stream(synthesizer, [0, 70], times, size);
      const from = (kept: readonly Kept[], { index, time }: Kept): string[] =>
        kept
          .filter((one) => one.index > index || (one.index === index && one.time >= time))
          .map((one) => `${one.index}+${one.time} ${hashOf(one.picture)} ${hashOf(one.still!)}`);
      let [checked, latest] = [0, 0];
      for (const one of whole) {
        expect(one.since).toBeLessThanOrEqual(one.index);
        expect(one.since).toBeGreaterThanOrEqual(latest);
        latest = one.since;
        if (one.since === 0 || (4 * (one.index + one.time)) % 9 > 0) continue;
        checked++;
        const resumed = await stream(synthesizer, [one.since, 70], times, size);
        expect(from(resumed, one)).toEqual(from(whole, one));
      }
      expect(checked).toBeGreaterThan(5);
      await synthesizer.close();
    },
  );

  it.each([[false], [true]])(
    'holds the last picture at a cut that only the pictures tell of, and begins again after it (made once more: %s)',
    async (refines) => {
      const synthesizer = await open({ remembers: true, refines });
      const other = (index: number): Float32Array =>
        picture(64, 40, index).map((value, at) => (1 - value) * (0.6 + 0.4 * Math.sin(at / 2)));
      const kept: Kept[] = [];
      const keep = async (ready: AsyncIterable<ReadyPicture>): Promise<void> => {
        for await (const one of ready)
          kept.push({ ...one, picture: one.picture?.slice() ?? new Float32Array(0) });
      };
      for (let index = 0; index < 3; index++)
        await keep(synthesizer.push(picture(64, 40, index), index === 0 ? [] : [0.25, 0.5]));
      for (let index = 3; index < 5; index++) await keep(synthesizer.push(other(index), [0.25, 0.5]));
      await keep(synthesizer.flush());
      expect(order(kept)).toEqual([
        ...['0+0', '0+0.25', '0+0.5', '1+0', '1+0.25', '1+0.5', '2+0', '2+0.25', '2+0.5'],
        ...['3+0', '3+0.25', '3+0.5', '4+0'],
      ]);
      const held = kept.filter(({ picture: made }) => made.length === 0);
      expect(order(held)).toEqual(['2+0.25', '2+0.5']);
      expect(kept.map(({ since }) => since)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3]);
      await synthesizer.close();
    },
  );

  it('knows where nothing moves', async () => {
    const synthesizer = await open();
    const kept = await stream(synthesizer, [0, 3], [0.5]);
    for (const { still } of kept) {
      expect(still![2 * 64 + 60]).toBe(255);
    }
    await synthesizer.close();
  });
});
