/** A rectangle of samples. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a plane that goes through the network at once: what it reads, and the part of that whose result counts. */
export interface Tile {
  readonly read: Rectangle;
  readonly keep: Rectangle;
}

/**
 * Covers a plane with tiles that read at most `budget` samples each, all of one size (so that the
 * network's buffers fit every one) and at the least work in all. A tile reads `halo` samples around
 * what it keeps, save where the plane ends: there it reads up to the border and more on the other
 * side, so the network's own padding stands at true borders alone and the result is exact.
 *
 * A budget too small for any halo is taken as the smallest that makes sense.
 */
export function planTiles(width: number, height: number, halo: number, budget: number): Tile[] {
  const { columns, rows } = bestGrid(width, height, halo, Math.max(budget, (4 * halo + 1) ** 2));
  const across = spans(width, columns, halo);
  return spans(height, rows, halo).flatMap((down) =>
    across.map((span) => ({
      read: { x: span.from, y: down.from, width: span.size, height: down.size },
      keep: { x: span.keepFrom, y: down.keepFrom, width: span.keepSize, height: down.keepSize },
    })),
  );
}

function bestGrid(
  width: number,
  height: number,
  halo: number,
  budget: number,
): { columns: number; rows: number } {
  let best = { columns: 1, rows: 1, work: Infinity };
  // Narrower tiles would keep less than they read around it.
  const most = Math.ceil(width / (2 * halo + 1));
  for (let columns = 1; columns <= most; columns++) {
    const tileWidth = readSize(width, columns, halo);
    const rows = leastRows(tileWidth, height, halo, budget);
    if (rows === null) continue;
    const work = columns * rows * tileWidth * readSize(height, rows, halo);
    if (work < best.work) best = { columns, rows, work };
  }
  return best;
}

/** The fewest rows of tiles `tileWidth` wide that keep to the budget; null where none does. */
function leastRows(tileWidth: number, height: number, halo: number, budget: number): number | null {
  const most = Math.floor(budget / tileWidth);
  if (most >= height) return 1;
  return most > 2 * halo ? Math.ceil(height / (most - 2 * halo)) : null;
}

function readSize(length: number, count: number, halo: number): number {
  return count === 1 ? length : Math.min(length, Math.ceil(length / count) + 2 * halo);
}

interface Span {
  readonly from: number;
  readonly size: number;
  readonly keepFrom: number;
  readonly keepSize: number;
}

function spans(length: number, count: number, halo: number): Span[] {
  const keep = Math.ceil(length / count);
  const size = readSize(length, count, halo);
  const result: Span[] = [];
  for (let keepFrom = 0; keepFrom < length; keepFrom += keep) {
    const from = Math.max(0, Math.min(keepFrom - halo, length - size));
    result.push({ from, size, keepFrom, keepSize: Math.min(keep, length - keepFrom) });
  }
  return result;
}
