import type { PlaneCodes } from '../../runtime';

/** A picture as the codes of its stream's planes. */
export interface MadeCodes {
  readonly planes: readonly PlaneCodes[];
  /** How many of the pixels that they were made of are not finite. */
  readonly odd: number;
}

/** A picture that is ready to be shown. */
export interface ReadyPicture {
  /** The pushed picture that it is, or comes after; counted from the shot's first, 0. */
  readonly index: number;
  /** 0 for that picture itself, else its part of the way to the next one. */
  readonly time: number;
  /**
   * [3, height, width] red, green and blue; valid until the next one is asked for. Null where the pushed picture is shown as it
   * is: itself, or held because nothing matches it in the next; and where there are codes.
   */
  readonly picture: Float32Array | null;
  /** The picture, where a graphics card has made codes of it already; valid as long. */
  readonly codes?: MadeCodes;
  /** [height, width]: 255 where nothing moves and the pushed picture's own pixel belongs, 0 where `picture`'s does. */
  readonly still: Uint8Array | null;
  /** The pushed picture that all of this began with: from there on everything comes out the same again. */
  readonly since: number;
}

/**
 * Makes new pictures between those of a shot, and makes them sharp where it can. Pictures are planar
 * [3, height, width] red, green and blue, 0 for black and 1 for white, or slightly beyond.
 *
 * ```
 * push(p0) push(p1, [½]) push(p2, [½]) … flush()   then reset() for the next shot
 * ```
 *
 * What is ready comes in the order in which it is shown. A pushed picture must stay as it is until the one after it
 * was shown. One call at a time.
 */
export interface Synthesizer {
  /** Pushed pictures before and after one that shape it or what comes next. */
  readonly window: { readonly past: number; readonly future: number };
  /**
   * The shot's next picture. `times`, rising, between 0 and 1: where new pictures are wanted between the one before and this.
   * `mayBegin`: a run could go on from this picture (true if left out). `codes`: those that the picture was made of, where the
   * codes of new ones are wanted; the caller's again once something is ready or all is.
   *
   * @throws DeviceError where even small tiles are too much
   */
  push(
    picture: Float32Array,
    times: readonly number[],
    mayBegin?: boolean,
    codes?: readonly PlaneCodes[],
  ): AsyncIterable<ReadyPicture>;
  /** All that is not shown yet: the shot ends with the picture pushed last. */
  flush(): AsyncIterable<ReadyPicture>;
  /** Forgets the shot. */
  reset(): void;
  close(): Promise<void>;
}
