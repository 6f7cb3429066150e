import { createHash } from 'node:crypto';
import { boxAt, type ObjectPath, type SegmentRequest } from '../../../shared';
import type { Box, Instance } from './instances';

/** An upright frame: its size, and when it is shown. */
interface Shown {
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

/** Overlap of boxes from which on an object can be the one that a path tells of. */
const SAME = 0.4;

/**
 * Those of a frame's instances that a request wants: by their numbers, those of `main` or its own, or by where the wanted
 * objects are. Each path takes the instance whose box it overlaps most; what no path takes is none of them.
 */
export function chosenInstances(
  { instances: wanted, objects }: Pick<SegmentRequest, 'instances' | 'objects'>,
  instances: readonly Instance[],
  shown: Shown,
  main: ReadonlySet<number> = new Set(),
): readonly Instance[] {
  if (wanted === 'main') return instances.filter(({ track }) => main.has(track));
  if (wanted !== undefined) return instances.filter(({ track }) => wanted.includes(track));
  if (objects === undefined) return instances;
  return byPath(objects, instances, shown);
}

function byPath(
  paths: readonly ObjectPath[],
  instances: readonly Instance[],
  { width, height, seconds }: Shown,
): readonly Instance[] {
  const pairs = paths.flatMap((path) => {
    const box = boxAt(path, seconds);
    if (!box) return [];
    const inFrame = { x0: box.x0 * width, y0: box.y0 * height, x1: box.x1 * width, y1: box.y1 * height };
    return instances
      .map((instance) => ({ path, instance, overlap: overlapOf(inFrame, instance.box) }))
      .filter(({ overlap }) => overlap >= SAME);
  });
  pairs.sort((a, b) => b.overlap - a.overlap);
  const takenBy = new Map<Instance, ObjectPath>();
  const done = new Set<ObjectPath>();
  for (const { path, instance } of pairs) {
    if (takenBy.has(instance) || done.has(path)) continue;
    takenBy.set(instance, path);
    done.add(path);
  }
  return instances.filter((instance) => takenBy.get(instance)?.chosen === true);
}

/** The same for requests that want the same, another for others. */
export function choiceIdentity({
  instances,
  objects,
}: Pick<SegmentRequest, 'instances' | 'objects'>): string {
  if (objects) return createHash('sha256').update(JSON.stringify(objects)).digest('hex');
  return instances?.toString() ?? 'all';
}

/** Intersection over union. */
function overlapOf(one: Box, other: Box): number {
  const across = Math.min(one.x1, other.x1) - Math.max(one.x0, other.x0);
  const down = Math.min(one.y1, other.y1) - Math.max(one.y0, other.y0);
  if (across <= 0 || down <= 0) return 0;
  const common = across * down;
  return common / (areaOf(one) + areaOf(other) - common);
}

function areaOf({ x0, y0, x1, y1 }: Box): number {
  return (x1 - x0) * (y1 - y0);
}
