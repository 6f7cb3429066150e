import { mkdir, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  box,
  context,
  DOG,
  finder,
  folderForAll,
  found,
  opening,
  paint,
  PERSON,
} from '../../../../tests/support/made-up-finder';
import { type EvalMatteRequest } from '../../../shared';
import { evalMatte } from './eval-matte';
import type { Finder } from './finder';

const at = folderForAll();

describe('the evaluation of mattes', () => {
  const evaluate = (
    request: Partial<EvalMatteRequest>,
    by: Finder | null = null,
  ): ReturnType<typeof evalMatte> =>
    evalMatte({ directory: at('people'), ...request }, context(), opening(by));

  beforeAll(async () => {
    for (const name of ['images', 'masks']) await mkdir(at('people', name), { recursive: true });
    for (const name of ['one', 'two']) await paint(at('people', 'images', `${name}.png`), [0, 0, 1, 1]);
    await paint(at('people', 'masks', 'one.png'), [10, 5, 20, 20]);
    await paint(at('people', 'masks', 'two.png'), [10, 5, 40, 20]);
  });

  it('gives exactly 1 for the true masks themselves', async () => {
    const one = { iou: 1, boundaryIou: 1 };
    const { pictures, mean } = await evaluate({ masks: at('people', 'masks') });
    expect(pictures).toEqual(
      ['one', 'two'].map((name) => ({
        name,
        union: one,
        main: null,
        best: null,
        people: 0,
        steadiness: null,
      })),
    );
    expect(mean).toEqual({ union: one, main: null, best: null, steadiness: null });
  });

  it('measures the union of people, of the main ones, and of those that fit best', async () => {
    const network = finder(() => [
      found(PERSON, box(10, 5, 20, 20)),
      found(PERSON, box(30, 5, 20, 20)),
      found(PERSON, box(52, 5, 9, 9)),
      found(DOG, box(0, 0, 60, 40)),
    ]);
    const { pictures, mean, secondsPerFrame } = await evaluate({}, network);
    expect(
      pictures.map(({ union, main, best, people }) => [union.iou, main?.iou, best?.iou, people]),
    ).toEqual([
      [400 / 881, 0.5, 1, 3],
      [800 / 881, 1, 1, 3],
    ]);
    expect(mean).toMatchObject({ main: { iou: 0.75 }, best: { iou: 1, boundaryIou: 1 }, steadiness: null });
    expect(secondsPerFrame).toBe(0.5);
    expect(network.closed).toBe(true);
  });

  it('measures how steady masks are under noise', async () => {
    let times = 0;
    // Noise takes half of the mask away every second time.
    const network = finder(() => [found(PERSON, box(10, 5, 20, times++ % 2 === 0 ? 20 : 10))]);
    const { pictures, mean } = await evaluate({ flicker: true }, network);
    const half = { alone: 0.5, followed: 0.5 };
    expect(pictures.map(({ steadiness }) => steadiness)).toEqual([half, half]);
    expect(mean.steadiness).toEqual(half);
    await expect(evaluate({ flicker: true, masks: at('people', 'masks') })).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });

  it('takes the rows of an index, of one split where it is named', async () => {
    await mkdir(at('indexed'));
    await writeFile(
      at('indexed', 'index.tsv'),
      'split\tmask\timage\ntrain\t../people/masks/one.png\t../people/images/one.png\nval\t../people/masks/two.png\t../people/images/two.png\n',
    );
    const names = async (split?: string): Promise<string[]> => {
      const request = { directory: at('indexed'), masks: at('people', 'masks'), ...(split ? { split } : {}) };
      return (await evaluate(request)).pictures.map(({ name }) => name);
    };
    expect(await names()).toEqual(['one', 'two']);
    expect(await names('val')).toEqual(['two']);
    await expect(names('test')).rejects.toThrow(/no pictures of the split test: there are train, val/);
    await writeFile(at('indexed', 'index.tsv'), 'image\tsplit\na.png\tval\n');
    await expect(names()).rejects.toThrow(/no column "mask"/);
  });

  it('says what is missing or differs in size', async () => {
    await expect(evaluate({ split: 'val' })).rejects.toThrow(/index\.tsv is missing/);
    await expect(evaluate({ directory: at('pictures') })).rejects.toMatchObject({ code: 'no-such-file' });
    await mkdir(at('few'));
    await paint(at('few', 'one.png'));
    await expect(evaluate({ masks: at('few') })).rejects.toThrow(/no mask for two/);
    await sharp(at('people', 'masks', 'one.png'))
      .resize(30, 20)
      .png()
      .toFile(at('few', 'two.png'));
    await expect(evaluate({ masks: at('few') })).rejects.toThrow(
      /two\.png \(30×20\) is not as large .* \(60×40\)/,
    );
  });
});
