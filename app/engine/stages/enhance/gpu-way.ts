import { DeviceError } from '../../../shared';
import type { Plane } from '../../frames';
import {
  processGpu,
  readModelFile,
  type BackendChoice,
  type EnhanceModel,
  type FrameRunner,
} from '../../runtime';
import { frameProgram, gpuTileBudget } from './frame-program';
import type { FrameSizes, FrameWay } from './frame-way';
import { LumaUpscaler, oddValues } from './luma-upscaler';
import { ProcessorWay } from './processor-way';

export interface GpuWayOptions extends FrameSizes {
  readonly model: EnhanceModel;
  /** The graphics card's name. */
  readonly adapter: string;
  /** Told when a device forced something else than was planned. */
  readonly note: (text: string) => void;
  /** Samples that go through the network at once; left out: as many as the card's buffers hold. */
  readonly tileBudget?: number;
}

/** Frames on a graphics card at once: one computes while the next is copied. */
const AHEAD = 2;
/** A card that was lost so often is left alone. */
const MOST_LOSSES = 2;

type Way = { readonly runner: FrameRunner } | { readonly processor: FrameWay };

/**
 * Frames that cross to a graphics card once and come back once. Where it runs out of memory, tiles become smaller; where
 * it is lost, it is opened again with smaller ones; and at last the processor goes on. The frames under way then go again.
 */
export class GpuWay implements FrameWay {
  readonly ahead = AHEAD;
  readonly #options: GpuWayOptions;
  readonly #bytes: Uint8Array;
  #budget: number;
  #losses = 0;
  #way: Promise<Way>;

  private constructor(options: GpuWayOptions, bytes: Uint8Array, budget: number) {
    this.#options = options;
    this.#bytes = bytes;
    this.#budget = budget;
    this.#way = this.#open();
  }

  /** @throws UserError model-missing, model-damaged */
  static async open(options: GpuWayOptions): Promise<GpuWay> {
    const { model, adapter, tileBudget } = options;
    const bytes = await readModelFile(model.folder, model.manifest);
    const largest = await bufferBytes(adapter);
    const way = new GpuWay(options, bytes, tileBudget ?? gpuTileBudget(largest));
    await way.#way;
    return way;
  }

  async enlarge(source: readonly Plane[], target: readonly Plane[]): Promise<void> {
    for (;;) {
      const current = this.#way;
      const way = await current;
      if ('processor' in way) return way.processor.enlarge(source, target);
      try {
        const odd = await way.runner.run(source.map(codesOf), target.map(codesOf));
        if (odd > 0) throw oddValues(this.#options.model.manifest.name, odd);
        return;
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        // The first of the frames under way that fails says what happens to all.
        if (this.#way === current) this.#way = this.#recover(way.runner, error);
      }
    }
  }

  async close(): Promise<void> {
    const way = await this.#way.catch(() => null);
    if (way) await ('processor' in way ? way.processor : way.runner).close();
  }

  async #recover(failed: FrameRunner, error: DeviceError): Promise<Way> {
    // What was lost can't be closed in order.
    await failed.close().catch(() => undefined);
    return this.#after(error);
  }

  async #open(): Promise<Way> {
    const { adapter, model } = this.#options;
    try {
      const device = await processGpu().device(adapter);
      const runner = await device.openFrames(this.#bytes, frameProgram(model, this.#options, this.#budget));
      return runner ? { runner } : { processor: await this.#throughModel({ adapter }) };
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return this.#after(error);
    }
  }

  /** What is tried after a failure. */
  async #after(error: DeviceError): Promise<Way> {
    const lost = error.code === 'device-lost';
    if (lost) this.#losses++;
    const smaller = this.#losses < MOST_LOSSES && this.#shrink();
    if (smaller || (lost && this.#losses < MOST_LOSSES)) {
      const how = smaller ? 'It goes on with smaller parts of the picture.' : 'It was opened again.';
      this.#options.note(`${error.message} ${how}`);
      return this.#open();
    }
    this.#options.note(`${error.message} The processor went on.`);
    return { processor: await this.#throughModel({}) };
  }

  /** Halves the tiles; false where they are as small as is sensible. */
  #shrink(): boolean {
    const { model, input } = this.#options;
    const least = (4 * model.manifest.halo + 1) ** 2;
    if (this.#budget <= least) return false;
    this.#budget = Math.max(least, Math.floor(Math.min(this.#budget, input.width * input.height) / 2));
    return true;
  }

  /** Planes in the processor's memory; the network there too, or on a card. */
  async #throughModel(backend: Pick<BackendChoice, 'adapter'>): Promise<FrameWay> {
    const { model, note } = this.#options;
    return new ProcessorWay(await LumaUpscaler.open(model, backend, { note }), this.#options);
  }
}

/** How large a buffer the card can have; 0 where it does not answer, which opening it then tells. */
async function bufferBytes(adapter: string): Promise<number> {
  const facts = (await processGpu().adapters()).find(({ name }) => name === adapter);
  return facts?.maxBufferBytes ?? 0;
}

function codesOf({ data }: Plane): Plane['data'] {
  return data;
}
