import type { Region } from './region';

/** How far apart two contours may lie and still be the same, over the frame's diagonal. */
const TOLERANCE_RATIO = 0.008;

interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/**
 * F of DAVIS (Perazzi et al. 2016, §5): how far the contours of two regions are the same, as the harmonic mean of the
 * share of each that lies within .008 of the frame's diagonal (rounded up to pixels, Euclidean) of the other. 1 where
 * neither has one, 0 where one alone has.
 */
export function boundaryF(found: Region, truth: Region, frame: FrameSize): number {
  const radius = Math.ceil(TOLERANCE_RATIO * Math.hypot(frame.width, frame.height));
  const ofFound = contour(found, frame);
  const ofTruth = contour(truth, frame);
  if (ofFound.length === 0 || ofTruth.length === 0) return ofFound.length === ofTruth.length ? 1 : 0;
  const precision = shareWithin(ofFound, ofTruth, radius, frame);
  const recall = shareWithin(ofTruth, ofFound, radius, frame);
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

/**
 * Pixels (index into the frame) that differ from the one to the right, below or diagonally below: the contour, half a
 * pixel towards the origin. The frame's own border makes none.
 */
function contour(region: Region, { width, height }: FrameSize): number[] {
  const at = (x: number, y: number): number => {
    const [column, row] = [x - region.x, y - region.y];
    if (column < 0 || row < 0 || column >= region.width || row >= region.height) return 0;
    return region.data[row * region.width + column] ?? 0;
  };
  const found: number[] = [];
  const right = Math.min(width, region.x + region.width);
  const bottom = Math.min(height, region.y + region.height);
  for (let y = Math.max(0, region.y - 1); y < bottom; y++)
    for (let x = Math.max(0, region.x - 1); x < right; x++) {
      // Past the last column and row there is nothing to differ from.
      const [nextX, nextY] = [Math.min(x + 1, width - 1), Math.min(y + 1, height - 1)];
      const here = at(x, y);
      if (here !== at(nextX, y) || here !== at(x, nextY) || here !== at(nextX, nextY))
        found.push(y * width + x);
    }
  return found;
}

/** Share of the pixels `of` within `radius` of any of the pixels `near`. */
function shareWithin(
  of: readonly number[],
  near: readonly number[],
  radius: number,
  frame: FrameSize,
): number {
  const reached = dilated(near, radius, frame);
  return of.filter((index) => reached[index] === 1).length / of.length;
}

/** 1 within `radius` of any of `pixels`. */
function dilated(pixels: readonly number[], radius: number, { width, height }: FrameSize): Uint8Array {
  // Per row of the disc: the ends of its span as steps up and down, which a sum along the row turns into cover.
  const steps = new Int32Array((width + 1) * height);
  for (let down = -radius; down <= radius; down++) {
    const reach = Math.floor(Math.sqrt(radius ** 2 - down ** 2));
    for (const pixel of pixels) {
      const x = pixel % width;
      const y = (pixel - x) / width + down;
      if (y < 0 || y >= height) continue;
      steps[y * (width + 1) + Math.max(0, x - reach)]! += 1;
      steps[y * (width + 1) + Math.min(width, x + reach + 1)]! -= 1;
    }
  }
  const cover = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0, sum = 0; x < width; x++) {
      sum += steps[y * (width + 1) + x] ?? 0;
      cover[y * width + x] = sum > 0 ? 1 : 0;
    }
  return cover;
}
