import { ticksToSeconds, type Frame, type StreamFormat } from '../../frames';
import { processKernels } from '../../runtime';
import { HeldRun } from './held-run';
import { pictureCoding } from '../pictures';
import { isSameFrame } from './same-frame';
import { SourcePicture } from './source-picture';
import type { MadeCodes, ReadyPicture, Synthesizer } from './synthesizer';
import { firstSlot, heldSlots, movingSlots, type Slot } from './timing';

/** After a step that is longer than both, nothing is known of the motion: the frame before is held. Files may state a rate that they don't have. */
const GAP_STEPS = 4;
const GAP_SECONDS = 0.5;

/** A picture that a synthesizer made, and where it gives way to the frame's own. */
export interface MadePicture {
  readonly picture: Float32Array | MadeCodes;
  readonly still: Uint8Array | null;
}

/** What is to be shown next. */
export interface Shown {
  readonly picture: SourcePicture;
  readonly slot: Slot;
  /** What a synthesizer made for it; null for the picture itself. */
  readonly made: MadePicture | null;
  readonly restartPts: number;
}

/**
 * Decides what comes between which frames of a shot. New frames stand between two that differ. A frame that is held for
 * some frames (animation on twos, pulldown) moves on over all of its time; a longer pause is shown as it is, and so is the
 * last frame of a shot, and one before a gap.
 */
export class Shot {
  readonly #synthesizer: Synthesizer;
  readonly #input: StreamFormat;
  readonly #coding: ReturnType<typeof pictureCoding>;
  readonly #count: number;
  readonly #held = new HeldRun();
  /** Pushed and not all shown yet, by the synthesizer's count. */
  readonly #pictures = new Map<number, SourcePicture>();
  /** Where a run has to begin for what began with each pushed picture. */
  readonly #restarts = new Map<number, number>();
  readonly #spare: SourcePicture[] = [];
  #pushed = 0;
  /** The picture shown last. */
  #shown = -1;
  /** The frame taken last. */
  #last: SourcePicture | null = null;

  /** `count` frames are made of each. */
  constructor(synthesizer: Synthesizer, input: StreamFormat, count: number) {
    this.#synthesizer = synthesizer;
    this.#input = input;
    this.#coding = pictureCoding(input);
    this.#count = count;
  }

  /** The next frame, which stays the caller's; gives what can be shown now. */
  async *take(frame: Frame): AsyncGenerator<Shown> {
    if (this.#last && this.#isGap(this.#last, frame)) yield* this.end();
    const picture = this.#spare.pop() ?? new SourcePicture(this.#input);
    picture.hold(frame);
    const before = this.#last;
    this.#last = picture;
    if (before && this.#count > 1 && isSameFrame(before.planes, picture.planes, this.#input)) {
      yield* this.#show(this.#held.add(picture));
      return;
    }
    const copies = this.#held.take();
    this.#held.begin(picture);
    const anchor = this.#pictures.get(this.#pushed - 1);
    if (anchor) anchor.slots.push(...movingSlots([anchor, ...copies, picture], this.#count));
    this.#spare.push(...copies);
    yield* this.#push(picture, anchor);
  }

  /** The shot ends: gives all that is left of it. */
  async *end(): AsyncGenerator<Shown> {
    yield* this.#show(this.#held.take());
    const last = this.#pictures.get(this.#pushed - 1);
    if (last) {
      last.slots.push(...heldSlots(last, last.duration, this.#count));
      yield* this.#hold(last);
    }
    for await (const ready of this.#synthesizer.flush()) yield* this.#ready(ready);
    this.#synthesizer.reset();
    this.#spare.push(...this.#pictures.values());
    this.#pictures.clear();
    this.#restarts.clear();
    this.#pushed = 0;
    this.#shown = -1;
    this.#last = null;
  }

  async close(): Promise<void> {
    await this.#synthesizer.close();
  }

  /** Gives the synthesizer frames that are shown as they are, each held until the next. */
  async *#show(pictures: readonly SourcePicture[]): AsyncGenerator<Shown> {
    for (const picture of pictures) {
      const before = this.#pictures.get(this.#pushed - 1);
      if (before) before.slots.push(...heldSlots(before, picture.pts - before.pts, this.#count));
      yield* this.#push(picture, before);
    }
  }

  async *#push(picture: SourcePicture, before: SourcePicture | undefined): AsyncGenerator<Shown> {
    if (before) yield* this.#hold(before);
    const index = this.#pushed++;
    this.#pictures.set(index, picture);
    this.#restarts.set(index, picture.restartPts);
    const codes = picture.planes.map(({ data }) => data);
    await processKernels().planesToRgb(codes, picture.rgb, this.#coding);
    const times = (before?.slots ?? []).map(({ time }) => time).filter((time) => time !== null);
    for await (const ready of this.#synthesizer.push(picture.rgb, times, !picture.inPause, codes))
      yield* this.#ready(ready);
  }

  async *#ready({ index, time, picture: rgb, codes, still, since }: ReadyPicture): AsyncGenerator<Shown> {
    const picture = this.#pictures.get(index);
    const slot = time === 0 ? picture && firstSlot(picture, this.#count) : picture?.slots.shift();
    if (!picture || slot?.time !== time) throw new Error(`Nothing is to be shown at ${index} + ${time}.`);
    const restartPts = Math.min(picture.restartPts, this.#restarts.get(since) ?? picture.restartPts);
    const made = codes ?? rgb;
    yield { picture, slot, made: made && { picture: made, still }, restartPts };
    if (time > 0) return;
    picture.restartPts = restartPts;
    this.#shown = index;
    this.#forget(index, since);
    yield* this.#hold(picture);
  }

  /** Shows a picture, if it was shown already, for as long as it is held. */
  async *#hold(picture: SourcePicture): AsyncGenerator<Shown> {
    if (this.#pictures.get(this.#shown) !== picture) return;
    while (picture.slots[0]?.time === null) {
      const slot = picture.slots.shift();
      if (slot) yield { picture, slot, made: null, restartPts: picture.restartPts };
    }
  }

  /** Pictures before `index` are shown; nothing goes back to before `since`. */
  #forget(index: number, since: number): void {
    for (const [old, picture] of this.#pictures)
      if (old < index) {
        this.#pictures.delete(old);
        this.#spare.push(picture);
      }
    for (const old of this.#restarts.keys()) if (old < since) this.#restarts.delete(old);
  }

  #isGap(last: SourcePicture, { pts }: Frame): boolean {
    const { frameRate, timeBase } = this.#input;
    const seconds = ticksToSeconds(pts - last.pts, timeBase);
    const usual = frameRate ? frameRate.den / frameRate.num : Infinity;
    return seconds > GAP_SECONDS && seconds > GAP_STEPS * usual;
  }
}
