import { checkArray, checkFinite, checkInteger, expected, overlap } from '../checks';
import type { GridWork } from './grid-reference';
import type { DistanceWork, MatteWork } from './reference';
import type { PlacedMatte, SteadyWork } from './steady-reference';

/** @throws TypeError that names what is wrong */
export function checkDistances({ polygons, vertices, starts, points, distances }: DistanceWork): void {
  checkInteger(vertices, 'vertices', 3, 2 ** 16);
  checkArray(starts, Int32Array, starts.length, 'starts');
  if (starts.length === 0 || starts[0] !== 0) expected('counts from 0 on', 'starts', starts);
  for (const [index, start] of starts.entries())
    if (start < (starts[index - 1] ?? 0)) expected('counts that do not fall', 'starts', starts);
  checkArray(polygons, Float32Array, 2 * (starts.length - 1) * vertices, 'polygons');
  const count = starts.at(-1) ?? 0;
  checkArray(points, Float32Array, 2 * count, 'points');
  checkArray(distances, Float32Array, count, 'distances');
}

/** @throws TypeError that names what is wrong */
export function checkGrid({ source, side, target, x0, y0, x1, y1, cells }: GridWork): void {
  checkInteger(side, 'side', 1, 2 ** 11);
  checkArray(source, Float32Array, side ** 2, 'source');
  checkArray(target, Float32Array, 4 * side ** 2, 'target');
  if (overlap(source, target)) expected('memory apart from source', 'target', target);
  checkInteger(x1, 'x1', 0, 2 * side);
  checkInteger(y1, 'y1', 0, 2 * side);
  checkInteger(x0, 'x0', 0, x1);
  checkInteger(y0, 'y0', 0, y1);
  checkArray(cells, Int32Array, cells.length, 'cells');
}

/** @throws TypeError that names what is wrong */
export function checkSteady(work: SteadyWork): void {
  const { still, mapWidth, columns, rows, weight, target, targetMean } = work;
  const mattes = (['now', 'told', 'mean'] as const).map((name) => [name, work[name]] as const);
  for (const [name, matte] of mattes) checkPlaced(matte, name, columns.length, rows.length);
  checkInteger(mapWidth, 'mapWidth', 1, 2 ** 16);
  checkArray(still, Uint8Array, still.length, 'still');
  if (still.length % mapWidth !== 0) expected(`rows of ${mapWidth}`, 'still', still);
  checkPlaces(columns, 'columns', mapWidth);
  checkPlaces(rows, 'rows', still.length / mapWidth);
  checkInteger(weight, 'weight', 0, 256);
  for (const [name, data] of Object.entries({ target, targetMean })) {
    checkArray(data, Uint8Array, columns.length * rows.length, name);
    for (const [other, matte] of mattes)
      if (overlap(matte.data, data)) expected(`memory apart from ${other}`, name, data);
  }
  if (overlap(target, targetMean)) expected('memory apart from target', 'targetMean', targetMean);
}

function checkPlaced(
  { x, y, width, height, data }: PlacedMatte,
  name: string,
  columns: number,
  rows: number,
): void {
  checkInteger(width, `${name}.width`, 0, columns);
  checkInteger(height, `${name}.height`, 0, rows);
  checkInteger(x, `${name}.x`, 0, columns - width);
  checkInteger(y, `${name}.y`, 0, rows - height);
  checkArray(data, Uint8Array, width * height, `${name}.data`);
}

function checkPlaces(places: Int32Array, name: string, most: number): void {
  checkArray(places, Int32Array, places.length, name);
  for (let index = 0; index < places.length; index++)
    checkInteger(places[index] ?? -1, `${name}[${index}]`, 0, most - 1);
}

/** @throws TypeError that names what is wrong */
export function checkMatte(work: MatteWork): void {
  const { logits, columns, rows, target, width, height } = work;
  checkInteger(columns, 'columns', 2, 2 ** 12);
  checkInteger(rows, 'rows', 2, 2 ** 12);
  checkInteger(width, 'width', 0, 2 ** 16);
  checkInteger(height, 'height', 0, 2 ** 16);
  checkArray(logits, Float32Array, columns * rows, 'logits');
  checkArray(target, Uint8Array, width * height, 'target');
  for (const name of ['left', 'top', 'stepX', 'stepY'] as const) checkFinite(work[name], name);
}
