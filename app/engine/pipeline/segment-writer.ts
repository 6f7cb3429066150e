import { open, rm } from 'node:fs/promises';
import type { Frame } from '../frames';
import { SegmentSpan, type SegmentEncoder } from '../media';
import type { Closed } from './run-events';
import { SegmentStore, STATE_ROLE, type Segment } from './segment-store';

/** One of the files that a segment is made of. */
export interface SegmentFile {
  readonly role: string;
  readonly extension: string;
  readonly open: (path: string, place: SegmentPlace) => SegmentEncoder;
}

/** Where a segment stands. */
export interface SegmentPlace {
  readonly index: number;
  /** Those before it that are surely on disk, the same in every run: all but the last one. */
  readonly closed: readonly Segment[];
}

export interface SegmentWriterOptions {
  readonly store: SegmentStore;
  /** At least one. */
  readonly files: readonly SegmentFile[];
  /** What the stages remember for a run that begins with the input frame at `restartPts`, each as bytes or null. */
  readonly statesFor: (restartPts: number) => readonly (Uint8Array | null)[];
  /** Frames per segment. */
  readonly length: number;
}

interface OpenFile {
  readonly role: string;
  readonly name: string;
  readonly encoder: SegmentEncoder;
}

interface OpenSegment {
  readonly index: number;
  readonly files: readonly OpenFile[];
  readonly span: SegmentSpan;
  restartPts: number;
  objects: number | null;
}

/**
 * Cuts the stream into segments of a fixed number of frames, each encoded by a process of its own,
 * so that a resumed run writes what an unbroken one would have written. The next segment starts
 * while the one before is still being closed; never more than one is.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  #index: number;
  #framesBefore: number;
  #framesThisRun = 0;
  #current: OpenSegment | null = null;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#index = options.store.segments.length;
    this.#framesBefore = options.store.frames;
  }

  get framesThisRun(): number {
    return this.#framesThisRun;
  }

  /** Frames in the result so far, those of an earlier run included. */
  get framesTotal(): number {
    return this.#framesBefore + this.#framesThisRun;
  }

  /** What is in closed segments. */
  get closed(): Closed {
    const { frames, bytes } = this.#options.store;
    return { frames, bytes };
  }

  /** Takes one frame's content; the frame stays the caller's. */
  async write(frame: Frame): Promise<void> {
    this.#current ??= this.#open();
    const current = this.#current;
    await Promise.all(current.files.map(({ encoder }) => encoder.write(frame)));
    current.span.add(frame);
    current.restartPts = frame.restartPts;
    if (frame.found) current.objects = (current.objects ?? 0) + frame.found.instances.length;
    this.#framesThisRun++;
    if (current.span.frames === this.#options.length) await this.#close(current);
  }

  /** Closes the last segment and waits until all are on disk. */
  async finish(): Promise<void> {
    if (this.#current) await this.#close(this.#current);
    await this.#closing;
  }

  /** Drops the open segment; finished ones stay. Never throws. */
  async abort(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    for (const { name, encoder } of current?.files ?? []) {
      await encoder.abort();
      await rm(this.#options.store.pathOf(name), { force: true }).catch(() => undefined);
    }
    await this.#closing.catch(() => undefined);
  }

  #open(): OpenSegment {
    const { store, files } = this.#options;
    const index = this.#index++;
    // The one before may still be closing.
    const closed = store.segments.slice(0, Math.max(0, index - 1));
    return {
      index,
      files: files.map(({ role, extension, open: start }) => {
        const name = SegmentStore.fileName(index, extension);
        return { role, name, encoder: start(store.pathOf(name), { index, closed }) };
      }),
      span: new SegmentSpan(),
      restartPts: 0,
      objects: null,
    };
  }

  async #close(segment: OpenSegment): Promise<void> {
    this.#current = null;
    await this.#closing;
    // Asked for now: the stages go on and forget.
    const states = this.#options.statesFor(segment.restartPts);
    this.#closing = (async () => {
      const { store } = this.#options;
      const { index, span, restartPts, objects } = segment;
      const files: Segment['files'][number][] = [];
      for (const { role, name, encoder } of segment.files)
        files.push({ role, name, bytes: await encoder.finish() });
      const state = await this.#keep(states, SegmentStore.fileName(index, 'state.json'));
      await store.add({ files: [...files, ...state], ...span.facts, restartPts, objects });
    })();
    // The error, if any, is thrown where the closing is next waited for.
    this.#closing.catch(() => undefined);
  }

  async #keep(states: readonly (Uint8Array | null)[], name: string): Promise<Segment['files']> {
    if (states.every((state) => state === null)) return [];
    const text = JSON.stringify(states.map((state) => state && Buffer.from(state).toString('base64')));
    const file = await open(this.#options.store.pathOf(name), 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return [{ role: STATE_ROLE, name, bytes: Buffer.byteLength(text) }];
  }
}
