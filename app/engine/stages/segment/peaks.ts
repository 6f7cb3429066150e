import type { Box } from './instances';
import { checkNumbers } from './numbers';

/** What the detector says of a picture: planes of `height` rows of `width` cells. */
export interface DetectorMaps {
  /** Probability of an object's middle, a plane for each class. */
  readonly heatmap: Float32Array;
  /**
   * Distances of a box's left, top, right and bottom from the cell's middle, in pixels of the network's input: four
   * planes for people, then four for any other object.
   */
  readonly box: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A box in pixels of the network's input. */
export interface FoundBox {
  readonly classIndex: number;
  readonly score: number;
  readonly box: Box;
}

/** Where an object is likely to be. */
export interface ExpectedObject {
  readonly box: Box;
}

export interface PeakLimits {
  /** Planes of the heatmap that count. */
  readonly classes: readonly number[];
  readonly minScore: number;
  /** Boxes that are kept, the surest ones. */
  readonly most: number;
  /** Objects that need half the score where they are expected. */
  readonly expected?: readonly ExpectedObject[];
  /** A place holds one object, of the class that it most surely is. Left out: it may be taken for several. */
  readonly exclusive?: boolean;
}

/** The class of people. */
export const PERSON = 0;
/** Pixels of the network's input in a cell. */
const STRIDE = 4;
/** Boxes of one class that share so much of what they cover are one object. */
const SAME_OBJECT = 0.7;
/** The same for boxes of any classes, where a place holds one object. */
const SAME_PLACE = 0.8;
/** Boxes that overlap so much with where an object is expected are that object. */
const AS_EXPECTED = 0.5;

interface Peak {
  readonly classIndex: number;
  readonly score: number;
  readonly cell: number;
}

/**
 * Objects in the detector's maps, the surest first: cells that none of their neighbours surpasses (CenterNet, arXiv
 * 1904.07850, §4), each with its box within the picture. `dropped` tells how many were left out beyond the limit.
 *
 * @throws UserError bad-result where the heatmap holds what is no number
 */
export function findBoxes(
  maps: DetectorMaps,
  { classes, minScore, most, expected = [], exclusive = false }: PeakLimits,
): { readonly boxes: readonly FoundBox[]; readonly dropped: number } {
  const peaks = classes.flatMap((classIndex) => {
    const all = peaksOf(maps, classIndex, expected.length > 0 ? minScore / 2 : minScore);
    return all.filter(
      ({ score, cell }) =>
        score >= minScore ||
        expected.some(({ box }) => overlap(box, boxAt(maps, classIndex, cell)) >= AS_EXPECTED),
    );
  });
  peaks.sort((a, b) => b.score - a.score || a.classIndex - b.classIndex || a.cell - b.cell);
  const boxes: FoundBox[] = [];
  for (const { classIndex, score, cell } of peaks.slice(0, most)) {
    const box = boxAt(maps, classIndex, cell);
    if (!(box.x1 - box.x0 >= 1 && box.y1 - box.y0 >= 1)) continue;
    const again = boxes.some((other) => {
      const shared = overlap(other.box, box);
      return shared > (other.classIndex === classIndex ? SAME_OBJECT : exclusive ? SAME_PLACE : 1);
    });
    if (!again) boxes.push({ classIndex, score, box });
  }
  return { boxes, dropped: Math.max(0, peaks.length - most) };
}

function peaksOf({ heatmap, width, height }: DetectorMaps, classIndex: number, minScore: number): Peak[] {
  const plane = heatmap.subarray(classIndex * width * height, (classIndex + 1) * width * height);
  const peaks: Peak[] = [];
  for (let cell = 0; cell < plane.length; cell++) {
    const score = plane[cell] ?? 0;
    if (score < minScore) continue;
    // No comparison holds for what is no number, so that it comes this far.
    checkNumbers(plane.subarray(cell, cell + 1));
    if (isHighest(plane, width, height, cell, score)) peaks.push({ classIndex, score, cell });
  }
  return peaks;
}

function isHighest(plane: Float32Array, width: number, height: number, cell: number, score: number): boolean {
  const [column, row] = [cell % width, Math.floor(cell / width)];
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++)
      if ((plane[y * width + x] ?? 0) > score) return false;
  return true;
}

function boxAt({ box, width, height }: DetectorMaps, classIndex: number, cell: number): Box {
  const area = width * height;
  const first = cell + (classIndex === PERSON ? 0 : 4 * area);
  const x = ((cell % width) + 0.5) * STRIDE;
  const y = (Math.floor(cell / width) + 0.5) * STRIDE;
  const inside = (value: number, most: number): number => Math.min(Math.max(value, 0), most * STRIDE);
  return {
    x0: inside(x - (box[first] ?? 0), width),
    y0: inside(y - (box[first + area] ?? 0), height),
    x1: inside(x + (box[first + 2 * area] ?? 0), width),
    y1: inside(y + (box[first + 3 * area] ?? 0), height),
  };
}

/** Intersection over union. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  if (width <= 0 || height <= 0) return 0;
  const area = ({ x0, y0, x1, y1 }: Box): number => (x1 - x0) * (y1 - y0);
  return (width * height) / (area(a) + area(b) - width * height);
}
