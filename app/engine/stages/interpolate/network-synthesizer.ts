import type { InterpolateManifest } from '../../../shared';
import { allocate, type KeptTensor, type ModelSet, type PlaneCodes } from '../../runtime';
import { CardPictures } from './card-pictures';
import { NetworkPictures } from './network-pictures';
import {
  NetworkStep,
  type NetworkStepOptions,
  type StepCodes,
  type StepOutputs,
  type Wanted,
} from './network-step';
import { paddingFor, type Padding } from './padding';
import { Recurrence } from './recurrence';
import type { Refinement } from './refinement';
import { SharpPair } from './sharp-pair';
import type { MadeCodes, ReadyPicture, Synthesizer } from './synthesizer';

export interface NetworkSynthesizerOptions extends NetworkStepOptions {
  readonly width: number;
  readonly height: number;
  /** Steps after which a recurrence that remembers all is renewed. */
  readonly renewal?: number;
  /** Makes new pictures once more; taken over. Left out: they stay as the network makes them. */
  readonly refinement?: Refinement | undefined;
}

/**
 * A recurrence that remembers all would have to begin again with its shot wherever a run goes on. So another one begins
 * after so many steps, and takes over when it has seen enough to make the same pictures but for what no eye sees.
 */
const RENEWAL = 96;
const SETTLING = 16;
/** The time of the picture that the network makes. */
const MIDDLE = 0.5;

/** Where codes were made nothing is made of floats. */
const NO_FLOATS: StepOutputs = { sharp: new Float32Array(0), between: new Float32Array(0) };

/** A pushed picture that was not shown yet, or what comes after it. */
interface Waiting {
  readonly picture: Float32Array;
  /** When new pictures are wanted between it and the next. */
  times: readonly number[];
}

/**
 * Sharp pictures, and new ones between them, by a network that reads the last two pictures, both warped to their middle,
 * and what it made before. It makes the middle; at other times a new picture comes from the motion between the middle and
 * the sharp pictures beside it.
 */
export class NetworkSynthesizer implements Synthesizer {
  readonly window: { readonly past: number; readonly future: number };
  readonly #models: ModelSet<'step'>;
  readonly #manifest: InterpolateManifest;
  readonly #renewal: number;
  readonly #size: Padding;
  readonly #step: NetworkStep;
  readonly #pictures: NetworkPictures;
  /** Null where pictures cross to a graphics card as floats. */
  readonly #cards: CardPictures | null;
  readonly #pair: SharpPair;
  readonly #refinement: Refinement | null;
  readonly #waiting: Waiting[] = [];
  #recurrence: Recurrence | null = null;
  #coming: Recurrence | null = null;
  #last: Float32Array | null = null;
  /** Of shots before, which may still have something on a graphics card. */
  readonly #over: Recurrence[] = [];
  /** Pictures of the steps taken last, as many as shape the next one; the shot's last one several times at its end. */
  readonly #stepped: Float32Array[] = [];
  /** The network's last picture between two, and the sharp one before it, where something is still to be made of them. */
  #middle: Float32Array = new Float32Array(0);
  #sharp: Float32Array = new Float32Array(0);
  #pushed = 0;
  /** The number of the shot's first picture: above 0 after a cut that only the pictures told of. */
  #first = 0;
  /** The picture with which all that the picture shown last is made of began. */
  #since = 0;

  /**
   * Takes over `models`, whose step is the model of `manifest`.
   *
   * @throws Error without the compiled kernels; DeviceError device-out-of-memory
   */
  constructor(models: ModelSet<'step'>, manifest: InterpolateManifest, options: NetworkSynthesizerOptions) {
    const { width, height, renewal = RENEWAL, refinement = null } = options;
    this.#models = models;
    this.#manifest = manifest;
    this.#renewal = renewal;
    const past = manifest.memory ?? renewal + SETTLING;
    this.window = { past, future: manifest.delay + (refinement ? 1 : 0) };
    const size = paddingFor(width, height, manifest.multiple);
    this.#size = size;
    this.#step = new NetworkStep(models, manifest, size, options);
    this.#pictures = new NetworkPictures(size, manifest.delay);
    this.#cards = options.program ? new CardPictures(models, options.program) : null;
    this.#pair = new SharpPair(width, height);
    this.#refinement = refinement;
  }

