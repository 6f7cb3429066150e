import {
  DeviceError,
  throwIfCancelled,
  UserError,
  type ColourDescription,
  type EnhanceManifest,
} from '../../../shared';
import { lumaToUnit, type Plane } from '../../frames';
import {
  allocate,
  openModel,
  processKernels,
  type BackendChoice,
  type EnhanceModel,
  type ModelSession,
} from '../../runtime';
import { planTiles, type Rectangle, type Tile } from '../tiles';

/** How codes of a plane relate to light. */
export interface LumaCoding {
  readonly bitDepth: number;
  readonly range: ColourDescription['range'];
}

export interface LumaUpscalerOptions {
  /** Told when the device forced smaller tiles. */
  readonly note: (text: string) => void;
  /** Samples that go through the network at once. */
  readonly tileBudget?: number;
  /** Ends the work between two tiles: whoever waits for the processor need not wait for a whole frame. */
  readonly signal?: AbortSignal;
}

/**
 * A network takes two tensors of codes, its input and its output: 84 bytes a sample for the light one at ×2, 196 for
 * the standard one at ×4, so this keeps its buffers under a quarter of a gigabyte. A frame of 1280×720 goes through
 * whole; larger tiles were no faster.
 */
const TILE_BUDGET = 2 ** 20;

type Codes = Uint8Array | Uint16Array;

/** A super-resolution network on luma planes, tile by tile where a plane is large. */
export class LumaUpscaler {
  readonly #session: ModelSession;
  readonly #manifest: EnhanceManifest;
  readonly #note: (text: string) => void;
  readonly #signal: AbortSignal | undefined;
  #budget: number;
  /** What the network is fed; made for a tile's size and used again. */
  #input = new Float32Array(0);

  /** Takes over `session`, which runs the model of `manifest`. */
  constructor(session: ModelSession, manifest: EnhanceManifest, options: LumaUpscalerOptions) {
    this.#session = session;
    this.#manifest = manifest;
    this.#note = options.note;
    this.#signal = options.signal;
    this.#budget = options.tileBudget ?? TILE_BUDGET;
  }

  /** @throws UserError model-missing, model-damaged */
  static async open(
    model: EnhanceModel,
    backend: Pick<BackendChoice, 'adapter'>,
    options: LumaUpscalerOptions,
  ): Promise<LumaUpscaler> {
    const session = await openModel(model, backend, { note: options.note, mayShrink: true });
    return new LumaUpscaler(session, model.manifest, options);
  }

  get scale(): number {
    return this.#manifest.scale;
  }

  /**
   * Enlarges `source` into `target`, which is `scale` times as wide and high. Codes are clamped to
   * what the bit depth can hold, so that footroom and headroom of limited range stay.
   *
   * @throws UserError bad-result where the network gives values that are not finite
   * @throws DeviceError where even small tiles are too much; CancelledError
   */
  async enlarge(source: Plane, target: Plane, coding: LumaCoding): Promise<void> {
    for (;;) {
      try {
        for (const tile of planTiles(source.width, source.height, this.#manifest.halo, this.#budget)) {
          if (this.#signal) throwIfCancelled(this.#signal);
          await this.#enlargeTile(source, target, coding, tile);
        }
        return;
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        if (!this.#shrink(source) && !(await this.#session.retreat?.())) throw error;
      }
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  /** Halves the tiles; false where they are as small as is sensible. */
  #shrink(source: Plane): boolean {
    const least = (4 * this.#manifest.halo + 1) ** 2;
    if (this.#budget <= least) return false;
    this.#input = new Float32Array(0);
    this.#budget = Math.max(least, Math.floor(Math.min(this.#budget, source.width * source.height) / 2));
    this.#note('Memory ran short, so pictures go through the network in smaller tiles.');
    return true;
  }

  async #enlargeTile(source: Plane, target: Plane, coding: LumaCoding, { read, keep }: Tile): Promise<void> {
    const kernels = processKernels();
    const { scale, offset } = lumaToUnit(coding.bitDepth, coding.range);
    const { inputs, outputs } = this.#manifest;
    const samples = read.width * read.height;
    if (this.#input.length !== samples) this.#input = new Float32Array(allocate(4 * samples));
    await kernels.planeToFloat(cut(source, read), this.#input, scale, offset);

    const feed = { type: 'float32', dims: [1, 1, read.height, read.width], data: this.#input } as const;
    const results = await this.#session.run({ [inputs[0]?.name ?? '']: feed });
    const luma = results[outputs[0]?.name ?? '']?.data;
    const factor = this.scale;
    if (!(luma instanceof Float32Array) || luma.length !== samples * factor * factor)
      throw new Error(`The model ${this.#manifest.name} does not enlarge by ${factor}.`);

    // Whole rows go straight to their place; tiles side by side by way of a buffer.
    const width = read.width * factor;
    const rows = luma.subarray(
      (keep.y - read.y) * factor * width,
      (keep.y - read.y + keep.height) * factor * width,
    );
    const whole = read.width === source.width;
    const at = keep.y * factor * target.width;
    const codes: Codes = whole
      ? target.data.subarray(at, at + rows.length)
      : target.data instanceof Uint16Array
        ? new Uint16Array(rows.length)
        : new Uint8Array(rows.length);
    const most = 2 ** coding.bitDepth - 1;
    const odd = await kernels.floatToPlane(rows, codes, 1 / scale, -offset / scale, 0, most);
    if (odd > 0) throw oddValues(this.#manifest.name, odd);
    if (!whole) paste(codes, width, target, scaled(keep, factor), (keep.x - read.x) * factor);
  }
}

/** What is thrown for results that are no numbers. */
export function oddValues(model: string, count: number): UserError {
  return new UserError(
    'bad-result',
    `The model ${model} gave ${count} values that are no numbers; nothing wrong was written. Please report this.`,
  );
}

/** The samples of `from` inside `window`, rows without padding; no copy where they lie in one piece. */
function cut(from: Plane, window: Rectangle): Codes {
  const { data, width } = from;
  if (window.width === width) return data.subarray(window.y * width, (window.y + window.height) * width);
  const samples = window.width * window.height;
  const part = data instanceof Uint16Array ? new Uint16Array(samples) : new Uint8Array(samples);
  for (let row = 0; row < window.height; row++) {
    const start = (window.y + row) * width + window.x;
    part.set(data.subarray(start, start + window.width), row * window.width);
  }
  return part;
}

/** Puts rows of `codes`, `stride` apart and from column `column` on, into the rectangle `place` of `target`. */
function paste(codes: Codes, stride: number, target: Plane, place: Rectangle, column: number): void {
  for (let row = 0; row < place.height; row++) {
    const start = row * stride + column;
    target.data.set(codes.subarray(start, start + place.width), (place.y + row) * target.width + place.x);
  }
}

function scaled(rectangle: Rectangle, factor: number): Rectangle {
  return {
    x: rectangle.x * factor,
    y: rectangle.y * factor,
    width: rectangle.width * factor,
    height: rectangle.height * factor,
  };
}
