import { DeviceError } from '../../shared';
import type { CodedPictures, GpuModel, OpenGpu, PictureProgram, PlaneCodes } from './backends/webgpu';
import type { ModelSession, ModelSet, SessionOptions } from './session';
import { onHost, type HostTensor, type KeptTensor, type ModelTensor } from './tensor';

/** What guarded models are opened with. */
export interface GuardedWays<K extends string> {
  /** On the graphics card; anew where it was lost. Null where the processor was chosen. */
  readonly gpu: (() => Promise<OnCard<K>>) | null;
  cpu(): Promise<Readonly<Record<K, ModelSession>>>;
}

/** Models on a graphics card that is open. */
export interface OnCard<K extends string> {
  readonly device: Pick<OpenGpu, 'openPictures' | 'read'>;
  readonly models: Readonly<Record<K, GpuModel>>;
}

/** What keeps tensors on a card. */
type Keeper = Pick<GpuModel, 'release'>;

/** A card that was lost so often is left alone. */
const MOST_LOSSES = 2;

/**
 * Models on a graphics card that go on when the card does not: the first time that it is lost it is opened again, and what
 * it can't do the processor does, from then on. Or on the processor from the beginning.
 */
export class GuardedModels<K extends string> implements ModelSet<K> {
  readonly #ways: GuardedWays<K>;
  readonly #options: SessionOptions;
  #gpu: OnCard<K> | null = null;
  #cpu: Readonly<Record<K, ModelSession>> | null = null;
  #losses = 0;
  /** Tensors of the card as it is open now, and what has them. */
  readonly #kept = new Map<number, Keeper>();
  /** By their programs; null where the card has no memory for one. */
  readonly #pictures = new Map<string, Promise<CodedPictures | null>>();

  private constructor(ways: GuardedWays<K>, options: SessionOptions) {
    this.#ways = ways;
    this.#options = options;
  }

  static async open<K extends string>(
    ways: GuardedWays<K>,
    options: SessionOptions,
  ): Promise<GuardedModels<K>> {
    const models = new GuardedModels(ways, options);
    await models.#openGpu(ways.gpu);
    return models;
  }

  get onDevice(): boolean {
    return this.#gpu !== null;
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DeviceError) || this.#cpu) throw error;
        if (error.code === 'device-out-of-memory' && this.#options.mayShrink) throw error;
        await this.#closeGpu();
        if (error.code === 'device-lost' && ++this.#losses < MOST_LOSSES) {
          await this.#openGpu(this.#ways.gpu);
          if (!this.onDevice) continue;
          this.#options.note?.(`${error.message} It was opened again.`);
          // Too much at once makes some systems reset a card.
          if (this.#options.mayShrink) throw error;
        } else await this.#leave(error);
      }
    }
  }

  async run(
    model: K,
    feeds: Readonly<Record<string, ModelTensor>>,
    keep: readonly string[] = [],
  ): Promise<Record<string, ModelTensor>> {
    const gpu = this.#gpu;
    if (gpu) {
      const keeper = gpu.models[model];
      const results = await keeper.run(feeds, keep);
      for (const result of Object.values(results)) if ('kept' in result) this.#kept.set(result.kept, keeper);
      return results;
    }
    if (!this.#cpu) throw new Error('Expected models that are open.');
    const entries = Object.entries(feeds).map(([name, feed]) => [name, onHost(feed)] as const);
    return this.#cpu[model].run(Object.fromEntries(entries));
  }

  async takePicture(program: PictureProgram, codes: readonly PlaneCodes[]): Promise<KeptTensor | null> {
    const pictures = await this.#picturesOf(program);
    if (!pictures) return null;
    const tensor = await pictures.take(codes);
    this.#kept.set(tensor.kept, pictures);
    return tensor;
  }

  async givePicture(
    program: PictureProgram,
    tensor: KeptTensor,
    codes: readonly PlaneCodes[],
  ): Promise<number> {
    const pictures = await this.#picturesOf(program);
    if (pictures) return pictures.give(tensor, codes);
    throw new DeviceError('device-out-of-memory', 'The graphics card has no memory for this size.');
  }

  async read(tensor: KeptTensor): Promise<HostTensor> {
    if (this.#gpu) return this.#gpu.device.read(tensor);
    throw new DeviceError('device-lost', 'What was on the graphics card is gone.');
  }

  holds(tensors: readonly KeptTensor[]): boolean {
    return tensors.every(({ kept }) => this.#kept.has(kept));
  }

  async release(tensors: readonly KeptTensor[]): Promise<void> {
    for (const tensor of tensors) {
      const keeper = this.#kept.get(tensor.kept);
      this.#kept.delete(tensor.kept);
      // What is lost is gone already.
      await keeper?.release([tensor]).catch(() => undefined);
    }
  }

  async retreat(): Promise<boolean> {
    if (this.#cpu) return false;
    await this.#closeGpu();
    await this.#leave(
      new DeviceError('device-out-of-memory', 'The graphics card has no memory for this size.'),
    );
    return true;
  }

  async close(): Promise<void> {
    await this.#closeGpu();
    for (const session of Object.values<ModelSession>(this.#cpu ?? {})) await session.close();
    this.#cpu = null;
  }

  async #openGpu(gpu: GuardedWays<K>['gpu']): Promise<void> {
    try {
      if (gpu) this.#gpu = await gpu();
      else this.#cpu = await this.#ways.cpu();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      await this.#leave(error);
    }
  }

  async #leave(why: DeviceError): Promise<void> {
    this.#cpu = await this.#ways.cpu();
    this.#options.note?.(`${why.message} The processor went on.`);
  }

  #picturesOf(program: PictureProgram): Promise<CodedPictures | null> {
    const gpu = this.#gpu;
    if (!gpu) return Promise.resolve(null);
    const key = JSON.stringify(program);
    let pictures = this.#pictures.get(key);
    if (!pictures) {
      // Networks may still have room enough; a lost card shows in all that is done with it.
      pictures = gpu.device.openPictures(program).catch((error: unknown) => {
        if (error instanceof DeviceError && error.code === 'device-out-of-memory') return null;
        throw error;
      });
      this.#pictures.set(key, pictures);
    }
    return pictures;
  }

  /** What is lost can't be closed in order. */
  async #closeGpu(): Promise<void> {
    const gpu = this.#gpu;
    const pictures = [...this.#pictures.values()];
    this.#gpu = null;
    this.#pictures.clear();
    this.#kept.clear();
    for (const one of pictures) await (await one.catch(() => null))?.close().catch(() => undefined);
    for (const model of Object.values<GpuModel>(gpu?.models ?? {}))
      await model.close().catch(() => undefined);
  }
}
