import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll } from 'vitest';
import type { RgbImage } from '../../app/engine/measure/read-image';
import type {
  EvalContext,
  Finder,
  FollowedRegion,
  FoundRegion,
  OpenFinder,
} from '../../app/engine/measure/segment/finder';
import { regionOf, type Region } from '../../app/engine/measure/segment/region';
import { temporaryFolder } from './media';

/** What evaluations of objects are tried on: small black pictures with white boxes, and a finder that says what it is told to. */
export const [WIDTH, HEIGHT] = [60, 40];
export const [PERSON, BICYCLE, DOG] = [0, 1, 16];

/** A folder for the tests of a file, gone after them: gives the path of what is named in it. */
export function folderForAll(): (...names: readonly string[]) => string {
  let folder = '';
  let cleanUp: () => Promise<void>;
  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
  });
  afterAll(() => cleanUp());
  return (...names) => join(folder, ...names);
}

export const box = (x: number, y: number, width: number, height: number): Region =>
  regionOf({ x, y, width, height, data: new Uint8Array(width * height).fill(255) });

/** Writes a black picture with white boxes; bright enough ones are what the finder below finds. */
export async function paint(
  path: string,
  ...boxes: readonly (readonly [number, number, number, number])[]
): Promise<void> {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (const [left, top, width, height] of boxes)
    for (let y = top; y < top + height; y++) pixels.fill(255, y * WIDTH + left, y * WIDTH + left + width);
  await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(path);
}

/** Finds what `see` says of a picture, by the number of pictures seen before. */
export function finder(
  see: (picture: RgbImage, index: number) => readonly FollowedRegion[],
): Finder & { closed: boolean } {
  let seen = 0;
  return {
    description: 'a made-up network',
    closed: false,
    find(picture) {
      const found: readonly FoundRegion[] = see(picture, seen++);
      return Promise.resolve({ found, time: { whole: 0.5, parts: { network: 0.25, contours: 0.15 } } });
    },
    async *follow(shot) {
      for await (const picture of shot) yield see(picture, seen++);
    },
    close() {
      this.closed = true;
      return Promise.resolve();
    },
  };
}

export const found = (
  classIndex: number,
  region: Region,
  more: Partial<FollowedRegion> = {},
): FollowedRegion => ({
  ...{ classIndex, region, score: 0.9, track: 1, outlier: false },
  ...more,
});

export const context = (signal = new AbortController().signal): EvalContext => ({
  signal,
  onProgress: () => undefined,
});
export const opening =
  (by: Finder | null): OpenFinder =>
  () =>
    by ? Promise.resolve(by) : Promise.reject(new Error('Nothing to open.'));
