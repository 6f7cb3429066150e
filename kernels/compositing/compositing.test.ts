import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { random } from '../adder2d/cases';
import type { FieldView, PlaneView } from './work';

const reference = loadKernels({ implementation: 'reference' });
const [level] = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`compositing: seed ${seed}, kernels ${level ?? 'none'}`);

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

/** The compiled kernels (portable C++, the same for every processor) with 1, 2 and 5 threads. */
function* everyKernel(): Generator<[string, Kernels]> {
  if (level === undefined) return;
  const kernels = loadKernels({ implementation: level });
  for (const threads of [1, 2, 5]) {
    kernels.setThreads(threads);
    yield [`${threads} threads, seed ${seed}`, kernels];
  }
}

const SIZES = [
  [1, 1],
  [7, 3],
  [64, 1],
  [1, 50],
  [101, 67],
] as const;

type Next = () => number;

function plane(next: Next, width: number, height: number, bits: 8 | 10): PlaneView {
  const samples = width * height;
  const codes = bits > 8 ? new Uint16Array(samples) : new Uint8Array(samples);
  for (let i = 0; i < samples; i++) codes[i] = Math.floor(next() * 2 ** bits);
  return { codes, width, height };
}

/** Much that is all or nothing, some that is mixed. */
function cover(next: Next, samples: number): Uint8Array {
  return Uint8Array.from({ length: samples }, () => {
    const kind = next();
    return kind < 0.4 ? 0 : kind < 0.7 ? 255 : Math.floor(256 * next());
  });
}

function part(
  next: Next,
  width: number,
  height: number,
): { x: number; y: number; width: number; height: number } {
  const [x, y] = [Math.floor(next() * width), Math.floor(next() * height)];
  return { x, y, width: 1 + Math.floor(next() * (width - x)), height: 1 + Math.floor(next() * (height - y)) };
}

function field(next: Next, region: { width: number; height: number }, step: number, most: number): FieldView {
  const [width, height] = [Math.ceil(region.width / step), Math.ceil(region.height / step)];
  return { width, height, step, values: Float32Array.from({ length: width * height }, () => next() * most) };
}

const copy = ({ codes, width, height }: PlaneView): PlaneView => ({ codes: codes.slice(), width, height });

/** Runs `work` with the reference and every kernel; what they give must be equal to the bit. */
async function agree(work: (kernels: Kernels, next: Next) => Promise<unknown>): Promise<void> {
  const wanted = await work(reference, random(seed));
  for (const [name, kernels] of everyKernel())
    expect(await work(kernels, random(seed)), name).toEqual(wanted);
}

describe.each(SIZES)('compositing at %d×%d', (width, height) => {
  it.each([true, false])('takes lines of coverage together (down: %s)', async (down) => {
    await agree(async (kernels, next) => {
      const source = cover(next, width * height);
      const [count, across] = down ? [height, width] : [width, height];
      const lines = 1 + Math.floor(next() * count);
      const target = new Uint8Array(lines * across);
      const places = Int32Array.from({ length: 3 * lines }, () => Math.floor(next() * (count + 1)) - 1);
      await kernels.halve({
        source,
        width,
        height,
        target,
        lines,
        down,
        weights: Uint8Array.of(1, 2, 1),
        places,
      });
      return target;
    });
  });

  it.each([8, 10] as const)('paints, uncovers and changes backgrounds of %d bits', async (bits) => {
    const most = 2 ** bits - 1;
    await agree(async (kernels, next) => {
      const results: unknown[] = [];
      for (let round = 0; round < 4; round++) {
        const source = plane(next, width, height, bits);
        const region = part(next, width, height);
        const matte = { ...region, cover: cover(next, region.width * region.height) };
        const painted = copy(source);
        await kernels.paint({ plane: painted, matte, code: next() * most, opacity: next() });
        const uncovered = plane(next, width, height, bits);
        const fields = [field(next, region, 1 + round, most), field(next, region, 2, most)] as const;
        await kernels.uncover({
          source,
          target: uncovered,
          matte,
          objects: fields[0],
          behind: fields[1],
          most,
        });
        const whole = new Uint8Array(width * height);
        for (let y = 0; y < region.height; y++)
          whole.set(
            matte.cover.subarray(y * region.width, (y + 1) * region.width),
            (region.y + y) * width + region.x,
          );
        const old = { field: fields[1], region };
        const fresh = [
          { code: next() * most },
          { codes: plane(next, width, height, bits).codes },
          { field: field(next, source, 3, most) },
          { code: 0 },
        ][round]!;
        const changed = copy(source);
        await kernels.backdrop({
          source,
          target: changed,
          cover: whole,
          fresh,
          old: round < 3 ? old : null,
          most,
        });
        results.push(painted, uncovered, changed);
      }
      return results;
    });
  });

  it('fills fields and blurs them', async () => {
    await agree(async (kernels, next) => {
      const results: unknown[] = [];
      for (const step of [1, 2, 5]) {
        const source = plane(next, width, height, step === 2 ? 10 : 8);
        const region = part(next, width, height);
        const matte = { ...region, cover: cover(next, region.width * region.height) };
        const shows = Uint8Array.from({ length: 256 }, (_, i) => Math.round(255 * (1 - i / 255) ** 8));
        const filled = field(next, region, step, 1);
        const known = await kernels.knownField({ plane: source, matte, shows, field: filled });
        results.push(known, known ? filled.values.slice() : null);
        const blurred = field(next, source, step, 255);
        await kernels.blurField({
          field: blurred,
          across: Int32Array.of(3, 0, 40),
          down: Int32Array.of(2, 1, 1),
        });
        results.push(blurred.values);
      }
      return results;
    });
  });
});

