import type { Rational } from '../../../../shared';
import { ticksToSeconds, type Display } from '../../../frames';
import { Turn } from '../turn';
import type { FoundRecord } from './found-record';

/** What contours are written for: the result's pictures and how they are shown. */
export interface ContourTarget {
  /** Name of the source, for people. */
  readonly source: string;
  /** Stored size of the result's pictures. */
  readonly width: number;
  readonly height: number;
  readonly rotation: Display['rotation'];
  readonly timeBase: Rational;
  /** Ticks of the time that the result calls zero. */
  readonly origin: number;
}

/** A component's outline, x and y by turns. */
export type Polygon = readonly number[];

export interface ShownObject {
  readonly track: number;
  readonly classIndex: number;
  readonly score: number;
  readonly confidence: number;
  readonly outlier: boolean;
  readonly polygons: readonly Polygon[];
  /** Left, top, width, height of all polygons. */
  readonly box: readonly [number, number, number, number];
}

/** What is seen in a frame of the result, in pixels as players show it: upright. */
export interface ShownFrame {
  /** Of all frames of the result, from 0. */
  readonly index: number;
  /** Seconds from the result's beginning, and until its next frame; null after the last. */
  readonly time: number;
  readonly duration: number | null;
  readonly objects: readonly ShownObject[];
}

/** Size of the result's pictures as they are shown. */
export function shownSize({ rotation, width, height }: ContourTarget): {
  readonly width: number;
  readonly height: number;
} {
  return new Turn(rotation, width, height).shown;
}

/** Frames that were looked at, in order. */
export async function* shownFrames(
  records: AsyncIterable<FoundRecord>,
  target: ContourTarget,
): AsyncGenerator<ShownFrame> {
  const { timeBase, origin } = target;
  const turn = new Turn(target.rotation, target.width, target.height);
  let waiting: Omit<ShownFrame, 'duration'> | null = null;
  let index = 0;
  for await (const record of records) {
    const time = ticksToSeconds(record.pts - origin, timeBase);
    if (record.objects) {
      if (waiting) yield { ...waiting, duration: time - waiting.time };
      waiting = { index, time, objects: objectsOf(record, target, turn) };
    }
    index++;
  }
  if (waiting) yield { ...waiting, duration: null };
}

function objectsOf(record: FoundRecord, target: ContourTarget, turn: Turn): ShownObject[] {
  const scale = { x: target.width / record.width, y: target.height / record.height };
  return (record.objects ?? []).map(({ contours, box, track, classIndex, score, confidence, outlier }) => {
    const place = (points: readonly number[]): number[] => {
      const placed: number[] = [];
      for (let i = 0; i + 1 < points.length; i += 2)
        placed.push(...turn.point((points[i] ?? 0) * scale.x, (points[i + 1] ?? 0) * scale.y));
      return placed;
    };
    const polygons = contours.filter((contour) => contour.length >= 6).map(place);
    const extent = polygons.length > 0 ? polygons.flat() : place(box);
    return { track, classIndex, score, confidence, outlier, polygons, box: boundsOf(extent) };
  });
}

function boundsOf(points: readonly number[]): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  return [x0, y0, x1 - x0, y1 - y0];
}

/** Area that a polygon encloses. */
export function areaOf(polygon: Polygon): number {
  let twice = 0;
  for (let i = 0; i < polygon.length; i += 2) {
    const next = (i + 2) % polygon.length;
    twice += (polygon[i] ?? 0) * (polygon[next + 1] ?? 0) - (polygon[next] ?? 0) * (polygon[i + 1] ?? 0);
  }
  return Math.abs(twice) / 2;
}
