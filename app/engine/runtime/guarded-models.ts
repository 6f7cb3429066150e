import { DeviceError } from '../../shared';
import type { GpuModel } from './backends/webgpu';
import type { ModelSession, ModelSet, SessionOptions } from './session';
import { onHost, type KeptTensor, type ModelTensor } from './tensor';

/** What guarded models are opened with. */
export interface GuardedWays<K extends string> {
  /** On the graphics card; anew where it was lost. Null where the processor was chosen. */
  readonly gpu: (() => Promise<Readonly<Record<K, GpuModel>>>) | null;
  cpu(): Promise<Readonly<Record<K, ModelSession>>>;
}

/** A card that was lost so often is left alone. */
const MOST_LOSSES = 2;

/**
 * Models on a graphics card that go on when the card does not: the first time that it is lost it is opened again, and what
 * it can't do the processor does, from then on. Or on the processor from the beginning.
 */
export class GuardedModels<K extends string> implements ModelSet<K> {
  readonly #ways: GuardedWays<K>;
  readonly #options: SessionOptions;
  #gpu: Readonly<Record<K, GpuModel>> | null = null;
  #cpu: Readonly<Record<K, ModelSession>> | null = null;
  #losses = 0;
  /** Those of the card as it is open now, and which model has them. */
  readonly #kept = new Map<number, K>();

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
      const results = await gpu[model].run(feeds, keep);
      for (const result of Object.values(results)) if ('kept' in result) this.#kept.set(result.kept, model);
      return results;
    }
    if (!this.#cpu) throw new Error('Expected models that are open.');
    const entries = Object.entries(feeds).map(([name, feed]) => [name, onHost(feed)] as const);
    return this.#cpu[model].run(Object.fromEntries(entries));
  }

  holds(tensors: readonly KeptTensor[]): boolean {
    return tensors.every(({ kept }) => this.#kept.has(kept));
  }

  async release(tensors: readonly KeptTensor[]): Promise<void> {
    for (const tensor of tensors) {
      const model = this.#kept.get(tensor.kept);
      this.#kept.delete(tensor.kept);
      // What is lost is gone already.
      if (model !== undefined) await this.#gpu?.[model].release([tensor]).catch(() => undefined);
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

  /** What is lost can't be closed in order. */
  async #closeGpu(): Promise<void> {
    const models = Object.values<GpuModel>(this.#gpu ?? {});
    this.#gpu = null;
    this.#kept.clear();
    for (const model of models) await model.close().catch(() => undefined);
  }
}
