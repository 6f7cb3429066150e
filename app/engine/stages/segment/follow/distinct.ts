import { matteOverlap, matteShare } from './matte-overlap';
import type { Found } from './track';

/** Outlines that cover the same by so much are one object, also where the network can't decide what it is. */
const SAME = 0.5;
/** An object of which so much lies in another one of its class is a part of it. */
const PART = 0.85;
/** What is seen so faintly that it would begin no track is a part from less on, whatever its class. */
const FAINT_PART = 0.6;

/** Objects without those that a surer one covers, and without parts of those: the surest first. */
export function distinct<T extends Found>(objects: readonly T[], minScore: number): T[] {
  const kept: T[] = [];
  for (const object of objects.toSorted((a, b) => b.score - a.score))
    if (!kept.some((other) => isSame(other, object, minScore))) kept.push(object);
  return kept;
}

function isSame(surer: Found, { matte, classIndex, score }: Found, minScore: number): boolean {
  if (matteOverlap(surer.matte, matte, 0, 0) >= SAME) return true;
  const share = matteShare(matte, surer.matte);
  return share >= (score < minScore ? FAINT_PART : surer.classIndex === classIndex ? PART : Infinity);
}
