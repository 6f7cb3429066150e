import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels } from '..';
import { random } from '../adder2d/cases';

const every = ['reference', ...compiledKernels()] as const;
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`still: seed ${seed}`);

const side = fc.integer({ min: 1, max: 40 });
/** Of several bands of rows. */
const tall = fc.integer({ min: 1, max: 140 });

/** Of the code range: what counts as the same, as noise, as a wobble, and as something that passes by. */
const STEPS = [0, 0, 0.3, 0.8, 2, 4, 10, 20, 40].map((step) => step / 255);

/** A picture near `base`: cells of it differ, each by one step in all components. */
function near(base: Float32Array, width: number, next: () => number): Float32Array {
  const [across, down] = [1 + Math.floor(next() * 12), 1 + Math.floor(next() * 12)];
  const rows = base.length / 3 / width;
  const columns = Math.ceil(width / across);
  const steps = Array.from(
    { length: columns * Math.ceil(rows / down) },
    () => STEPS[Math.floor(next() * STEPS.length)] ?? 0,
  );
  return base.map((value, i) => {
    const row = Math.floor((Math.floor(i / width) % rows) / down);
    return value + (steps[row * columns + Math.floor((i % width) / across)] ?? 0);
  });
}

describe('findStill', () => {
  it('gives the same bytes on every instruction set', async () => {
    await fc.assert(
      fc.asyncProperty(side, tall, fc.nat(), async (width, height, number) => {
        const next = random(seed + number);
        const previous = Float32Array.from({ length: 3 * width * height }, next);
        const after = near(previous, width, next);
        const warpedPrevious = near(previous, width, next);
        const warpedNext = near(warpedPrevious, width, next);
        const found: Uint8Array[] = [];
        for (const implementation of every) {
          const still = new Uint8Array(width * height).fill(9);
          const kernels = loadKernels({ implementation });
          const pictures = { previous, next: after, warpedPrevious, warpedNext };
          await kernels.findStill({ ...pictures, width, height, still });
          found.push(still);
          expect(still, implementation).toEqual(found[0]);
        }
      }),
      { seed, numRuns: 100 },
    );
  });

  const [width, height] = [24, 16];
  const picture = (value: (x: number, y: number) => number): Float32Array =>
    Float32Array.from({ length: 3 * width * height }, (_, i) =>
      value(i % width, Math.floor(i / width) % height),
    );
  const find = async (
    pictures: Record<'previous' | 'next' | 'warpedPrevious' | 'warpedNext', Float32Array>,
  ) => {
    const still = new Uint8Array(width * height);
    await loadKernels().findStill({ ...pictures, width, height, still });
    return (x: number, y: number) => still[y * width + x];
  };

  it('is sure of letters on a moving ground up to their edges, and never of the ground', async () => {
    const letter = (x: number, y: number): boolean => x >= 8 && x < 12 && y >= 4 && y < 12;
    const ground = (shift: number) => (x: number, y: number) =>
      letter(x, y) ? 1 : 0.3 + 0.25 * Math.sin((x + shift) * 1.3 + y);
    const previous = picture(ground(0));
    const next = picture(ground(2));
    // What regularised motion makes of letters: it drags them along.
    const dragged = picture((x, y) => (letter(x - 1, y) ? 1 : ground(1)(x, y)));
    const draggedBack = picture((x, y) => (letter(x + 1, y) ? 1 : ground(1)(x, y)));
    const at = await find({ previous, next, warpedPrevious: dragged, warpedNext: draggedBack });
    for (let y = 4; y < 12; y++) for (let x = 8; x < 12; x++) expect(at(x, y)).toBe(255);
    expect(at(7, 8)).toBeLessThan(255);
    expect(at(18, 8)).toBe(0);
  });

  it('lets through what passes by between two frames that agree', async () => {
    const ball = (x: number, y: number): boolean => Math.hypot(x - 12, y - 8) < 4;
    const ground = picture((x) => 0.2 + x / 100);
    const withBall = picture((x, y) => (ball(x, y) ? 0.9 : 0.2 + x / 100));
    const at = await find({ previous: ground, next: ground, warpedPrevious: withBall, warpedNext: withBall });
    expect(at(12, 8)).toBe(0);
    expect(at(2, 2)).toBe(255);
  });
});

describe('keepStill', () => {
  it('gives the same codes on every instruction set: the source at 255, the target at 0', async () => {
    const layouts = fc.constantFrom([0, 0], [1, 0], [1, 1]);
    await fc.assert(
      fc.asyncProperty(side, side, layouts, fc.boolean(), async (width, height, shifts, deep) => {
        const [chromaShiftX, chromaShiftY] = shifts as [0 | 1, 0 | 1];
        const next = random(seed + width + height);
        const chroma = ((width + chromaShiftX) >> chromaShiftX) * ((height + chromaShiftY) >> chromaShiftY);
        const planes = (): (Uint8Array | Uint16Array)[] =>
          [width * height, chroma, chroma].map((length) => {
            const code = (): number => Math.floor(next() * (deep ? 65_536 : 256));
            return deep ? Uint16Array.from({ length }, code) : Uint8Array.from({ length }, code);
          });
        const [source, target] = [planes(), planes()];
        const still = Uint8Array.from({ length: width * height }, () => {
          const roll = next();
          return roll < 0.3 ? 0 : roll < 0.6 ? 255 : Math.floor(next() * 256);
        });
        const found: unknown[] = [];
        for (const implementation of every) {
          const kept = target.map((plane) => plane.slice());
          const layout = { width, height, chromaShiftX, chromaShiftY };
          await loadKernels({ implementation }).keepStill(source, kept, still, layout);
          found.push(kept);
          expect(kept, implementation).toEqual(found[0]);
          for (const [i, weight] of still.entries())
            if (weight % 255 === 0) expect(kept[0]![i]).toBe((weight === 0 ? target : source)[0]![i]);
        }
      }),
      { seed, numRuns: 60 },
    );
  });

  it('says what is wrong with its arguments', async () => {
    const kernels = loadKernels();
    const layout = { width: 4, height: 2, chromaShiftX: 0, chromaShiftY: 0 } as const;
    const plane = new Uint8Array(8);
    await expect(kernels.keepStill([plane], [plane], new Uint8Array(7), layout)).rejects.toThrow('still');
    await expect(kernels.keepStill([new Uint16Array(8)], [plane], plane, layout)).rejects.toThrow(
      'source[0]',
    );
  });
});
