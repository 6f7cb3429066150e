import {
  fileNameOf,
  type ClearcutApi,
  type DroppedFile,
  type EngineFacts,
  type ErrorData,
  type HostInfo,
} from '../../app/shared';
import { Comparison } from './comparison.svelte';
import { Destination } from './destination.svelte';
import { Job } from './job.svelte';
import { slowness } from './flow';
import { plainError } from './plain-error';
import { Preview } from './preview.svelte';
import { Settings } from './settings.svelte';
import { Source } from './source.svelte';

/** What the right-hand side of the window shows. */
export type Step = 'settings' | 'running' | 'done' | 'failed';

/** All that the window is about: one file, how its result is made and where it goes, and the export. */
export class Workspace {
  readonly source: Source;
  readonly settings = new Settings();
  readonly destination: Destination;
  readonly comparison: Comparison;
  readonly preview: Preview;
  job = $state.raw<Job | null>(null);
  host = $state.raw<HostInfo | null>(null);
  facts = $state.raw<EngineFacts | null>(null);
  /** Why nothing can work at all: no ffmpeg, no engine. */
  trouble = $state.raw<ErrorData | null>(null);

  constructor(private readonly api: ClearcutApi) {
    this.source = new Source(api);
    this.destination = new Destination(api);
    this.comparison = new Comparison(api);
    this.preview = new Preview(api);
    api.onJobEvent((event) => {
      this.preview.hear(event);
      this.job?.hear(event);
      if (event.type === 'done' && this.step === 'done') void this.#compare();
    });
    api.onOpen((path) => {
      if (!this.busy) void this.#afterOpening(this.source.open(path));
    });
  }

  /** True while an export runs: the file can't be changed under it. */
  get busy(): boolean {
    return this.job?.running ?? false;
  }

  get step(): Step {
    const end = this.job?.end;
    if (!this.job) return 'settings';
    if (!end) return 'running';
    // Cancelled is what the user wanted: back to the settings, without a word.
    return end.name === 'cancelled' ? 'settings' : end.name;
  }

  /** Follows the file and its export. */
  get title(): string {
    const name = this.source.fileName;
    if (name === '') return 'Clearcut';
    const state =
      this.step === 'running'
        ? this.job?.percent === null
          ? 'Starting – '
          : `${this.job?.percent ?? 0} % – `
        : this.step === 'done'
          ? 'Done – '
          : this.step === 'failed'
            ? 'Failed – '
            : '';
    return `${state}${name} – Clearcut`;
  }

  /** Asks the host what it is; the window is usable meanwhile. */
  async begin(): Promise<void> {
    try {
      this.host = await this.api.host();
      this.facts = await this.api.facts();
      this.settings.models = await this.api.models();
      this.#settle();
      this.trouble = null;
    } catch (error) {
      this.trouble = plainError(error);
    }
  }

  choose(): Promise<void> {
    return this.busy ? Promise.resolve() : this.#afterOpening(this.source.choose());
  }

  drop(file: DroppedFile): Promise<void> {
    return this.busy ? Promise.resolve() : this.#afterOpening(this.source.drop(file));
  }

  /** Back to the empty window. */
  closeFile(): void {
    if (this.busy) return;
    this.#endJob();
    this.preview.clear();
    this.destination.clear();
    this.source.close();
  }

  /** Changes settings; what can't be had together is taken back, and the result's name follows. */
  change(edit: (settings: Settings) => void): Promise<void> {
    edit(this.settings);
    this.#settle();
    this.#keepPreview();
    return this.suggest();
  }

  /** Shows another moment of the video. */
  look(seconds: number): Promise<void> {
    const looking = this.source.look(seconds);
    this.#keepPreview();
    return looking;
  }

  /** True while all that an export needs is said. */
  get canExport(): boolean {
    return this.destination.path !== null && this.settings.stages !== null && !this.busy;
  }

  /** Makes the second that the window looks at, with these settings. */
  async makePreview(): Promise<void> {
    const { info, seconds } = this.source;
    const { stages } = this.settings;
    if (info && stages && !this.busy) await this.preview.make(info, stages, seconds);
  }

  /** A name for the result that fits the settings. */
  async suggest(): Promise<void> {
    const { info } = this.source;
    const { stages, codec } = this.settings;
    if (!info || stages === null) return;
    try {
      await this.destination.suggest(info.path, stages, codec);
    } catch (error) {
      this.trouble = plainError(error);
    }
  }

  async export(): Promise<void> {
    const { info } = this.source;
    const { path, chosen } = this.destination;
    if (!info || path === null || !this.canExport) return;
    const request = this.settings.request(info.path, path, chosen);
    if (!request) return;
    this.comparison.clear();
    this.preview.clear();
    const job = new Job(this.api, request.stages, () => this.api.start(request));
    this.job = job;
    await job.start();
    // A still may be done before the answer to its start has come.
    if (job.end?.name === 'done') await this.#compare();
  }

  /** The same again after a failure: finished segments are used. */
  async retry(): Promise<void> {
    if (this.step !== 'failed') return;
    const failed = this.job?.end?.name === 'failed' ? this.job.end.error : null;
    // A name that was taken meanwhile stays taken: the next free one is the way on.
    if (failed?.code === 'output-exists') await this.suggest();
    await this.export();
  }

  /** Back to the settings with the same file, with a free name for the next result. */
  async backToSettings(): Promise<void> {
    if (this.busy) return;
    this.#endJob();
    this.destination.clear();
    await this.suggest();
  }

  reveal(): Promise<void> {
    const { job } = this;
    return job?.end?.name === 'done' ? this.api.reveal(job.end.result.output) : Promise.resolve();
  }

  get outputName(): string {
    return this.destination.path === null ? '' : fileNameOf(this.destination.path);
  }

  get outputFolder(): string {
    const { path } = this.destination;
    return path === null ? '' : path.slice(0, path.length - fileNameOf(path).length - 1);
  }

  async #afterOpening(opened: Promise<void>): Promise<void> {
    const before = this.source.info;
    await opened;
    if (this.source.info === before) return;
    this.#endJob();
    this.preview.clear();
    this.destination.clear();
    this.#settle();
    await this.suggest();
  }

  /** A preview of other settings or another moment would tell something wrong. */
  #keepPreview(): void {
    const { info, seconds } = this.source;
    if (info) this.preview.keepFor(info, this.settings.stages, seconds);
  }

  #settle(): void {
    if (this.source.info) this.settings.settle(this.source.info);
  }

  async #compare(): Promise<void> {
    const { info, seconds } = this.source;
    const { job } = this;
    if (!info || job?.end?.name !== 'done') return;
    await this.comparison.load(
      { path: info.path, seconds },
      // The same moment, where time is stretched.
      { path: job.end.result.output, seconds: seconds * slowness(job.stages) },
    );
  }

  #endJob(): void {
    this.job = null;
    this.comparison.clear();
  }
}