describe('a field of what is known', () => {
  it('keeps ramps, and carries them on where nothing is known', async () => {
    const [width, height] = [64, 48];
    const codes = Uint8Array.from({ length: width * height }, (_, i) => 40 + 2 * (i % width));
    const hidden = new Uint8Array(width * height);
    for (let y = 10; y < 38; y++) hidden.fill(255, y * width + 24, y * width + 40);
    // What is hidden shows something else altogether.
    for (let y = 10; y < 38; y++) codes.fill(255, y * width + 24, y * width + 40);
    const shows = Uint8Array.from({ length: 256 }, (_, i) => (i === 0 ? 255 : 0));
    const matte = { x: 0, y: 0, width, height, cover: hidden };
    for (const step of [1, 2, 4]) {
      const values = new Float32Array((width / step) * (height / step));
      const field = { values, width: width / step, height: height / step, step };
      expect(await loadKernels().knownField({ plane: { codes, width, height }, matte, shows, field })).toBe(
        true,
      );
      const at = (x: number): number =>
        values[Math.floor(24 / step) * field.width + Math.floor(x / step)] ?? 0;
      for (let x = 4; x < 16; x += step)
        expect(Math.abs(at(x) - (40 + 2 * x + (step - 1)))).toBeLessThan(0.01);
      for (let x = 24; x < 40; x += step) {
        expect(at(x)).toBeGreaterThan(40 + 2 * 12);
        expect(at(x)).toBeLessThan(40 + 2 * 52);
      }
      hidden.fill(0);
      const all = { ...matte, cover: new Uint8Array(width * height).fill(255) };
      expect(
        await loadKernels().knownField({ plane: { codes, width, height }, matte: all, shows, field }),
      ).toBe(false);
      for (let y = 10; y < 38; y++) hidden.fill(255, y * width + 24, y * width + 40);
    }
  });

  it('is refused with arguments that don’t fit, by name', async () => {
    const codes = new Uint8Array(12);
    const view = { codes, width: 4, height: 3 };
    const matte = { x: 2, y: 0, width: 3, height: 3, cover: new Uint8Array(9) };
    await expect(reference.paint({ plane: view, matte, code: 1, opacity: 1 })).rejects.toThrow('matte x');
    const field = { values: new Float32Array(3), width: 2, height: 2, step: 2 };
    const inside = { ...matte, width: 2, cover: new Uint8Array(6) };
    await expect(
      reference.knownField({ plane: view, matte: inside, shows: new Uint8Array(256), field }),
    ).rejects.toThrow('field');
    await expect(reference.paint({ plane: view, matte: inside, code: 300, opacity: 1 })).rejects.toThrow(
      'code',
    );
  });
});
