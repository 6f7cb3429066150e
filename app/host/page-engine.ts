import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { EngineClient } from '../engine';
import {
  suggestedName,
  UserError,
  type Codec,
  type EngineFacts,
  type JobEvent,
  type JobRequest,
  type MediaInfo,
  type ModelManifest,
  type PreviewRequest,
  type StageRequest,
} from '../shared';
import { Previews } from './previews';

/** Where the result of an input goes unless the user says otherwise. */
export type OutputFolder = (input: string) => string;

/** Beside the source, the desktop's way. */
const besideSource: OutputFolder = (input) => dirname(input);

/** Names tried before giving up on a folder: nobody has that many results of one file. */
const MAX_ATTEMPTS = 1000;

/**
 * The engine as a page may use it. A page names files by path, but only those that the user put
 * there: inputs that were chosen or dropped, outputs that were suggested or chosen in the system's
 * dialog, results of its jobs. Everything else is refused, whatever the page asks.
 */
export class PageEngine {
  readonly #inputs = new Set<string>();
  /** Outputs that may be written; true where the user agreed to replace what is there. */
  readonly #outputs = new Map<string, boolean>();
  readonly #results = new Set<string>();
  /** What jobs under way will write, by job. */
  readonly #pending = new Map<string, string>();
  /** Jobs that ended before `start` had told their number. */
  readonly #endedEarly = new Set<string>();
  readonly #previews = new Previews();

  constructor(
    private readonly engine: EngineClient,
    private readonly folderFor: OutputFolder = besideSource,
  ) {
    engine.onJobEvent((event) => {
      this.#hear(event);
    });
  }

  /** A file that the user chose, dropped or opened. Returns the path under which the page may name it. */
  admitInput(path: string): string {
    const full = resolve(path);
    this.#inputs.add(full);
    return full;
  }

  /** A place that the user chose in a dialog that asks before replacing. */
  admitOutput(path: string): string {
    const full = resolve(path);
    this.#outputs.set(full, true);
    return full;
  }

  facts(): Promise<EngineFacts> {
    return this.engine.facts();
  }

  models(): Promise<readonly ModelManifest[]> {
    return this.engine.models();
  }

  /** @throws UserError no-such-file for a path that was not handed to the page, and what probing throws */
  async probe(path: string): Promise<MediaInfo> {
    return this.engine.probe(this.#readable(path));
  }

  async poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array> {
    return this.engine.poster(this.#readable(path), seconds, maxWidth);
  }

  async suggestOutput(input: string, stages: readonly StageRequest[], codec: Codec): Promise<string> {
    const source = this.#readable(input);
    const folder = this.folderFor(source);
    const reserved = new Set(this.#pending.values());
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const path = resolve(join(folder, suggestedName(source, stages, codec, attempt)));
      if (reserved.has(path) || (await exists(path))) continue;
      if (!this.#outputs.has(path)) this.#outputs.set(path, false);
      return path;
    }
    throw new UserError('output-exists', `${folder} is full of results of this file: choose another folder.`);
  }

  /** @throws UserError for files that were not handed to the page, and what the engine refuses */
  async start(request: JobRequest): Promise<string> {
    const input = this.#readable(request.input);
    const output = resolve(request.output);
    const mayReplace = this.#outputs.get(output);
    if (mayReplace === undefined) {
      throw new UserError(
        'output-not-writable',
        `${request.output} was not chosen as a place for results: choose one.`,
      );
    }
    const jobId = await this.engine.start({
      ...request,
      input,
      output,
      overwrite: request.overwrite && mayReplace,
    });
    if (!this.#endedEarly.delete(jobId)) this.#pending.set(jobId, output);
    return jobId;
  }

  /** A job of a short part, into a file of its own. @throws as `start` */
  async startPreview({ input, ...part }: PreviewRequest): Promise<string> {
    const source = this.#readable(input);
    return this.#previews.begin((output) =>
      this.engine.start({
        ...part,
        input: source,
        output,
        codec: 'h264',
        backend: 'auto',
        overwrite: false,
        resume: false,
      }),
    );
  }

  /** The bytes of a finished preview, whose file goes. @throws UserError no-such-file */
  takePreview(jobId: string): Promise<Uint8Array> {
    return this.#previews.take(jobId);
  }

  /** True for a job that nobody would miss. */
  isPreview(jobId: string): boolean {
    return this.#previews.has(jobId);
  }

  /** All that pages never took. */
  removePreviews(): Promise<void> {
    return this.#previews.remove();
  }

  cancel(jobId: string): Promise<void> {
    return this.engine.cancel(jobId);
  }

  pause(jobId: string): Promise<void> {
    return this.engine.pause(jobId);
  }

  unpause(jobId: string): Promise<void> {
    return this.engine.unpause(jobId);
  }

  /** The path of a finished result. @throws UserError no-such-file for any other path */
  result(path: string): string {
    const full = resolve(path);
    if (this.#results.has(full)) return full;
    throw new UserError('no-such-file', `${path} is no result of this window.`);
  }

  #readable(path: string): string {
    const full = resolve(path);
    if (this.#inputs.has(full) || this.#results.has(full)) return full;
    throw new UserError('no-such-file', `${path} was not opened in this window: open it first.`);
  }

  #hear(event: JobEvent): void {
    if (this.#previews.hear(event)) return;
    if (event.type === 'done') this.#results.add(resolve(event.result.output));
    if (event.type === 'done' || event.type === 'failed' || event.type === 'cancelled') {
      if (!this.#pending.delete(event.jobId)) this.#endedEarly.add(event.jobId);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
