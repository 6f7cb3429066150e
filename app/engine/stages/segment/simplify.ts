/**
 * The fewest of a closed polygon's vertices from which none of the others is further away than `tolerance`, as far as
 * Douglas and Peucker's halving finds them (Cartographica 10(2), 1973). At least three are kept.
 */
export function simplified(polygon: readonly number[], tolerance: number): number[] {
  const count = polygon.length / 2;
  if (count <= 3) return [...polygon];
  const x = (vertex: number): number => polygon[2 * (vertex % count)] ?? 0;
  const y = (vertex: number): number => polygon[2 * (vertex % count) + 1] ?? 0;
  const kept = new Uint8Array(count);
  // The two vertices to begin with: the first, and the furthest from it.
  let opposite = 0;
  let furthest = -1;
  for (let vertex = 1; vertex < count; vertex++) {
    const distance = (x(vertex) - x(0)) ** 2 + (y(vertex) - y(0)) ** 2;
    if (distance > furthest) [furthest, opposite] = [distance, vertex];
  }
  kept[0] = 1;
  kept[opposite] = 1;
  let vertices = 2;
  const open: [from: number, to: number][] = [
    [0, opposite],
    [opposite, count],
  ];
  for (let piece = open.pop(); piece; piece = open.pop()) {
    const [from, to] = piece;
    const [dx, dy] = [x(to) - x(from), y(to) - y(from)];
    const length = Math.hypot(dx, dy);
    let worst = -1;
    let most = 0;
    for (let vertex = from + 1; vertex < to; vertex++) {
      const [px, py] = [x(vertex) - x(from), y(vertex) - y(from)];
      const away = length > 0 ? Math.abs(px * dy - py * dx) / length : Math.hypot(px, py);
      if (away > most) [most, worst] = [away, vertex];
    }
    // A polygon of two vertices encloses nothing.
    if (worst < 0 || (most <= tolerance && vertices > 2)) continue;
    kept[worst % count] = 1;
    vertices++;
    open.push([from, worst], [worst, to]);
  }
  return polygon.filter((_, index) => kept[index >> 1] === 1);
}
