import type { Box } from './instances';

// What stands between the networks: the same rules as training/snake/geometry.py. Points lie in pixels of the network's
// input, y downward, x and y by turns; contours run top, left, bottom, right.

const EXTREMES = 4;

/**
 * Points on the diamond of a box, which joins the middles of its edges: evenly on every edge, the top one first.
 * `target`: [count, 2].
 */
export function writeDiamond({ x0, y0, x1, y1 }: Box, target: Float32Array): void {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const corners = [x, y0, x0, y, x, y1, x1, y];
  const steps = target.length / 2 / EXTREMES;
  for (let corner = 0, at = 0; corner < EXTREMES; corner++) {
    const next = (corner + 1) % EXTREMES;
    const [fromX = 0, fromY = 0] = corners.slice(2 * corner, 2 * corner + 2);
    const [toX = 0, toY = 0] = corners.slice(2 * next, 2 * next + 2);
    for (let step = 0; step < steps; step++) {
      target[at++] = fromX + ((toX - fromX) * step) / steps;
      target[at++] = fromY + ((toY - fromY) * step) / steps;
    }
  }
}

/**
 * The twelve vertices of the octagon of four extreme points (top, left, bottom, right; x and y by turns), from the top
 * point on. Through each runs a segment 1/4 of the side of their box long, along that side and clamped to the box (Deep
 * Snake, arXiv 2001.01629, §3.3).
 */
export function octagon(extremes: ArrayLike<number>): Float64Array {
  const { x0, y0, x1, y1 } = boundsOf(extremes);
  const [reachX, reachY] = [(x1 - x0) / 8, (y1 - y0) / 8];
  const [topX = 0, topY = 0, leftX = 0, leftY = 0, bottomX = 0, bottomY = 0, rightX = 0, rightY = 0] =
    Array.from(extremes);
  const vertices = [
    [topX, topY],
    [topX - reachX, topY],
    [leftX, leftY - reachY],
    [leftX, leftY],
    [leftX, leftY + reachY],
    [bottomX - reachX, bottomY],
    [bottomX, bottomY],
    [bottomX + reachX, bottomY],
    [rightX, rightY + reachY],
    [rightX, rightY],
    [rightX, rightY - reachY],
    [topX + reachX, topY],
  ] as const;
  return Float64Array.from(
    vertices.flatMap(([x, y]) => [Math.min(Math.max(x, x0), x1), Math.min(Math.max(y, y0), y1)]),
  );
}

/** Points on a closed polygon, evenly by arc length from its first vertex on. `target`: [count, 2]. */
export function writeResampled(polygon: ArrayLike<number>, target: Float32Array): void {
  const vertices = polygon.length / 2;
  const count = target.length / 2;
  const at = (vertex: number, axis: 0 | 1): number => polygon[2 * (vertex % vertices) + axis] ?? 0;
  const lengths = Array.from({ length: vertices }, (_, vertex) =>
    Math.hypot(at(vertex + 1, 0) - at(vertex, 0), at(vertex + 1, 1) - at(vertex, 1)),
  );
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let edge = 0;
  let passed = 0;
  for (let point = 0; point < count; point++) {
    const wanted = (whole * point) / count;
    while (edge < vertices - 1 && passed + (lengths[edge] ?? 0) <= wanted) passed += lengths[edge++] ?? 0;
    const share = Math.min(Math.max((wanted - passed) / Math.max(lengths[edge] ?? 0, 1e-9), 0), 1);
    for (const axis of [0, 1] as const) {
      const from = at(edge, axis);
      target[2 * point + axis] = from + (at(edge + 1, axis) - from) * share;
    }
  }
}

/** The smallest box round points. */
export function boundsOf(points: ArrayLike<number>): Box {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = [points[at] ?? 0, points[at + 1] ?? 0];
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x);
    y1 = Math.max(y1, y);
  }
  return { x0, y0, x1, y1 };
}
