import type { Backend, Rational, SlowSound, StageChoice, StageRequest } from '../../shared';
import type { Frame, StreamFormat } from './frame';
import type { Instance } from './instances';

/** How stored frames are shown. */
export interface Display {
  /** Width over height of a pixel. */
  readonly sampleAspectRatio: Rational;
  /** Clockwise degrees a player turns the picture by. */
  readonly rotation: 0 | 90 | 180 | 270;
}

/** What an earlier pass over the same frames found in them. */
export interface FoundBefore {
  /** All that shaped it. */
  readonly identity: string;
  /** The objects of each frame, from the first frame on. */
  readonly instances: () => AsyncIterable<readonly Instance[]>;
}

/** What a stage was opened with. */
export interface StageContext {
  readonly input: StreamFormat;
  readonly display: Display;
  readonly backend: Backend;
  /** True for a still picture, whose frame is all there is. */
  readonly still: boolean;
  /** Frames that will come, as far as the file tells; null where it doesn't. */
  readonly expectedFrames: number | null;
  /** The model that an unfinished run of the very same job chose: a stage that has a choice takes it again. */
  readonly chosenBefore: string | null;
  /** What an earlier pass found, for a stage that looks for objects: it need not look again. */
  readonly foundBefore: FoundBefore | null;
  /** Aborted when the job is cancelled or has failed elsewhere. */
  readonly signal: AbortSignal;
  /** Tells the user something that is worth knowing and no error (a fallback, a smaller tile). */
  readonly note: (text: string) => void;
}

/** Whether a stage can take a stream; the reason is a sentence for the user. */
export type Support = { readonly supported: true } | { readonly supported: false; readonly reason: string };

/** A stage opened on a stream: what comes out, and how much of past and future it looks at. */
export interface StagePlan {
  readonly output: StreamFormat;
  /** Input frames before and after the current one that shape an output frame; `restartPts` says how far back a run has to begin for one. */
  readonly window: { readonly past: number; readonly future: number };
  /** Output frames per input frame. */
  readonly rate: number;
  /** By how much time is stretched, and what then becomes of the sound; as it is if left out. */
  readonly slow?: { readonly factor: number; readonly sound: SlowSound };
  /** How its frames are shown; as its input's if left out. */
  readonly display?: Display;
  /** Its frames may look nothing like what comes in: no ground to judge them by. */
  readonly repaints?: boolean;
  /** It looks for objects, which its frames carry. */
  readonly finds?: boolean;
  /** All that shapes its frames (size, model name, version, hash): a resumed run must have the same. */
  readonly identity: string;
  /** What it computes with, where there was something to choose. */
  readonly choice: StageChoice | null;
  /** Where it computes, for people: `CPU (AVX-512, 2 threads)`. */
  readonly backend: string;
}

/**
 * One step of the pipeline. Verbs in order: `init` once, `process` for every frame in presentation
 * order, `flush` at the end of the stream and at every scene cut that the stage must not look across,
 * `close` always, even after an error.
 *
 * `process` and `flush` give the frames that are ready (none, one or several). The stage releases
 * every input frame that it does not pass on. They are async generators pulled by the pipeline, so a
 * stage never runs ahead of what is taken from it.
 */
export interface Stage {
  readonly request: StageRequest;
  init(context: StageContext): Promise<StagePlan>;
  process(frame: Frame): AsyncIterable<Frame>;
  flush(): AsyncIterable<Frame>;
  /**
   * Where a stage remembers more than `window` tells: its state for a run that begins with the input frame
   * at this time (of the job's input). Asked for times in order, of `restartPts` of frames that it gave.
   */
  stateFor?(restartPts: number): Uint8Array | null;
  /** To be called before the first frame of a run that begins with that input frame. */
  goOn?(state: Uint8Array): void;
  close(): Promise<void>;
}

/** A class of stages. */
export interface StageClass<R extends StageRequest = StageRequest> {
  supports(input: StreamFormat, request: R): Support;
  new (request: R): Stage;
}
