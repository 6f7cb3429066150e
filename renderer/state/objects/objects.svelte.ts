import {
  CancelledError,
  type ClearcutApi,
  type ContourDocument,
  type ErrorData,
  type MediaInfo,
  type ObjectPath,
  type ObjectsRequest,
} from '../../../app/shared';
import { BoundedCache } from '../bounded-cache';
import type { Job } from '../job.svelte';
import { plainError } from '../plain-error';
import type { PreviewJobs } from '../preview-jobs';
import { pictureAddress } from '../source.svelte';
import { FoundObjects, type SeenObject, type StageTime } from './found-objects';

/**
 * ```
 * idle → finding → found
 *   ↑       └────→ failed
 *   └─ (another file, other classes)
 * ```
 */
export type ObjectsPhase =
  | { readonly name: 'idle' }
  | { readonly name: 'finding'; readonly job: Job }
  | { readonly name: 'found'; readonly objects: FoundObjects }
  | { readonly name: 'failed'; readonly error: ErrorData };

/** What is looked for. */
export type ObjectsWish = Pick<ObjectsRequest, 'classes' | 'minScore'>;

/** What was found and what is chosen of it, to come back to. */
export interface ObjectsMemento {
  readonly objects: FoundObjects;
  readonly chosen: ReadonlySet<number> | null;
  /** The file and what was looked for in it. */
  readonly key: string;
}

/** A change of settings or place waits so long for the next one before a frame is looked at. */
const REST_MS = 350;
/** Objects that a list shows. */
export const MOST_LISTED = 40;
const PICTURE_WIDTH = 480;
/** Frames that were looked at by themselves and are kept. */
const MOST_GLANCES = 48;

/** The objects of the file that is open: at the frame that is looked at, and, once they were followed, among which to choose. */
export class Objects {
  phase = $state.raw<ObjectsPhase>({ name: 'idle' });
  /** Objects of the frame that is looked at; null where nobody has looked. */
  glance = $state.raw<readonly SeenObject[] | null>(null);
  glancing = $state(false);
  /** Size of the picture that `glance` is in. */
  size = $state.raw<{ readonly width: number; readonly height: number } | null>(null);
  /** Numbers of those that are used; null for all. */
  chosen = $state.raw<ReadonlySet<number> | null>(null);
  /** The one that the pointer is on. */
  pointed = $state<number | null>(null);
  /** Hears when a frame was looked at: the engine is free again. */
  rested: () => void = () => undefined;
  /** Pictures in which objects are seen best, by their numbers. */
  pictures = $state.raw<ReadonlyMap<number, string>>(new Map());
  #key: string | null = null;
  #looking = new AbortController();
  #finding = new AbortController();
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #glances = new BoundedCache<FoundObjects>(MOST_GLANCES);

  constructor(
    private readonly host: Pick<ClearcutApi, 'takePreview' | 'poster'>,
    private readonly jobs: PreviewJobs,
  ) {}

  get found(): FoundObjects | null {
    return this.phase.name === 'found' ? this.phase.objects : null;
  }

  /** True while the engine looks for objects, or is about to. */
  get busy(): boolean {
    return this.glancing || this.phase.name === 'finding';
  }

  /** What is seen at a moment, as well as it is known. */
  at(moment: number): readonly SeenObject[] {
    return this.found?.at(moment) ?? this.glance ?? [];
  }

  /** @param mainOnly where none are chosen one by one: whether only the main ones are used */
  isChosen(track: number, mainOnly = false): boolean {
    if (this.chosen) return this.chosen.has(track);
    return !mainOnly || (this.found?.main.has(track) ?? true);
  }

  /** Takes one in or out. */
  toggle(track: number, mainOnly = false): void {
    const usual = new Set(
      this.found?.tracks.map((one) => one.track).filter((one) => !mainOnly || this.found?.main.has(one)),
    );
    const chosen = new Set(this.chosen ?? usual);
    if (!chosen.delete(track)) chosen.add(track);
    this.chosen = chosen.size === usual.size && [...usual].every((one) => chosen.has(one)) ? null : chosen;
  }

  chooseAll(): void {
    this.chosen = null;
  }

  chooseNone(): void {
    this.chosen = new Set();
  }

  /** For a job: where the chosen ones are and where the others; null where all are used. */
  paths(time: StageTime): readonly ObjectPath[] | null {
    if (this.chosen === null || !this.found) return null;
    const { chosen } = this;
    return this.found.paths((track) => chosen.has(track), time);
  }

  /** True where what was found is of this file and these settings. */
  isOf(info: MediaInfo, wish: ObjectsWish): boolean {
    return this.#key === keyOf(info, wish);
  }

  /** What there is to come back to; null where nothing was followed. */
  get memento(): ObjectsMemento | null {
    const { found: objects, chosen } = this;
    return objects && this.#key !== null ? { objects, chosen, key: this.#key } : null;
  }

