import { processKernels } from '../../runtime';
import type { Box } from './instances';
import { GridMemory, type LogitGrid } from './logit-grid';
import { checkNumbers } from './numbers';
import { contourBox, SHAPE_VALUES, writeShapes, type ContourBox } from './point-shape';
import type { SnakeGraphs } from './snake-graphs';

/** Contours of one picture, in pixels of the network's input. */
export interface ContourBatch {
  /** [count, vertices, 2] */
  readonly contours: Float32Array;
  readonly vertices: number;
  /** Of each, whether it is a person. */
  readonly person: readonly boolean[];
  /** Output pixels in a pixel of the network's input. */
  readonly scale: number;
  /** Of the picture in the network's input: points beyond are not looked at. */
  readonly width: number;
  readonly height: number;
}

/** Of the contour's box, on each side of its grid. */
const MARGIN = 0.15;
/** Cells of a grid's side that are all predicted. */
const COARSE = 28;
/** Cells that are predicted anew after a subdivision. */
const AT_ONCE = COARSE * COARSE;
const FINEST = 224;
const FINEST_OF_LARGE = 448;
/**
 * Output pixels of a longer side above which grids are finer: their cells would be more than three pixels. Smaller ones gain nothing:
 * IoU .8903 and .8902, Boundary IoU .678 and .678 on training photographs of people.
 */
const LARGE = 720;

/** A grid in the making. */
interface Growing {
  readonly contour: number;
  readonly contourBox: ContourBox;
  readonly box: Box;
  readonly wantedSide: number;
  grid: LogitGrid;
}

/**
 * From contours to logits as fine as the output needs them (PointRend, arXiv 1912.08193, §3): every cell of a coarse grid,
 * then twice as many a side as often as needed, and each time the cells anew of which the network is least sure. The
 * points of all contours go through the network together.
 */
export class PointRendering {
  readonly #graphs: SnakeGraphs;
  readonly #memory = new GridMemory();
  // Of all points of a step, grown to the most that there were.
  #cells = new Int32Array(0);
  #points = new Float32Array(0);
  #distances = new Float32Array(0);
  #shape = new Float32Array(0);
  #logits = new Float32Array(0);

  constructor(graphs: SnakeGraphs) {
    this.#graphs = graphs;
  }

  /**
   * One grid a contour; `giveBack` them.
   *
   * @throws UserError bad-result where the network gives what is no number
   */
  async grids(batch: ContourBatch): Promise<readonly LogitGrid[]> {
    const count = batch.person.length;
    const growing = Array.from({ length: count }, (_, contour) => this.#begin(batch, contour));
    this.#reserve(count * AT_ONCE);
    let starts = this.#allCells(growing);
    await this.#predict(batch, growing, starts);
    for (;;) {
      const unfinished = growing.filter(({ grid, wantedSide }) => grid.side < wantedSide);
      if (unfinished.length === 0) return growing.map(({ grid }) => grid);
      starts = await this.#subdivide(batch, unfinished);
      await this.#predict(batch, unfinished, starts);
    }
  }

  giveBack(grids: readonly LogitGrid[]): void {
    for (const { side, logits } of grids) this.#memory.giveBack(side, logits);
  }

  #begin({ contours, vertices, scale }: ContourBatch, contour: number): Growing {
    const own = contourBox(contours.subarray(2 * vertices * contour, 2 * vertices * (contour + 1)));
    const { x0, y0, width, height } = own;
    const box = {
      x0: x0 - MARGIN * width,
      y0: y0 - MARGIN * height,
      x1: x0 + (1 + MARGIN) * width,
      y1: y0 + (1 + MARGIN) * height,
    };
    const longer = (1 + 2 * MARGIN) * Math.max(width, height) * scale;
    const wantedSide = Math.min(longer, longer > LARGE ? FINEST_OF_LARGE : FINEST);
    return {
      contour,
      contourBox: own,
      box,
      wantedSide,
      grid: { box, side: COARSE, logits: this.#memory.take(COARSE) },
    };
  }

  #reserve(points: number): void {
    if (this.#cells.length >= points) return;
    this.#cells = new Int32Array(points);
    this.#points = new Float32Array(2 * points);
    this.#distances = new Float32Array(points);
    this.#shape = new Float32Array(SHAPE_VALUES * points);
    this.#logits = new Float32Array(points);
  }

  /** Where the cells of each grid begin, and how many there are. */
  #allCells(growing: readonly Growing[]): Int32Array {
    for (let at = 0; at < growing.length * AT_ONCE; at++) this.#cells[at] = at % AT_ONCE;
    return Int32Array.from({ length: growing.length + 1 }, (_, index) => index * AT_ONCE);
  }