  async *push(
    picture: Float32Array,
    times: readonly number[],
    mayBegin = true,
    codes?: readonly PlaneCodes[],
  ): AsyncGenerator<ReadyPicture> {
    // It crosses while the motion to it is estimated.
    if (codes && this.#step.keeps) await this.#cards?.take(picture, codes, this.#last ? [this.#last] : []);
    let settling = await this.#renew(picture, mayBegin);
    if (await this.#pictures.feed(this.#last ?? picture, picture)) {
      const newest = this.#waiting.at(-1);
      if (newest) newest.times = times;
    } else {
      yield* this.#cut(times);
      await this.#pictures.feed(picture, picture);
      settling = null;
    }
    this.#waiting.push({ picture, times: [] });
    this.#last = picture;
    this.#recurrence ??= this.#begin();
    // Its pictures are not wanted yet.
    if (settling) await this.#run(settling, 'nothing');
    yield* this.#advance(this.#pushed++);
  }

  async *flush(): AsyncGenerator<ReadyPicture> {
    const last = this.#last;
    if (!last) return;
    // The shot's last picture stands for those that would follow.
    for (let step = 0; step < this.#manifest.delay; step++) {
      this.#pictures.repeat(last);
      yield* this.#advance(this.#pushed + step);
    }
  }

  reset(): void {
    this.#pushed = 0;
    this.#since = 0;
    this.#forget();
  }

  async close(): Promise<void> {
    await this.#pair.close();
    await this.#refinement?.close();
    this.#pictures.close();
    await this.#models.close();
  }

  /** A cut that nobody saw before: the last picture is held, and another shot begins under the same numbers. */
  async *#cut(times: readonly number[]): AsyncGenerator<ReadyPicture> {
    yield* this.flush();
    for (const time of times)
      yield { index: this.#pushed - 1, time, picture: null, still: null, since: this.#since };
    this.#forget();
  }

  #forget(): void {
    if (this.#recurrence) this.#over.push(this.#recurrence);
    this.#waiting.length = 0;
    this.#stepped.length = 0;
    this.#recurrence = null;
    this.#coming = null;
    this.#last = null;
    this.#first = this.#pushed;
    this.#pictures.reset();
    this.#refinement?.reset();
  }

  /**
   * Lets the recurrence that has settled take over, or begins another with `picture` where one is due: by the step that a
   * run begins with. Returns the one that has yet to take the step of this picture.
   */
  async #renew(picture: Float32Array, mayBegin: boolean): Promise<Recurrence | null> {
    const [current, coming] = [this.#recurrence, this.#coming];
    if (coming && coming.age >= SETTLING) {
      this.#recurrence = coming;
      this.#coming = null;
      return null;
    }
    if (coming || !mayBegin || !current || this.#manifest.memory !== null || current.age < this.#renewal)
      return coming;
    this.#pictures.repeat(picture);
    this.#coming = this.#begin();
    await this.#run(this.#coming, 'nothing');
    return null;
  }

  /** A recurrence that begins with the picture that was fed last. */
  #begin(): Recurrence {
    return new Recurrence(this.#manifest, this.#pictures.newest, this.#pushed);
  }

  async #run(recurrence: Recurrence, wanted: Wanted): Promise<StepCodes | null> {
    for (const old of this.#over.splice(0)) await this.#step.release(old);
    const { inputs, outputs, bare } = this.#pictures;
    const onCard: Record<string, KeptTensor> = {};
    for (const [name, picture] of Object.entries(bare) as [string, Float32Array][]) {
      const tensor = this.#cards?.of(picture);
      if (tensor) onCard[name] = tensor;
    }
    const work = { inputs, onCard, outputs, wanted };
    return this.#step.run(work, recurrence, () => this.#replay(recurrence));
  }

  /** The steps before the one that is fed, from the first that shapes it: as a run that begins there takes them. */
  async #replay(recurrence: Recurrence): Promise<void> {
    const pictures = new NetworkPictures(this.#size, this.#manifest.delay);
    try {
      let before: Float32Array | null = null;
      for (const picture of this.#stepped) {
        if (picture === before) pictures.repeat(picture);
        else await pictures.feed(before ?? picture, picture);
        if (before === null) recurrence.restart(pictures.newest);
        const { inputs, outputs } = pictures;
        await this.#step.take({ inputs, onCard: {}, outputs, wanted: 'nothing' }, recurrence);
        before = picture;
      }
    } finally {
      pictures.close();
    }
  }

  /** A step of what is fed, and what can be shown after it. */
  async *#advance(step: number): AsyncGenerator<ReadyPicture> {
    const recurrence = this.#recurrence;
    if (!recurrence || !this.#last) throw new Error('Expected a picture before a step.');
    const index = step - this.#manifest.delay;
    const codes = await this.#run(recurrence, this.#wantedAt(index));
    this.#stepped.push(this.#last);
    if (this.#stepped.length > (this.#manifest.memory ?? 0)) this.#stepped.shift();
    if (index < this.#first) return;
    const { sharp, between } = codes ? NO_FLOATS : this.#pictures.made();

    const [passed] = this.#waiting;
    if (index > this.#first && passed) {
      yield* this.#waited(passed, sharp, index - 1);
      this.#waiting.shift();
    }
    this.#since = this.#sinceOf(index, recurrence);
    yield { ...this.#made(sharp, index, 0, this.#since), ...asCodes(codes?.sharp) };

    const times = this.#waiting[0]?.times ?? [];
    if (times.length === 0) return;
    if (!this.#refinement) {
      yield* this.#early(times, sharp, between, index);
      if (times.includes(MIDDLE))
        yield { ...this.#made(between, index, MIDDLE, this.#since), ...asCodes(codes?.between) };
      if (times.every((time) => time <= MIDDLE)) return;
    } else this.#sharp = copied(sharp, this.#sharp);
    this.#middle = copied(between, this.#middle);
  }

  /** New pictures after `index` that had to wait for `after`, the sharp one after it. */
  async *#waited(
    { picture: frame, times }: Waiting,
    after: Float32Array,
    index: number,
  ): AsyncGenerator<ReadyPicture> {
    if (times.length === 0) {
      this.#refinement?.reset();
      return;
    }
    let middle = this.#middle;
    if (this.#refinement) {
      const before = this.#sharp;
      middle = await this.#refinement.refine({ before, after, between: this.#middle, frame });
      yield* this.#early(times, before, middle, index);
      if (times.includes(MIDDLE)) yield this.#made(middle, index, MIDDLE, this.#since);
    }
    const late = times.filter((time) => time > MIDDLE);
    const parts = late.map((time) => (time - MIDDLE) / (1 - MIDDLE));
    yield* this.#between(this.#pair.between(middle, after, parts), index, late, this.#since);
  }

  /** New pictures before the middle. */
  async *#early(
    times: readonly number[],
    sharp: Float32Array,
    middle: Float32Array,
    index: number,
  ): AsyncGenerator<ReadyPicture> {
    const early = times.filter((time) => time < MIDDLE);
    const parts = early.map((time) => time / MIDDLE);
    yield* this.#between(this.#pair.between(sharp, middle, parts), index, early, this.#since);
  }

  /** What the step after which `index` is shown has to give. Other times than the middle are made of its floats, and so is what is refined. */
  #wantedAt(index: number): Wanted {
    if (index < this.#first) return 'nothing';
    const refined = this.#refinement !== null;
    const others = this.#waiting
      .slice(0, 2)
      .some(({ times }) => times.some((time) => refined || time !== MIDDLE));
    return this.#cards && !others ? 'codes' : 'floats';
  }

  /** What a pair makes, at the times that it was meant for. */
  async *#between(
    pair: AsyncIterable<Float32Array>,
    index: number,
    times: readonly number[],
    since: number,
  ): AsyncGenerator<ReadyPicture> {
    let next = 0;
    for await (const picture of pair) yield this.#made(picture, index, times[next++] ?? MIDDLE, since);
  }

  #made(picture: Float32Array, index: number, time: number, since: number): ReadyPicture {
    return { index, time, picture, still: this.#stillAt(index), since };
  }

  #stillAt(index: number): Uint8Array | null {
    return this.#pictures.stillAt(index - this.#first);
  }

  /** The picture that all of what comes after `index` was pushed began with, as far as the network remembers. */
  #sinceOf(index: number, { since }: Recurrence): number {
    const { memory, delay } = this.#manifest;
    return memory === null ? since : Math.max(since, index + delay - memory);
  }
}

/** A copy, in `kept` where that has its size. */
function copied(picture: Float32Array, kept: Float32Array): Float32Array {
  const copy = kept.length === picture.length ? kept : new Float32Array(allocate(picture.byteLength));
  copy.set(picture);
  return copy;
}

function asCodes(codes: MadeCodes | undefined): Partial<ReadyPicture> {
  return codes ? { picture: null, codes } : {};
}
