import type { DeviceError } from '../../../shared';
import { allocate, type HostTensor, type ModelSet } from '../../runtime';
import { planTiles, type Rectangle, type Tile } from '../tiles';
import type { Padding } from './padding';
import { cut, multiplied, type Volume } from './volume';

export interface PictureTilesOptions {
  /** Told when the device forced smaller tiles. */
  readonly note: (text: string) => void;
  /** Pixels that go through the network at once. */
  readonly tileBudget?: number;
}

/** What a network takes: sizes that are multiples of `multiple`, and `halo` pixels around what counts. */
export interface TileNeeds {
  readonly multiple: number;
  readonly halo: number;
}

/** Pictures of 1920×1080 go through whole: halos of a hundred pixels and more make small tiles dear. */
const TILE_BUDGET = 2 ** 21;

/** The tiles in which whole pictures go through a network, and what is cut out for them. They begin and end where its own grid does. */
export class PictureTiles {
  readonly #size: Padding;
  readonly #needs: TileNeeds;
  readonly #note: (text: string) => void;
  #budget: number;
  #tiles: readonly Tile[] = [];
  /** What tiles are cut into, by name. */
  readonly #cuts = new Map<string, Float32Array>();

  constructor(size: Padding, needs: TileNeeds, { note, tileBudget }: PictureTilesOptions) {
    this.#size = size;
    this.#needs = needs;
    this.#note = note;
    this.#budget = tileBudget ?? TILE_BUDGET;
    this.#plan();
  }

  get all(): readonly Tile[] {
    return this.#tiles;
  }

  /** After a failure: in smaller tiles, on the card that was opened again, or with less of a device; false where nothing is left to try. */
  async canGoOn(
    error: DeviceError,
    models: Pick<ModelSet<string>, 'onDevice' | 'retreat'>,
  ): Promise<boolean> {
    const smaller = this.#shrink(error);
    return smaller || (error.code === 'device-lost' && models.onDevice) || models.retreat();
  }

  /** `read` of a volume as a network's input; valid until the next of this name. */
  feed(name: string, volume: Volume, read: Rectangle): HostTensor {
    const samples = volume.channels * read.width * read.height;
    const whole = read.width === volume.width && read.height === volume.height;
    let reuse = this.#cuts.get(name);
    if (!whole && reuse?.length !== samples) {
      reuse = new Float32Array(allocate(4 * samples));
      this.#cuts.set(name, reuse);
    }
    const data = cut(volume, read, reuse ?? new Float32Array(0));
    return { type: 'float32', dims: [1, volume.channels, read.height, read.width], data };
  }

  /** Halves the tiles; false where they are as small as is sensible. */
  #shrink({ code }: DeviceError): boolean {
    const { halo, multiple } = this.#needs;
    const least = ((4 * Math.ceil(halo / multiple) + 1) * multiple) ** 2;
    const { paddedWidth, paddedHeight } = this.#size;
    if (this.#budget <= least) return false;
    this.#budget = Math.max(least, Math.floor(Math.min(this.#budget, paddedWidth * paddedHeight) / 2));
    this.#plan();
    const why = code === 'device-lost' ? 'The graphics card was lost' : 'Memory ran short';
    this.#note(`${why}, so pictures go through the network in smaller tiles.`);
    return true;
  }

  #plan(): void {
    const { multiple, halo } = this.#needs;
    const { paddedWidth, paddedHeight } = this.#size;
    this.#tiles = planTiles(
      paddedWidth / multiple,
      paddedHeight / multiple,
      Math.ceil(halo / multiple),
      this.#budget / multiple ** 2,
    ).map(({ read, keep }) => ({ read: multiplied(read, multiple), keep: multiplied(keep, multiple) }));
    this.#cuts.clear();
  }
}
