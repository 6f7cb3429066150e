import { splitJpegs, type ClearcutApi } from '../../../app/shared';
import { BoundedCache } from '../bounded-cache';

/** A piece that is fetched at once: long enough that fetching costs little, short enough to wait for. */
export const PIECE_SECONDS = 2;
/** JPEGs that are kept, decoded ones by the browser beside them. */
const MOST_BYTES = 96 * 1024 * 1024;
/** Frames that a screen shows a second. */
const QUICKEST = 30;

/** A stretch of frames at even times. */
export interface Piece {
  readonly start: number;
  /** Frames a second. */
  readonly rate: number;
  readonly frames: readonly Blob[];
}

/** Frames of one file for playing, fetched in pieces and kept while there is room. */
export class Film {
  readonly rate: number;
  readonly #pieces = new BoundedCache<Piece>(MOST_BYTES);
  readonly #fetching = new Map<number, Promise<Piece | null>>();

  constructor(
    private readonly host: Pick<ClearcutApi, 'frames'>,
    private readonly path: string,
    rate: number,
    private readonly maxWidth: number,
  ) {
    this.rate = Math.min(QUICKEST, rate);
  }

  /** The piece that holds `seconds`, where it is there already. */
  held(seconds: number): Piece | null {
    return this.#pieces.get(String(indexOf(seconds))) ?? null;
  }

  /** The piece that holds `seconds`; null where it can't be had. */
  fetch(seconds: number): Promise<Piece | null> {
    const index = indexOf(seconds);
    const held = this.#pieces.get(String(index));
    if (held) return Promise.resolve(held);
    const before = this.#fetching.get(index);
    if (before) return before;
    const fetching = this.#fetch(index).finally(() => this.#fetching.delete(index));
    this.#fetching.set(index, fetching);
    return fetching;
  }

  clear(): void {
    this.#pieces.clear();
  }

  async #fetch(index: number): Promise<Piece | null> {
    const start = index * PIECE_SECONDS;
    const bytes = await this.host
      .frames({ path: this.path, start, seconds: PIECE_SECONDS, rate: this.rate, maxWidth: this.maxWidth })
      .catch(() => null);
    if (!bytes) return null;
    const frames = splitJpegs(bytes).map((jpeg) => new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }));
    const piece: Piece = { start, rate: this.rate, frames };
    this.#pieces.set(String(index), piece, bytes.length);
    return piece;
  }
}

function indexOf(seconds: number): number {
  return Math.floor(seconds / PIECE_SECONDS + 1e-6);
}

/** The frame of a piece at a moment; null where the file has ended. */
export function frameAt({ start, rate, frames }: Piece, seconds: number): Blob | null {
  return frames[Math.max(0, Math.floor((seconds - start) * rate + 1e-3))] ?? null;
}
