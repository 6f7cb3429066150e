import { iou, type Region } from './region';

/** Width of the band over the frame's diagonal, as COCO and LVIS take it. */
const BAND_RATIO = 0.02;

/** How many pixels wide the band along an object's edge is in a frame of this size: at least one. */
export function bandWidth(width: number, height: number): number {
  const exact = BAND_RATIO * Math.hypot(width, height);
  // Halves to the even side, as the published code does: 500×375, a common size, gives 12.5.
  const rounded = exact % 1 === 0.5 ? 2 * Math.round(exact / 2) : Math.round(exact);
  return Math.max(1, rounded);
}

/**
 * The pixels of an object that lie within `distance` pixels (in a square, as by 3×3 erosions) of one that
 * isn't the object's or isn't in the frame (Boundary IoU, Cheng et al. 2021, §4: the band inside the mask).
 */
export function boundaryBand(region: Region, distance: number): Region {
  const { width, height, data } = region;
  // Pixels that many erosions leave: the whole square around them is the object's. Along rows first, then along columns.
  const across = eroded(data, { lines: height, length: width, lineStride: width, stride: 1 }, distance);
  const inner = eroded(across, { lines: width, length: height, lineStride: 1, stride: width }, distance);
  const band = new Uint8Array(data.length);
  let area = 0;
  for (let index = 0; index < band.length; index++) {
    band[index] = (data[index] ?? 0) & ~(inner[index] ?? 0);
    area += band[index] ?? 0;
  }
  return { ...region, data: band, area };
}

/** Intersection over union of the bands of two objects. */
export function boundaryIou(one: Region, other: Region, distance: number): number {
  return iou(boundaryBand(one, distance), boundaryBand(other, distance));
}

interface Axis {
  readonly lines: number;
  readonly length: number;
  readonly lineStride: number;
  readonly stride: number;
}

/** 1 where all pixels up to `distance` to both sides along the axis are 1; outside everything is 0. */
function eroded(from: Uint8Array, { lines, length, lineStride, stride }: Axis, distance: number): Uint8Array {
  const to = new Uint8Array(from.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStride;
    // `run` ones end at the pixel `ahead`; the window around the pixel `distance` before it needs 2·distance + 1.
    let run = 0;
    for (let ahead = 0; ahead < length; ahead++) {
      run = from[start + ahead * stride] === 1 ? run + 1 : 0;
      if (run > 2 * distance) to[start + (ahead - distance) * stride] = 1;
    }
  }
  return to;
}
