import { access, readFile, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { EngineClient } from '../engine';
import {
  CONTOUR_FORMATS,
  isStillFile,
  previewStages,
  suggestedName,
  UserError,
  type Codec,
  type DiskSpace,
  type EngineFacts,
  type FramesRequest,
  type JobRequest,
  type MediaInfo,
  type ModelManifest,
  type ObjectsRequest,
  type PeaksRequest,
  type PreviewRequest,
  type QueueCommand,
  type QueueItem,
  type QueueSnapshot,
  type QueueWish,
  type SoundRequest,
  type StageRequest,
} from '../shared';
import { Previews } from './previews';
import type { ExportQueue } from './queue';

/** Where the result of an input goes unless the user says otherwise. */
export type OutputFolder = (input: string) => string;

/** Beside the source, the desktop's way. */
const besideSource: OutputFolder = (input) => dirname(input);

/** Every pixel of a large result, and no more than a page can show. */
const WIDEST_FRAME = 7680;
/** Names tried before giving up on a folder: nobody has that many results of one file. */
const MAX_ATTEMPTS = 1000;

/**
 * The engine as a page may use it. A page names files by path, but only those that the user put
 * there: inputs that were chosen or dropped, outputs that were suggested or chosen in the system's
 * dialog, results of its jobs. Everything else is refused, whatever the page asks.
 *
 * `engine` looks at files and makes previews; exports are the queue's, which has an engine of its own, so
 * that neither waits for the other.
 */
export class PageEngine {
  readonly #inputs = new Set<string>();
  /** Outputs that may be written; true where the user agreed to replace what is there. */
  readonly #outputs = new Map<string, boolean>();
  readonly #results = new Set<string>();
  readonly #previews = new Previews();

  constructor(
    private readonly engine: EngineClient,
    private readonly exports: ExportQueue,
    private readonly folderFor: OutputFolder = besideSource,
  ) {
    engine.onJobEvent((event) => this.#previews.hear(event));
    // What a window could name before a restart it can name after it.
    for (const item of exports.snapshot.items) this.#know(item);
    exports.onChange((change) => {
      if (change.type === 'changed') for (const item of change.items) this.#know(item);
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

  async frames(request: FramesRequest): Promise<Uint8Array> {
    return this.engine.frames({ ...request, path: this.#readable(request.path) });
  }

  async peaks(request: PeaksRequest): Promise<Uint8Array> {
    return this.engine.peaks({ ...request, path: this.#readable(request.path) });
  }

  async sound(request: SoundRequest): Promise<Uint8Array> {
    return this.engine.sound({ ...request, path: this.#readable(request.path) });
  }

  async suggestOutput(input: string, stages: readonly StageRequest[], codec: Codec): Promise<string> {
    const source = this.#readable(input);
    const folder = this.folderFor(source);
    const reserved = this.#promised();
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const path = resolve(join(folder, suggestedName(source, stages, codec, attempt)));
      if (reserved.has(path) || (await exists(path))) continue;
      if (!this.#outputs.has(path)) this.#outputs.set(path, false);
      return path;
    }
    throw new UserError('output-exists', `${folder} is full of results of this file: choose another folder.`);
  }

  /** Room on the disk of an output. @throws UserError output-not-writable for any other path */
  async space(output: string): Promise<DiskSpace> {
    const full = resolve(output);
    if (!this.#outputs.has(full)) throw notChosen(output);
    const { bavail, bsize } = await statfs(await existingFolder(dirname(full)));
    return { freeBytes: bavail * bsize };
  }

  get queue(): QueueSnapshot {
    return this.exports.snapshot;
  }

  queueLog(id: string): Promise<string> {
    return this.exports.log(id);
  }

  /** @throws UserError for files that were not handed to the page, and what the queue refuses */
  async changeQueue(command: QueueCommand): Promise<readonly string[]> {
    if (command.kind === 'add') {
      const wishes = command.wishes.map((wish) => this.#admitted(wish));
      const outputs = this.#promised();
      for (const { request } of wishes) {
        if (outputs.has(request.output)) throw taken(request.output);
        outputs.add(request.output);
      }
      return this.exports.do({ ...command, wishes });
    }
    if (command.kind === 'change') {
      const wish = this.#admitted(command.wish);
      const other = this.exports.snapshot.items.find(
        ({ id, state, request }) =>
          id !== command.id && state !== 'done' && resolve(request.output) === wish.request.output,
      );
      if (other) throw taken(wish.request.output);
      return this.exports.do({ ...command, wish });
    }
    if (command.kind === 'restore') {
      const outputs = this.#promised();
      for (const { state, request } of this.exports.removed(command.ids))
        if (state !== 'done' && outputs.has(resolve(request.output))) throw taken(request.output);
    }
    return this.exports.do(command);
  }

  /** A job of a short part, into a file of its own. @throws as the engine's `start` */
  async startPreview({ input, stages, start, end, still = false, of }: PreviewRequest): Promise<string> {
    const source = this.#readable(input);
    const shown = this.#admittedStages(stages);
    const picture = isStillFile(source);
    const firstFrame = still && !picture;
    const name = picture ? 'preview.png' : still ? 'preview.bmp' : 'preview.mp4';
    return this.#previews.begin(name, (output) =>
      this.engine.start({
        ...(picture ? {} : { start, end, ...(of ? { sampleOf: of } : {}) }),
        ...(firstFrame ? { firstFrame: { maxWidth: WIDEST_FRAME } } : {}),
        stages: previewStages(shown),
        input: source,
        output,
        codec: 'h264',
        backend: 'auto',
        overwrite: false,
        resume: false,
      }),
    );
  }

  /** A job that tells what objects are where. @throws as the engine's `start` */
  async startObjects({ input, classes, minScore, start, end }: ObjectsRequest): Promise<string> {
    const source = this.#readable(input);
    const part = isStillFile(source) ? {} : { start, ...(end === undefined ? {} : { end }) };
    const stage: StageRequest = {
      ...{ kind: 'segment', classes, output: 'json' },
      ...(minScore === undefined ? {} : { minScore }),
    };
    return this.#previews.begin('objects.json', (output) =>
      this.engine.start({
        ...part,
        stages: [stage],
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

  /** The picture of a finished preview of one frame, whose file goes. @throws UserError no-such-file */
  takePreviewFrame(jobId: string): Promise<Uint8Array> {
    return this.#previews.use(jobId, (path) =>
      path.endsWith('.bmp') ? readFile(path) : this.engine.poster(path, 0, WIDEST_FRAME),
    );
  }

  /** Stops a preview; exports are the queue's. */
  async cancel(jobId: string): Promise<void> {
    if (this.#previews.has(jobId)) await this.engine.cancel(jobId);
  }

  /** All that pages never took. */
  removePreviews(): Promise<void> {
    return this.#previews.remove();
  }

  /** The path of a finished result. @throws UserError no-such-file for any other path */
  result(path: string): string {
    const full = resolve(path);
    if (this.#results.has(full)) return full;
    throw new UserError('no-such-file', `${path} is no result of this window.`);
  }

  /** A wish whose files the user put there. @throws UserError no-such-file, output-not-writable */
  #admitted({ request, source }: QueueWish): QueueWish {
    const output = resolve(request.output);
    const mayReplace = this.#outputs.get(output);
    const input = this.#readable(request.input);
    if (mayReplace === undefined) throw notChosen(request.output);
    const admitted: JobRequest = {
      ...request,
      ...{ input, output, overwrite: request.overwrite && mayReplace },
      stages: this.#admittedStages(request.stages),
    };
    return { request: admitted, source };
  }

  /** Stages that read nothing that the user didn't put there, and write nothing but beside the result. @throws as `#admitted` */
  #admittedStages(stages: readonly StageRequest[]): readonly StageRequest[] {
    return stages.map((stage) => {
      if (stage.kind !== 'segment') return stage;
      const { contours, background } = stage;
      if (contours !== undefined && !CONTOUR_FORMATS.some((format) => format === contours))
        throw notChosen(contours);
      if (!background || !('image' in background)) return stage;
      return { ...stage, background: { image: this.#readable(background.image) } };
    });
  }

  /** What jobs that are not done will write. */
  #promised(): Set<string> {
    const items = this.exports.snapshot.items.filter(({ state }) => state !== 'done');
    return new Set(items.map(({ request }) => resolve(request.output)));
  }

  #know({ request, result }: QueueItem): void {
    this.#inputs.add(resolve(request.input));
    for (const stage of request.stages)
      if (stage.kind === 'segment' && stage.background && 'image' in stage.background)
        this.#inputs.add(resolve(stage.background.image));
    const output = resolve(request.output);
    if (!this.#outputs.has(output)) this.#outputs.set(output, request.overwrite);
    for (const path of result ? [result.output, ...(result.files ?? [])] : [])
      this.#results.add(resolve(path));
  }

  #readable(path: string): string {
    const full = resolve(path);
    if (this.#inputs.has(full) || this.#results.has(full)) return full;
    throw new UserError('no-such-file', `${path} was not opened in this window: open it first.`);
  }
}

function notChosen(path: string): UserError {
  return new UserError('output-not-writable', `${path} was not chosen as a place for results: choose one.`);
}

function taken(path: string): UserError {
  return new UserError('output-exists', `Another job of the queue writes ${path}: choose another name.`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** `folder`, or the nearest one above it that is there. */
async function existingFolder(folder: string): Promise<string> {
  if (await exists(folder)) return folder;
  const above = dirname(folder);
  return above === folder ? folder : existingFolder(above);
}
