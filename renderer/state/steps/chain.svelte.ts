import type { Remembered } from '../history';
import { STEP_KINDS, type StepKind } from './step';

/** What is done with the video, in the user's order; each kind at most once. */
export class Chain implements Remembered {
  readonly fields: readonly (keyof Chain)[] = ['kinds'];
  kinds = $state.raw<readonly StepKind[]>(['enhance']);

  /** Kinds that are not in it, as they are offered. */
  get missing(): readonly StepKind[] {
    return STEP_KINDS.filter((kind) => !this.has(kind));
  }

  inUsualOrder(kinds: readonly StepKind[]): readonly StepKind[] {
    return STEP_KINDS.filter((kind) => kinds.includes(kind));
  }

  has(kind: StepKind): boolean {
    return this.kinds.includes(kind);
  }

  /** Puts a step where it usually stands: before the first one that usually comes later. */
  add(kind: StepKind): void {
    if (this.has(kind)) return;
    const usual = STEP_KINDS.indexOf(kind);
    const later = this.kinds.findIndex((other) => STEP_KINDS.indexOf(other) > usual);
    const at = later < 0 ? this.kinds.length : later;
    this.kinds = this.kinds.toSpliced(at, 0, kind);
  }

  remove(kind: StepKind): void {
    this.kinds = this.kinds.filter((other) => other !== kind);
  }

  /** Moves a step by so many places, as far as there are some. */
  move(kind: StepKind, by: number): void {
    const from = this.kinds.indexOf(kind);
    const to = Math.max(0, Math.min(this.kinds.length - 1, from + by));
    if (from < 0 || to === from) return;
    this.kinds = this.kinds.toSpliced(from, 1).toSpliced(to, 0, kind);
  }
}
