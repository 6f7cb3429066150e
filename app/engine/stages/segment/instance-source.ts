import type { StageChoice } from '../../../shared';
import type { Instance, Picture } from './instances';

/**
 * What finds the objects of a stream and follows them: one a job. Frames go in, what is in them comes
 * out, in the same order and not necessarily at once. Everything is in pixels of the picture that was
 * given.
 */
export interface InstanceSource {
  /** All that shapes what it finds (model, version, hash, settings): a resumed run must have the same. */
  readonly identity: string;
  readonly choice: StageChoice | null;
  /** Where it computes, for people. */
  readonly backend: string;
  /** Frames after one that it may look at before it tells what is in it; 0 where `push` tells at once. */
  readonly lookahead: number;
  /** False where it knows without looking: then pictures have no samples. */
  readonly needsPictures: boolean;
  /** The next frame, which it may read until the promise settles; tells of the frames that are settled now, the oldest first. */
  push(picture: Picture, seconds: number): Promise<readonly (readonly Instance[])[]>;
  /** The shot ends: tells of all frames that are left, and forgets all but which numbers it has given. */
  flush(): Promise<readonly (readonly Instance[])[]>;
  /** All that it remembers, for `restore` in another process; can be cloned, and later calls don't change it. */
  save(): unknown;
  /** Goes on as the source that saved this would have. */
  restore(saved: unknown): void;
  close(): Promise<void>;
}
