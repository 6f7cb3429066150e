import { DeviceError, type InterpolateManifest } from '../../../shared';
import {
  onHost,
  type HostTensor,
  type KeptTensor,
  type ModelSet,
  type ModelTensor,
  type PictureProgram,
  type PlaneCodes,
} from '../../runtime';
import { codesFor } from '../pictures';
import type { Tile } from '../tiles';
import type { Padding } from './padding';
import { PictureTiles, type PictureTilesOptions } from './picture-tiles';
import type { Recurrence } from './recurrence';
import type { MadeCodes } from './synthesizer';
import { divided, paste, type Volume } from './volume';

/** What a step reads besides its states, [3, paddedHeight, paddedWidth] each. */
export interface StepInputs {
  readonly previous: Float32Array;
  readonly next: Float32Array;
  readonly warped_previous: Float32Array;
  readonly warped_next: Float32Array;
}

/** Where a step puts its pictures, of the same size. */
export interface StepOutputs {
  readonly between: Float32Array;
  readonly sharp: Float32Array;
}

/** What a step's pictures are wanted as: codes are made where it ran on a graphics card, else there are floats. */
export type Wanted = 'floats' | 'codes' | 'nothing';

/** A step's pictures as codes. */
export type StepCodes = Readonly<Record<keyof StepOutputs, MadeCodes>>;

/** What a step does. */
export interface StepWork {
  readonly inputs: StepInputs;
  /** Those of its inputs that are on the graphics card, too. */
  readonly onCard: Readonly<Partial<Record<keyof StepInputs, KeptTensor>>>;
  /** For floats. */
  readonly outputs: StepOutputs;
  readonly wanted: Wanted;
}

export interface NetworkStepOptions extends PictureTilesOptions {
  /** How pictures and the codes of their stream become each other on a graphics card; left out: they cross as floats. */
  readonly program?: PictureProgram;
}

/**
 * Steps of a network on whole pictures, tile by tile where they are large. States belong to the whole picture: a tile
 * reads them with its halo and writes what it keeps, so that a step gives the same whatever the tiles are. On a graphics
 * card they stay there between steps, where pictures go through whole and can be gone through again when the card is lost.
 */
export class NetworkStep {
  readonly #models: ModelSet<'step'>;
  readonly #manifest: InterpolateManifest;
  readonly #size: Padding;
  readonly #program: PictureProgram | null;
  readonly #tiles: PictureTiles;
  /** Of the step before, by name: the next one's go into the same memory. */
  readonly #codes: Partial<Record<keyof StepOutputs, readonly PlaneCodes[]>> = {};

  /** Uses `models`, whose step is the model of `manifest`. */
  constructor(
    models: ModelSet<'step'>,
    manifest: InterpolateManifest,
    size: Padding,
    options: NetworkStepOptions,
  ) {
    this.#models = models;
    this.#manifest = manifest;
    this.#size = size;
    this.#program = options.program ?? null;
    this.#tiles = new PictureTiles(size, manifest, options);
  }

  /**
   * A step of `recurrence`; gives the codes that it made, if it did. `replay` lets it begin again, `restart`, and takes the steps before this one, `take`: where its
   * states were on a graphics card that was lost, or are too many for it.
   *
   * @throws DeviceError where even small tiles are too much
   */
  async run(work: StepWork, recurrence: Recurrence, replay: () => Promise<void>): Promise<StepCodes | null> {
    for (;;) {
      try {
        return await this.#models.attempt(async () => {
          recurrence.lost ||= recurrence.kept !== null && !this.#has(recurrence.kept);
          if (recurrence.lost) {
            await this.#models.release(Object.values(recurrence.kept ?? {}));
            await replay();
            recurrence.lost = false;
          }
          return this.take(work, recurrence);
        });
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        if (!(await this.#tiles.canGoOn(error, this.#models))) throw error;
      }
    }
  }

  /** A step, and no other way where it fails. @throws DeviceError */
  async take(work: StepWork, recurrence: Recurrence): Promise<StepCodes | null> {
    let codes: StepCodes | null = null;
    if (this.keeps) codes = await this.#runWhole(work, recurrence);
    else for (const tile of this.#tiles.all) await this.#runTile(tile, work.inputs, recurrence, work.outputs);
    recurrence.advance();
    return codes;
  }

  /** Gives back what a recurrence that takes no more steps has on a graphics card. */
  async release({ kept }: Recurrence): Promise<void> {
    await this.#models.release(Object.values(kept ?? {}));
  }

  /** Pictures go through whole on a graphics card, where states stay, and pictures that are read again may. */
  get keeps(): boolean {
    return this.#models.onDevice && this.#tiles.all.length === 1 && canReplay(this.#manifest);
  }

  #has(kept: Readonly<Record<string, KeptTensor>>): boolean {
    return this.keeps && this.#models.holds(Object.values(kept));
  }

