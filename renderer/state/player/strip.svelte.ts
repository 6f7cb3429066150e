import type { ClearcutApi, MediaInfo } from '../../../app/shared';
import { BoundedCache } from '../bounded-cache';
import { pictureAddress } from '../source.svelte';
import type { MediaWindow } from './media-window';

const THUMBNAIL_WIDTH = 160;
const MOST_THUMBNAILS = 240;
/** Frames that are decoded at a time: the one that the user looks at must not wait behind many. */
const AT_ONCE = 2;
/** A stretch of sound that is read at once. */
const CHUNK_SECONDS = 300;
const PEAKS_A_CHUNK = 6000;
const MOST_CHUNKS = 96;

interface Place {
  readonly key: string;
  readonly seconds: number;
}

/** Small pictures and the shape of the sound along a timeline; only what is in sight is fetched, and so much is kept. */
export class Strip {
  /** Counts what has come, so that a drawing knows when to draw again. */
  arrived = $state(0);
  #info: MediaInfo | null = null;
  #turn = 0;
  #pictures = new BoundedCache<HTMLImageElement>(MOST_THUMBNAILS, (image) => {
    URL.revokeObjectURL(image.src);
  });
  readonly #peaks = new BoundedCache<Uint8Array>(MOST_CHUNKS);
  #wanted: readonly Place[] = [];
  #busy = 0;
  readonly #asked = new Set<string>();
  #peaksBusy = false;
  #wantedChunks: readonly number[] = [];

  constructor(private readonly host: ClearcutApi) {}

  open(info: MediaInfo | null): void {
    this.#turn += 1;
    this.#info = info;
    this.#pictures.clear();
    this.#peaks.clear();
    this.#asked.clear();
    this.#wanted = [];
    this.#wantedChunks = [];
    this.arrived += 1;
  }

  get hasSound(): boolean {
    return this.#info?.others.some(({ kind }) => kind === 'audio') ?? false;
  }

  /** Moments of the pictures for a window, `width` pixels wide, each `each` pixels. They stay where they are while it moves. */
  static places(window: MediaWindow, width: number, each: number): readonly number[] {
    if (width <= 0 || window.seconds <= 0) return [];
    // Powers of two, so that zooming a little keeps every second picture.
    const step = 2 ** Math.ceil(Math.log2((window.seconds * each) / width));
    const first = Math.floor(window.start / step);
    const last = Math.floor((window.start + window.seconds) / step);
    return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  }

  picture(seconds: number): HTMLImageElement | null {
    return this.#pictures.get(keyOf(seconds)) ?? null;
  }

  /** Pictures that are in sight, the middle first; what was asked for before and is not among them waits no longer. */
  wantPictures(moments: readonly number[], total: number): void {
    const middle = (moments[0] ?? 0) / 2 + (moments.at(-1) ?? 0) / 2;
    this.#wanted = moments
      .filter((seconds) => seconds >= 0 && seconds < total)
      .map((seconds) => ({ key: keyOf(seconds), seconds }))
      .filter(({ key }) => !this.#pictures.has(key))
      .sort((a, b) => Math.abs(a.seconds - middle) - Math.abs(b.seconds - middle));
    this.#fetchPictures();
  }

  /** The loudest sample between two moments, 0 to 1; null while nobody knows. */
  peak(from: number, to: number): number | null {
    const each = CHUNK_SECONDS / PEAKS_A_CHUNK;
    let most: number | null = null;
    for (let at = Math.floor(from / each); at <= Math.floor((to - 1e-9) / each); at += 1) {
      const chunk = this.#peaks.get(String(Math.floor(at / PEAKS_A_CHUNK)));
      if (!chunk) continue;
      most = Math.max(most ?? 0, (chunk[at % PEAKS_A_CHUNK] ?? 0) / 255);
    }
    return most;
  }

  wantSound(window: MediaWindow): void {
    if (!this.hasSound) return;
    const first = Math.floor(window.start / CHUNK_SECONDS);
    const last = Math.floor((window.start + window.seconds) / CHUNK_SECONDS);
    this.#wantedChunks = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    void this.#fetchSound();
  }

  #fetchPictures(): void {
    const info = this.#info;
    while (info && this.#busy < AT_ONCE) {
      const next = this.#wanted.find(({ key }) => !this.#asked.has(key));
      if (!next) return;
      const turn = this.#turn;
      this.#busy += 1;
      this.#asked.add(next.key);
      void this.#fetchPicture(info, next, turn).finally(() => {
        this.#busy -= 1;
        this.#fetchPictures();
      });
    }
  }

  async #fetchPicture(info: MediaInfo, { key, seconds }: Place, turn: number): Promise<void> {
    const bytes = await this.host.poster(info.path, seconds, THUMBNAIL_WIDTH).catch(() => null);
    if (!bytes || turn !== this.#turn) return;
    const image = new Image();
    image.src = pictureAddress(bytes);
    await image.decode().catch(() => undefined);
    if (turn !== this.#turn) {
      URL.revokeObjectURL(image.src);
      return;
    }
    this.#asked.delete(key);
    this.#pictures.set(key, image, 1);
    this.arrived += 1;
  }

  async #fetchSound(): Promise<void> {
    if (this.#peaksBusy) return;
    this.#peaksBusy = true;
    const turn = this.#turn;
    for (;;) {
      const info = this.#info;
      const index = this.#wantedChunks.find((chunk) => !this.#peaks.has(String(chunk)));
      if (!info || index === undefined || turn !== this.#turn) break;
      const start = index * CHUNK_SECONDS;
      const peaks = await this.host
        .peaks({ path: info.path, start, seconds: CHUNK_SECONDS, count: PEAKS_A_CHUNK })
        .catch(() => new Uint8Array());
      if (turn !== this.#turn) break;
      this.#peaks.set(String(index), peaks, 1);
      this.arrived += 1;
    }
    this.#peaksBusy = false;
    // Another file was opened meanwhile.
    if (turn !== this.#turn && this.#wantedChunks.length > 0) void this.#fetchSound();
  }
}

function keyOf(seconds: number): string {
  return seconds.toFixed(3);
}
