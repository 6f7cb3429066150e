/** A matte somewhere in a region. */
export interface PlacedMatte {
  /** Of its first pixel, in the region. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly data: Uint8Array;
}

/** Mattes of an object and the region that holds them all, all lengths checked. */
export interface SteadyWork {
  readonly now: PlacedMatte;
  /** What was told before. */
  readonly told: PlacedMatte;
  /** What it was on the average before. */
  readonly mean: PlacedMatte;
  /** [mapHeight, mapWidth]: 255 where nothing has changed since, 0 where something has. */
  readonly still: Uint8Array;
  readonly mapWidth: number;
  /** Of each column and row of the region, the one of the map. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** How much of what was told stays where nothing has changed, 0 to 256. */
  readonly weight: number;
  /** [rows, columns]: what is told now, and the average with it. */
  readonly target: Uint8Array;
  readonly targetMean: Uint8Array;
}

/** Of the average, how much stays in a frame where nothing has changed. */
const MEAN_SHARE = 7 / 8;

/** Holds what was told before where nothing has changed (kernels/README.md), one pixel after the other. */
export function referenceSteady({
  now,
  told,
  mean,
  still,
  mapWidth,
  columns,
  rows,
  weight,
  target,
  targetMean,
}: SteadyWork): void {
  for (const [y, mapRow] of rows.entries())
    for (const [x, mapColumn] of columns.entries()) {
      const raw = coverage(now, x, y);
      const share = Math.floor((weight * (still[mapRow * mapWidth + mapColumn] ?? 0)) / 255);
      // Cut off, so that what was is left behind altogether in the end.
      const usual = raw + Math.trunc(((coverage(mean, x, y) - raw) * share * MEAN_SHARE) / 256);
      const held = Math.min(Math.max(coverage(told, x, y), 2 * usual - 255), 2 * usual);
      const at = y * columns.length + x;
      targetMean[at] = usual;
      target[at] = raw + Math.trunc(((held - raw) * share) / 256);
    }
}

function coverage({ x, y, width, height, data }: PlacedMatte, column: number, row: number): number {
  const [across, down] = [column - x, row - y];
  const inside = across >= 0 && down >= 0 && across < width && down < height;
  return inside ? (data[down * width + across] ?? 0) : 0;
}
