import { DeviceError } from '../../shared';
import type { GpuModel } from './backends/webgpu';
import type { HostTensor } from './tensor';
import type { ModelSession, SessionOptions } from './session';

/** What a guarded session opens its models with. */
export interface GuardedWays {
  /** On the graphics card; anew where it was lost. */
  gpu(): Promise<GpuModel>;
  cpu(): Promise<ModelSession>;
}

/**
 * A model on a graphics card that goes on when the card does not: a lost card is opened once more for the same input, and
 * what it can't do the processor does, from then on.
 */
export class GuardedSession implements ModelSession {
  readonly #ways: GuardedWays;
  readonly #options: SessionOptions;
  #gpu: GpuModel | null;
  #cpu: ModelSession | null = null;

  private constructor(ways: GuardedWays, options: SessionOptions, gpu: GpuModel | null) {
    this.#ways = ways;
    this.#options = options;
    this.#gpu = gpu;
  }

  static async open(ways: GuardedWays, options: SessionOptions): Promise<GuardedSession> {
    const session = new GuardedSession(ways, options, null);
    try {
      session.#gpu = await ways.gpu();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      await session.#leave(error);
    }
    return session;
  }

  async run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    let reopened = false;
    for (;;) {
      if (this.#cpu) return this.#cpu.run(feeds);
      try {
        this.#gpu ??= await this.#ways.gpu();
        return await this.#gpu.run(feeds);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        if (error.code === 'device-out-of-memory' && this.#options.mayShrink) throw error;
        const again = error.code === 'device-lost' && !reopened;
        reopened = true;
        await this.#closeGpu();
        if (!again) await this.#leave(error);
      }
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
    await this.#cpu?.close();
  }

  async #leave(why: DeviceError): Promise<void> {
    this.#cpu = await this.#ways.cpu();
    this.#options.note?.(`${why.message} The processor went on.`);
  }

  /** What is lost can't be closed in order. */
  async #closeGpu(): Promise<void> {
    const gpu = this.#gpu;
    this.#gpu = null;
    await gpu?.close().catch(() => undefined);
  }
}
