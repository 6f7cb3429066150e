import { boundsOf } from './initial-contour';
import type { Box } from './instances';

/** Values that the point head knows of a point beside the maps. */
export const SHAPE_VALUES = 5;
/** Pixels of the network's input that make a distance 1. */
const FAR = 32;

/** A contour's box, sides of at least one pixel. */
export interface ContourBox extends Box {
  readonly width: number;
  readonly height: number;
}

export function contourBox(contour: Float32Array): ContourBox {
  const box = boundsOf(contour);
  return { ...box, width: Math.max(1, box.x1 - box.x0), height: Math.max(1, box.y1 - box.y0) };
}

/** Points of one contour, from the `from`-th to before the `to`-th of all. */
export interface ShapedPoints {
  /** x and y by turns, pixels of the network's input. */
  readonly points: Float32Array;
  /** From the contour, positive inside. */
  readonly distances: Float32Array;
  readonly from: number;
  readonly to: number;
  /** [points, SHAPE_VALUES], written. */
  readonly shape: Float32Array;
}

/**
 * What the point head is told of points: their distance from the contour, in pixels and by the contour's size, their place
 * in its box, and whether it is a person's. The same as `shape_features` in training/snake/geometry.py.
 */
export function writeShapes(
  { x0, y0, x1, y1, width, height }: ContourBox,
  person: boolean,
  to: ShapedPoints,
): void {
  const [middleX, middleY] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const size = Math.sqrt(width * height);
  const { points, distances, shape } = to;
  for (let at = to.from, value = SHAPE_VALUES * to.from; at < to.to; at++, value += SHAPE_VALUES) {
    const distance = distances[at] ?? 0;
    shape[value] = Math.min(Math.max(distance / FAR, -1), 1);
    shape[value + 1] = 2 * Math.min(Math.max(distance / size, -0.5), 0.5);
    shape[value + 2] = ((points[2 * at] ?? 0) - middleX) / (width / 2);
    shape[value + 3] = ((points[2 * at + 1] ?? 0) - middleY) / (height / 2);
    shape[value + 4] = person ? 1 : 0;
  }
}