  async #runWhole(
    { inputs, onCard, outputs, wanted }: StepWork,
    recurrence: Recurrence,
  ): Promise<StepCodes | null> {
    const { paddedWidth: width, paddedHeight: height } = this.#size;
    const whole = { x: 0, y: 0, width, height };
    const feeds: Record<string, ModelTensor> = {};
    for (const name of Object.keys(inputs) as (keyof StepInputs)[]) {
      const there = onCard[name];
      const held = there && this.#models.holds([there]);
      feeds[name] = held ? there : this.#tiles.feed(name, this.#picture(inputs[name]), whole);
    }
    const before = recurrence.kept;
    for (const [name, volume] of recurrence.states)
      feeds[`state.${name}`] =
        before?.[name] ?? this.#tiles.feed(`state.${name}`, volume, { ...whole, ...sizeOf(volume) });
    const names = [...recurrence.states.keys()];
    const pictures = Object.keys(outputs) as (keyof StepOutputs)[];
    const results = await this.#models.run('step', feeds, [
      ...names.map((name) => `next.${name}`),
      ...(wanted === 'floats' ? [] : pictures),
    ]);
    let codes: StepCodes | null = null;
    if (wanted === 'floats')
      for (const name of pictures) {
        const data = outputs[name];
        data.set(this.#result(results, name, data.length));
      }
    else {
      if (wanted === 'codes') codes = await this.#codesOf(results);
      await this.#models.release(pictures.map((name) => this.#keptResult(results, name)));
    }
    await this.#models.release(Object.values(before ?? {}));
    recurrence.kept = Object.fromEntries(
      names.map((name) => [name, this.#keptResult(results, `next.${name}`)]),
    );
    return codes;
  }

  /** Both come at once: one crosses while the other is converted. */
  async #codesOf(results: Readonly<Record<string, ModelTensor>>): Promise<StepCodes> {
    const program = this.#program;
    if (!program) throw new Error('Expected a way from pictures to codes.');
    const made = async (name: keyof StepOutputs): Promise<MadeCodes> => {
      const planes = (this.#codes[name] ??= codesFor(program));
      const tensor = this.#keptResult(results, name);
      return { planes, odd: await this.#models.givePicture(program, tensor, planes) };
    };
    const [between, sharp] = await Promise.all([made('between'), made('sharp')]);
    return { between, sharp };
  }

  async #runTile(
    { read, keep }: Tile,
    inputs: StepInputs,
    { states, next }: Recurrence,
    outputs: StepOutputs,
  ): Promise<void> {
    const feeds: Record<string, HostTensor> = {};
    for (const [name, data] of Object.entries(inputs) as [string, Float32Array][])
      feeds[name] = this.#tiles.feed(name, this.#picture(data), read);
    for (const [name, volume] of states) {
      const stride = this.#size.paddedWidth / volume.width;
      feeds[`state.${name}`] = this.#tiles.feed(`state.${name}`, volume, divided(read, stride));
    }
    const results = await this.#models.run('step', feeds);
    for (const [name, data] of Object.entries(outputs) as [string, Float32Array][])
      paste(this.#result(results, name, 3 * read.width * read.height), read, keep, this.#picture(data));
    for (const [name, volume] of next) {
      const stride = this.#size.paddedWidth / volume.width;
      const [from, to] = [divided(read, stride), divided(keep, stride)];
      const part = this.#result(results, `next.${name}`, volume.channels * from.width * from.height);
      paste(part, from, to, volume);
    }
  }

  #picture(data: Float32Array): Volume {
    return { channels: 3, width: this.#size.paddedWidth, height: this.#size.paddedHeight, data };
  }

  #result(results: Readonly<Record<string, ModelTensor>>, name: string, samples: number): Float32Array {
    const result = results[name];
    const data = result && onHost(result).data;
    if (data instanceof Float32Array && data.length === samples) return data;
    throw new Error(`The model ${this.#manifest.name} gives no ${name} of ${samples} values.`);
  }

  #keptResult(results: Readonly<Record<string, ModelTensor>>, name: string): KeptTensor {
    const result = results[name];
    if (result && 'kept' in result) return result;
    throw new Error(`The model ${this.#manifest.name} keeps no ${name}.`);
  }
}

/** Whether the pictures that shape a step are all still there at that step: `Synthesizer` has them stay for so long. */
function canReplay({ memory, delay }: InterpolateManifest): boolean {
  return memory !== null && memory <= delay + 1;
}

function sizeOf({ width, height }: Volume): { width: number; height: number } {
  return { width, height };
}
