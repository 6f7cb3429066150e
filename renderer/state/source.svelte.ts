import {
  fileNameOf,
  type ClearcutApi,
  type DroppedFile,
  type ErrorData,
  type MediaInfo,
} from '../../app/shared';
import { plainError } from './plain-error';

/**
 * ```
 * empty → receiving (web: the file is copied to the server) → opening → ready
 *              └──────────────────────┴───────→ refused
 * ```
 */
export type SourcePhase =
  | { readonly name: 'empty' }
  | { readonly name: 'receiving'; readonly fraction: number }
  | { readonly name: 'opening'; readonly fileName: string }
  | { readonly name: 'ready'; readonly info: MediaInfo }
  | { readonly name: 'refused'; readonly error: ErrorData };

/** Wide enough for the window's largest picture on a dense screen. */
const POSTER_WIDTH = 1600;
/** First frames are often black. */
const POSTER_AT = 0.25;
const LONGEST_LOOK_SECONDS = 20;

/** The file that the window is about. */
export class Source {
  phase = $state.raw<SourcePhase>({ name: 'empty' });
  /** Address of the poster; null while it is made, or where no frame could be. */
  poster = $state.raw<string | null>(null);
  /** Where the window looks, in seconds from the start: the poster's place. */
  seconds = $state(0);
  /** The opening whose frames are being fetched. */
  #looking: number | null = null;
  /** Counts openings: what an earlier one still brings is dropped. */
  #opening = 0;

  constructor(private readonly host: ClearcutApi) {}

  get info(): MediaInfo | null {
    return this.phase.name === 'ready' ? this.phase.info : null;
  }

  /** Name of the file for titles and headings. */
  get fileName(): string {
    if (this.phase.name === 'opening') return this.phase.fileName;
    return this.info ? fileNameOf(this.info.path) : '';
  }

  /** Shows the frame at `seconds`. Asked faster than frames come, the last place wins. */
  async look(seconds: number): Promise<void> {
    this.seconds = seconds;
    const opening = this.#opening;
    if (this.#looking === opening) return;
    this.#looking = opening;
    let shown: number;
    do {
      shown = this.seconds;
      await this.#fetchPoster(opening);
    } while (shown !== this.seconds && opening === this.#opening);
    if (opening === this.#opening) this.#looking = null;
  }

  /** The system's dialog, or the browser's. Gives all paths; the first one is opened. */
  choose(): Promise<readonly string[]> {
    return this.#open((onUpload) => this.host.chooseInputs(onUpload));
  }

  drop(files: readonly DroppedFile[]): Promise<readonly string[]> {
    return this.#open((onUpload) => this.host.pathsOfDrop(files, onUpload));
  }

  async open(path: string): Promise<void> {
    await this.#open(() => Promise.resolve([path]));
  }

  close(): void {
    this.#opening += 1;
    this.#showPoster(null);
    this.phase = { name: 'empty' };
  }

  async #open(
    pathsOf: (onUpload: (fraction: number) => void) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const opening = ++this.#opening;
    const before = this.phase;
    const current = (): boolean => opening === this.#opening;
    try {
      const paths = await pathsOf((fraction) => {
        if (current()) this.phase = { name: 'receiving', fraction };
      });
      const [path] = paths;
      if (!current()) return paths;
      if (path === undefined) {
        this.phase = before;
        return paths;
      }
      this.#showPoster(null);
      this.phase = { name: 'opening', fileName: fileNameOf(path) };
      const info = await this.host.probe(path);
      if (!current()) return paths;
      this.seconds = frameMoment(
        info,
        Math.min((info.durationSeconds ?? 0) * POSTER_AT, LONGEST_LOOK_SECONDS),
      );
      this.phase = { name: 'ready', info };
      void this.#fetchPoster(opening);
      return paths;
    } catch (error) {
      if (current()) this.phase = { name: 'refused', error: plainError(error) };
      return [];
    }
  }

  async #fetchPoster(opening: number): Promise<void> {
    const { info, seconds } = this;
    if (!info) return;
    const bytes = await this.host.poster(info.path, seconds, POSTER_WIDTH).catch(() => null);
    if (bytes && opening === this.#opening) this.#showPoster(pictureAddress(bytes));
  }

  #showPoster(address: string | null): void {
    if (this.poster !== null) URL.revokeObjectURL(this.poster);
    this.poster = address;
  }
}

/** The moment of the frame nearest to `moment`, where frames are evenly apart: what is told of a frame has its very time. */
export function frameMoment({ kind, video }: MediaInfo, moment: number): number {
  const { frameRate, variableFrameRate } = video;
  if (kind === 'still' || variableFrameRate || !frameRate || frameRate.num <= 0) return moment;
  return (Math.round((moment * frameRate.num) / frameRate.den) * frameRate.den) / frameRate.num;
}

/** The moment of the frame that is shown at `moment`: the last one that has come. */
export function standingMoment(info: MediaInfo, moment: number): number {
  const near = frameMoment(info, moment);
  const { frameRate } = info.video;
  // Moments are sums of small steps.
  return near > moment + 1e-6 && frameRate ? near - frameRate.den / frameRate.num : near;
}

/** When the last frame stands, in seconds after the first; 0 where the length is not known. */
export function lastMoment({ video, durationSeconds }: MediaInfo): number {
  const { frameRate, frameCount, lastSeconds } = video;
  if (lastSeconds !== undefined) return lastSeconds;
  const length = video.durationSeconds ?? durationSeconds ?? 0;
  if (!frameRate || frameRate.num <= 0) return length;
  const frames = (length * frameRate.num) / frameRate.den;
  // Some containers leave the last frame out of the length; a count far from it has frames that are never shown.
  const counted =
    frameCount !== null && Math.abs(frameCount - frames) < 1.5 ? frameCount : Math.floor(frames + 0.1);
  return (Math.max(0, counted - 1) * frameRate.den) / frameRate.num;
}

/** An address for the bytes of a BMP or PNG; revoke it when it is no longer shown. */
export function pictureAddress(bytes: Uint8Array): string {
  const type = bytes[0] === 0x42 ? 'image/bmp' : 'image/png';
  return URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
}