  /** Makes the grids finer and chooses cells of which the network is least sure; where those of each grid begin. */
  async #subdivide(batch: ContourBatch, growing: readonly Growing[]): Promise<Int32Array> {
    const works = growing.map(({ box, grid: { side, logits } }, index) => ({
      source: logits,
      side,
      target: this.#memory.take(2 * side),
      ...cellsInside(box, 2 * side, batch),
      cells: this.#cells.subarray(index * AT_ONCE, (index + 1) * AT_ONCE),
    }));
    const counts = await processKernels().subdivideGrids(works);
    const starts = new Int32Array(growing.length + 1);
    for (const [index, one] of growing.entries()) {
      const { side, logits } = one.grid;
      this.#memory.giveBack(side, logits);
      one.grid = { box: one.box, side: 2 * side, logits: works[index]?.target ?? logits };
      const [start = 0, count = 0] = [starts[index], counts[index]];
      this.#cells.copyWithin(start, index * AT_ONCE, index * AT_ONCE + count);
      starts[index + 1] = start + count;
    }
    return starts;
  }

  /** Predicts the chosen cells of each grid. */
  async #predict(batch: ContourBatch, growing: readonly Growing[], starts: Int32Array): Promise<void> {
    const count = starts.at(-1) ?? 0;
    if (count === 0) return;
    const points = this.#points.subarray(0, 2 * count);
    const shape = this.#shape.subarray(0, SHAPE_VALUES * count);
    const logits = this.#logits.subarray(0, count);
    for (const [index, { grid }] of growing.entries())
      this.#place(grid, starts[index] ?? 0, starts[index + 1] ?? 0);
    await processKernels().signedDistance({
      polygons: polygonsOf(batch, growing),
      vertices: batch.vertices,
      starts,
      points,
      distances: this.#distances.subarray(0, count),
    });
    for (const [index, { contour, contourBox: own }] of growing.entries()) {
      const [from = 0, to = 0] = starts.subarray(index, index + 2);
      const person = batch.person[contour] === true;
      writeShapes(own, person, { points, distances: this.#distances, from, to, shape });
    }
    await this.#graphs.inside(points, shape, logits);
    checkNumbers(logits);
    for (const [index, { grid }] of growing.entries())
      for (let at = starts[index] ?? 0; at < (starts[index + 1] ?? 0); at++)
        grid.logits[this.#cells[at] ?? 0] = logits[at] ?? 0;
  }

  #place({ box, side }: LogitGrid, from: number, to: number): void {
    const [stepX, stepY] = [(box.x1 - box.x0) / side, (box.y1 - box.y0) / side];
    for (let at = from; at < to; at++) {
      const cell = this.#cells[at] ?? 0;
      const row = Math.floor(cell / side);
      this.#points[2 * at] = box.x0 + (cell - row * side + 0.5) * stepX;
      this.#points[2 * at + 1] = box.y0 + (row + 0.5) * stepY;
    }
  }
}

/** Cells of a grid over `box` whose middles lie in the picture: from x0, y0 to before x1, y1. */
function cellsInside(box: Box, side: number, { width, height }: ContourBatch): Box {
  const cell = (at: number, low: number, high: number): number =>
    Math.min(Math.max(Math.ceil(((at - low) / (high - low)) * side - 0.5), 0), side);
  const [x0, y0] = [cell(0, box.x0, box.x1), cell(0, box.y0, box.y1)];
  return {
    x0,
    y0,
    x1: Math.max(x0, cell(width, box.x0, box.x1)),
    y1: Math.max(y0, cell(height, box.y0, box.y1)),
  };
}

function polygonsOf({ contours, vertices, person }: ContourBatch, growing: readonly Growing[]): Float32Array {
  if (growing.length === person.length) return contours;
  const length = 2 * vertices;
  const polygons = new Float32Array(growing.length * length);
  for (const [index, { contour }] of growing.entries())
    polygons.set(contours.subarray(contour * length, (contour + 1) * length), index * length);
  return polygons;
}