  /** Comes back to what was found before; that it is of this file and these settings is asked for. */
  restore(memento: ObjectsMemento, info: MediaInfo, wish: ObjectsWish): void {
    if (memento.key !== keyOf(info, wish)) return;
    if (this.found !== memento.objects) {
      this.clear();
      const { signal } = (this.#finding = new AbortController());
      this.#show(info, memento.objects, memento.key, signal);
    }
    this.chosen = memento.chosen;
  }

  /** Follows the objects of a part, which takes its time. */
  async find(
    info: MediaInfo,
    wish: ObjectsWish,
    { start = 0, end }: { readonly start?: number; readonly end?: number },
  ): Promise<void> {
    this.clear();
    const { signal } = (this.#finding = new AbortController());
    try {
      const document = await this.#documentOf(
        { input: info.path, ...wish, start, ...(end === undefined ? {} : { end }) },
        signal,
        (job) => (this.phase = { name: 'finding', job }),
      );
      this.#show(info, new FoundObjects(document, start), keyOf(info, wish), signal);
    } catch (error) {
      const data = plainError(error);
      if (signal.aborted) return;
      this.phase = data.code === 'cancelled' ? { name: 'idle' } : { name: 'failed', error: data };
    }
  }

  /** Looks at the frame of a moment as soon as nothing has changed for a while. */
  look(info: MediaInfo, wish: ObjectsWish, moment: number, frameSeconds: number): void {
    this.#stopLooking();
    if (this.phase.name === 'finding' || this.found?.at(moment)) return;
    const { signal } = this.#looking;
    const run = (): void => void this.#look(info, wish, { moment, frameSeconds }, signal);
    this.glancing = true;
    this.#timer = setTimeout(run, REST_MS);
  }

  /** Nothing is seen, and nothing looked for. */
  hide(): void {
    this.#stopLooking();
    this.glance = null;
  }

  /** Forgets what was found: of another file, or of other settings. */
  clear(): void {
    this.hide();
    this.#finding.abort();
    this.#key = null;
    this.chosen = null;
    this.pointed = null;
    this.phase = { name: 'idle' };
    for (const address of this.pictures.values()) URL.revokeObjectURL(address);
    this.pictures = new Map();
  }

  #stopLooking(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#looking.abort();
    this.#looking = new AbortController();
    this.glancing = false;
  }

  async #look(
    info: MediaInfo,
    wish: ObjectsWish,
    { moment, frameSeconds }: { readonly moment: number; readonly frameSeconds: number },
    signal: AbortSignal,
  ): Promise<void> {
    const key = `${keyOf(info, wish)} ${moment.toFixed(3)}`;
    try {
      const known = this.#glances.get(key);
      const seen = known ?? (await this.#frameAt(info, wish, { moment, frameSeconds }, signal));
      this.#glances.set(key, seen, 1);
      this.size = seen;
      this.glance = seen.at(moment) ?? [];
    } catch (error) {
      // A frame that can't be looked at shows nothing; what is wrong is told where it is asked for.
      if (!signal.aborted && plainError(error).code !== 'cancelled') this.glance = null;
    }
    if (signal.aborted) return;
    this.glancing = false;
    this.rested();
  }

  #show(info: MediaInfo, objects: FoundObjects, key: string, signal: AbortSignal): void {
    this.#key = key;
    this.size = objects;
    this.phase = { name: 'found', objects };
    void this.#fetchPictures(info, objects, signal);
  }

  /** One after the other, as a list shows them. */
  async #fetchPictures(info: MediaInfo, { tracks }: FoundObjects, signal: AbortSignal): Promise<void> {
    for (const { track, best } of tracks.slice(0, MOST_LISTED)) {
      const bytes = await this.host.poster(info.path, best.moment, PICTURE_WIDTH).catch(() => null);
      if (signal.aborted) return;
      if (bytes) this.pictures = new Map([...this.pictures, [track, pictureAddress(bytes)]]);
    }
  }

  async #frameAt(
    info: MediaInfo,
    wish: ObjectsWish,
    { moment, frameSeconds }: { readonly moment: number; readonly frameSeconds: number },
    signal: AbortSignal,
  ): Promise<FoundObjects> {
    // From just before it, so that rounding doesn't miss it.
    const start = Math.max(0, moment - frameSeconds / 4);
    const document = await this.#documentOf(
      { input: info.path, ...wish, start, end: start + frameSeconds },
      signal,
    );
    return new FoundObjects(document, start);
  }

  async #documentOf(
    request: ObjectsRequest,
    signal: AbortSignal,
    begun: (job: Job) => void = () => undefined,
  ): Promise<ContourDocument> {
    const { id } = await this.jobs.look(request, signal, begun);
    const bytes = await this.host.takePreview(id);
    if (signal.aborted) throw new CancelledError();
    return JSON.parse(new TextDecoder().decode(bytes)) as ContourDocument;
  }
}

function keyOf({ path }: MediaInfo, { classes, minScore }: ObjectsWish): string {
  return JSON.stringify([path, classes, minScore ?? null]);
}
