import { checkArray, checkCodes, checkInteger, type Codes } from '../checks';

const { fround } = Math;

/** Two frames are the same up to the first, and not at all from the second on. */
const SAME = fround(0.4 / 255);
const NOT_SAME = fround(1.4 / 255);
/** They agree within noise up to the first, and not at all from the second on. */
const AGREE = fround(1.5 / 255);
const DIFFER = fround(4 / 255);
/** By how much more than the frames differ what was made departs from them where it wobbles. */
const SURELY_WOBBLES = fround(4 / 255);
const WOBBLES = fround(2 / 255);
/** By how much what passes by between two frames that agree differs from both. */
const PASSES = fround(12 / 255);
const SURELY_PASSES = fround(24 / 255);

export interface StillWork {
  /** Frames, and both warped to a time between them: [3, height, width]. */
  readonly previous: Float32Array;
  readonly next: Float32Array;
  readonly warpedPrevious: Float32Array;
  readonly warpedNext: Float32Array;
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly still: Uint8Array;
}

/**
 * Where nothing moves: 255 where both frames are the same, in an area of at least 3×3 pixels, and 0 where they
 * differ, rising between. Within noise they need not be the same where what was made near by departs from both, as it
 * does when motion drags letters along; elsewhere it is the better picture of a smooth surface that moves. It is no use
 * that they agree where something passes by between them: there both warped frames show the same, and another thing
 * than the frames.
 */
export function referenceFindStill(work: StillWork): void {
  const { width, height, still } = work;
  const area = width * height;
  const passes = new Uint8Array(area);
  const agrees = new Uint8Array(area);
  const wobbles = new Uint8Array(area);
  for (let at = 0; at < area; at++) {
    let [apart, warpsApart, away] = [0, 0, 0];
    for (let i = at; i < 3 * area; i += area) {
      const [previous, next] = [work.previous[i] ?? 0, work.next[i] ?? 0];
      const [first, second] = [work.warpedPrevious[i] ?? 0, work.warpedNext[i] ?? 0];
      apart = Math.max(apart, fround(Math.abs(previous - next)));
      warpsApart = Math.max(warpsApart, fround(Math.abs(first - second)));
      away = Math.max(away, fround(Math.abs(fround(fround(first + second) * 0.5) - previous)));
    }
    still[at] = ramp(apart, NOT_SAME, SAME);
    agrees[at] = ramp(apart, DIFFER, AGREE);
    wobbles[at] = ramp(fround(away - apart), WOBBLES, SURELY_WOBBLES);
    passes[at] = ramp(fround(away - fround(2 * warpsApart)), PASSES, SURELY_PASSES);
  }
  for (let times = 0; times < 2; times++) around(wobbles, width, height, Math.max);
  for (let at = 0; at < area; at++)
    still[at] = Math.max(still[at] ?? 0, Math.min(agrees[at] ?? 0, wobbles[at] ?? 0));
  for (const plane of [still, passes]) {
    around(plane, width, height, Math.min);
    around(plane, width, height, Math.max);
  }
  for (let at = 0; at < area; at++)
    still[at] = Math.floor(((still[at] ?? 0) * (255 - (passes[at] ?? 0)) + 127) / 255);
}

/** 0 at `none` to 255 at `all`, truncated. */
function ramp(value: number, none: number, all: number): number {
  const scale = fround(255 / fround(all - none));
  return Math.trunc(Math.min(255, Math.max(0, fround(fround(value - none) * scale))));
}

/** The least or most of each sample's 3×3 neighbourhood. */
function around(
  plane: Uint8Array,
  width: number,
  height: number,
  choose: (...values: number[]) => number,
): void {
  const source = plane.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const near: number[] = [];
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
          near.push(source[row * width + column] ?? 0);
      plane[y * width + x] = choose(...near);
    }
}

/** Size of a picture, and of its chroma. */
export interface StillLayout {
  readonly width: number;
  readonly height: number;
  readonly chromaShiftX: 0 | 1;
  readonly chromaShiftY: 0 | 1;
}

export interface KeepStillWork {
  readonly source: Codes;
  readonly target: Codes;
  readonly width: number;
  readonly height: number;
  readonly still: Uint8Array;
  readonly stillWidth: number;
  readonly stillHeight: number;
  readonly shiftX: 0 | 1;
  readonly shiftY: 0 | 1;
}

/** target = target + (source − target) · still / 255, rounded to nearest; chroma takes the mean weight of its luma samples, rounded down. */
export function referenceKeepStill(work: KeepStillWork): void {
  const { source, target, width, height, still, stillWidth, stillHeight, shiftX, shiftY } = work;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [top, left] = [y << shiftY, x << shiftX];
      const bottom = Math.min(stillHeight - 1, top + shiftY);
      const right = Math.min(stillWidth - 1, left + shiftX);
      let sum = 0;
      for (const row of [top, bottom])
        for (const column of [left, right]) sum += still[row * stillWidth + column] ?? 0;
      const weight = sum >> 2;
      const at = y * width + x;
      const mixed = (target[at] ?? 0) * (255 - weight) + (source[at] ?? 0) * weight;
      target[at] = Math.floor((mixed + 127) / 255);
    }
}

/** @throws TypeError */
export function checkStill(work: StillWork): void {
  const { width, height } = work;
  for (const [name, side] of Object.entries({ width, height })) checkInteger(side, name, 1, 2 ** 20);
  const { previous, next, warpedPrevious, warpedNext } = work;
  for (const [name, picture] of Object.entries({ previous, next, warpedPrevious, warpedNext }))
    checkArray(picture, Float32Array, 3 * width * height, name);
  checkArray(work.still, Uint8Array, width * height, 'still');
}

/** The work of each plane. @throws TypeError */
export function keepStillWorks(
  source: readonly Codes[],
  target: readonly Codes[],
  still: Uint8Array,
  layout: StillLayout,
): KeepStillWork[] {
  const { width: stillWidth, height: stillHeight } = layout;
  checkArray(still, Uint8Array, stillWidth * stillHeight, 'still');
  return target.map((codes, index) => {
    const shiftX = index === 0 ? 0 : layout.chromaShiftX;
    const shiftY = index === 0 ? 0 : layout.chromaShiftY;
    const [width, height] = [(stillWidth + shiftX) >> shiftX, (stillHeight + shiftY) >> shiftY];
    const own = source[index] ?? new Uint8Array(0);
    checkCodes(codes, width * height, `target[${index}]`);
    checkArray(
      own,
      codes instanceof Uint16Array ? Uint16Array : Uint8Array,
      width * height,
      `source[${index}]`,
    );
    return { source: own, target: codes, width, height, still, stillWidth, stillHeight, shiftX, shiftY };
  });
}
