import { DeviceError } from '../../../shared';
import type { KeptTensor, ModelSet, PictureProgram, PlaneCodes } from '../../runtime';

/** Pictures that a network reads on a graphics card: each crosses to it once, as codes, and stays while it is read. */
export class CardPictures {
  readonly #models: ModelSet<'step'>;
  readonly #program: PictureProgram;
  readonly #there = new Map<Float32Array, KeptTensor>();

  constructor(models: ModelSet<'step'>, program: PictureProgram) {
    this.#models = models;
    this.#program = program;
  }

  /** Lets a picture cross by its codes, and gives up all but it and those in `stay`. It has crossed when the next step runs. */
  async take(
    picture: Float32Array,
    codes: readonly PlaneCodes[],
    stay: readonly Float32Array[],
  ): Promise<void> {
    // Memory that held another picture before.
    for (const [old, tensor] of this.#there)
      if (old === picture || !stay.includes(old)) {
        this.#there.delete(old);
        await this.#models.release([tensor]);
      }
    try {
      const tensor = await this.#models.takePicture(this.#program, codes);
      if (tensor) this.#there.set(picture, tensor);
    } catch (error) {
      // The step that reads it finds the same, and knows what to do.
      if (!(error instanceof DeviceError)) throw error;
    }
  }

  /** A picture on the card; undefined where it is not. */
  of(picture: Float32Array): KeptTensor | undefined {
    return this.#there.get(picture);
  }
}
