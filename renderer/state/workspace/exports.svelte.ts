import { canHold, segmentOf, givesContours, usualCodec, type ClearcutApi } from '../../../app/shared';
import type { JobRequest, QueueWish, StageRequest } from '../../../app/shared';
import type { Comparison } from '../comparison.svelte';
import type { Destination } from '../destination.svelte';
import { slowness } from '../flow';
import { plainError } from '../plain-error';
import type { PreferencesState } from '../preferences.svelte';
import type { Queue, QueueEntry } from '../queue';
import { sourceFacts } from '../source-facts';
import type { Tray } from '../tray.svelte';
import type { Edits } from './edits';
import type { Files } from './files.svelte';
import type { Looks } from './looks.svelte';
import type { Subject } from './subject';

/** What the right-hand side of the editor shows. */
export type Step = 'settings' | 'running' | 'done' | 'failed';

/** What exports are made of. */
export interface ExportsParts {
  readonly api: Pick<ClearcutApi, 'suggestOutput' | 'reveal'>;
  readonly subject: Subject;
  readonly tray: Tray;
  readonly files: Files;
  readonly edits: Edits;
  readonly looks: Looks;
  readonly destination: Destination;
  readonly comparison: Comparison;
  readonly queue: Queue;
  readonly preferences: PreferencesState;
  /** Turns the window to a view. */
  turn(view: 'edit' | 'queue'): void;
}

/** From settings to jobs of the queue, and what became of the job of the file that is open. */
export class Exports {
  /** The job of the queue whose settings are being changed. */
  editing = $state.raw<QueueEntry | null>(null);
  /** The newest job of each file, by path. */
  #jobs = $state.raw<Readonly<Record<string, string>>>({});

  constructor(private readonly parts: ExportsParts) {}

  /** The job of the file that is open, if there is one. */
  get entry(): QueueEntry | null {
    const path = this.parts.subject.info?.path;
    const id = path === undefined ? undefined : this.#jobs[path];
    return id === undefined ? null : this.parts.queue.get(id);
  }

  get step(): Step {
    const state = this.entry?.state;
    if (state === undefined || state === 'cancelled' || this.editing) return 'settings';
    return state === 'done' || state === 'failed' ? state : 'running';
  }

  /** True while all that an export needs is said. */
  get ready(): boolean {
    const { destination, subject } = this.parts;
    return destination.path !== null && subject.stages !== null && subject.info !== null;
  }

  /** A place for the result; the codec follows its extension where it has to. */
  async choosePlace(): Promise<void> {
    const { destination, edits, subject } = this.parts;
    await destination.choose();
    const { path } = destination;
    const { stages, codec, codecs } = subject.settings;
    if (path === null || !stages || subject.info?.kind !== 'video' || canHold(path, codec, stages)) return;
    const usual = usualCodec(path, stages);
    if (codecs.includes(usual) && canHold(path, usual, stages))
      await edits.change((settings) => (settings.codec = usual));
  }

  /** Queues the file that is open, or changes the job that is being edited. */
  async start(): Promise<void> {
    const { subject, destination, queue } = this.parts;
    const { info, part } = subject;
    const { path, chosen } = destination;
    if (!info || path === null || !this.ready || this.step === 'running') return;
    const request = subject.settings.request({ input: info.path, output: path, replace: chosen, part });
    if (!request) return;
    this.#makeWay();
    const wish: QueueWish = { request, source: sourceFacts(info) };
    const { editing } = this;
    if (editing) {
      await queue.edits.change([editing], () => Promise.resolve(wish));
      this.editing = null;
      this.parts.turn('queue');
      return;
    }
    const [id] = await queue.add([wish]);
    if (id !== undefined) this.#jobs = { ...this.#jobs, [info.path]: id };
  }

  /** Queues all files that are open with what is set, as far as each can have it. */
  async startAll(): Promise<void> {
    const { tray, subject, queue } = this.parts;
    const wishes: QueueWish[] = [];
    this.#makeWay();
    for (const file of tray.usable) {
      const info = await tray.known(file);
      const all = info && subject.settings.stagesFor(info);
      const stages = all && this.#ofOwn(all, info.path);
      if (!info || !stages || wishes.some(({ request }) => request.input === info.path)) continue;
      try {
        const part = info.path === subject.info?.path ? subject.part : {};
        const request = await this.#requestFor(info.path, stages, part);
        if (request) wishes.push({ request, source: sourceFacts(info) });
      } catch (error) {
        file.error = plainError(error);
      }
    }
    if (wishes.length === 0) return;
    const ids = await queue.add(wishes);
    if (ids.length === 0) return;
    const added = wishes.map(({ request }, index) => [request.input, ids[index] ?? ''] as const);
    this.#jobs = { ...this.#jobs, ...Object.fromEntries(added) };
    this.parts.turn('queue');
  }

  /** Settings of a job of the queue, to be changed in the editor. */
  async edit(entry: QueueEntry): Promise<void> {
    const { files, subject, edits, destination } = this.parts;
    const { request } = entry.item;
    this.parts.turn('edit');
    await files.show(request.input);
    if (subject.info?.path !== request.input) return;
    this.editing = entry;
    const record = edits.gesture();
    subject.settings.useRequest(request);
    subject.player.inPoint = request.start ?? null;
    subject.player.outPoint = request.end === undefined ? null : request.end - 0.5 / subject.player.rate;
    edits.show();
    destination.use(request.output, request.input, subject.stages ?? request.stages, request.codec);
    record();
  }

  /** What is set now, for jobs that wait. */
  async apply(entries: readonly QueueEntry[]): Promise<void> {
    const { queue, subject } = this.parts;
    const waiting = entries.filter(({ state }) => state !== 'running' && state !== 'done');
    await queue.edits.change(waiting, async ({ item }) => {
      const { input, start, end } = item.request;
      const stages = subject.stages && this.#ofOwn(subject.stages, input);
      if (!stages) return null;
      try {
        const part = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
        const request = await this.#requestFor(input, stages, part);
        return request && { request, source: item.source };
      } catch (error) {
        queue.trouble = plainError(error);
        return null;
      }
    });
  }

  /** The same again after a failure: finished segments are used. */
  async retry(): Promise<void> {
    const { entry } = this;
    if (entry?.state !== 'failed') return;
    if (entry.error?.code !== 'output-exists') {
      await this.parts.queue.release([entry.id]);
      return;
    }
    // A name that was taken meanwhile stays taken: the next free one is the way on.
    await this.backToSettings();
    await this.start();
  }

  /** Back to the settings with the same file, with a free name for the next result. */
  async backToSettings(): Promise<void> {
    const { subject, edits, looks, destination } = this.parts;
    const path = subject.info?.path;
    if (path === undefined) return;
    this.editing = null;
    this.#jobs = Object.fromEntries(Object.entries(this.#jobs).filter(([name]) => name !== path));
    this.parts.comparison.clear();
    destination.clear();
    looks.refresh();
    await edits.suggestName();
  }

  async reveal(output = this.entry?.result?.output): Promise<void> {
    if (output !== undefined) await this.parts.api.reveal(output);
  }

  /** Another file is in the window: nothing is said of its result yet. */
  leave(): void {
    this.parts.comparison.clear();
    this.parts.destination.clear();
    this.editing = null;
  }

  /** The same moment of the file and of its result, where it has one that is a picture. */
  async compareResult(): Promise<void> {
    const { subject, comparison } = this.parts;
    const { info, source } = subject;
    const { entry } = this;
    if (!info || !entry?.result) return;
    const { stages, start = 0 } = entry.item.request;
    const segment = segmentOf(stages);
    if (segment && givesContours(segment)) return;
    const moment = Math.max(source.seconds, start);
    await comparison.load(
      { path: info.path, seconds: moment },
      // The same moment, where time is stretched.
      { path: entry.result.output, seconds: (moment - start) * slowness(stages) },
    );
  }

  async #requestFor(
    input: string,
    stages: readonly StageRequest[],
    part: Pick<JobRequest, 'start' | 'end'>,
  ): Promise<JobRequest | null> {
    const { settings } = this.parts.subject;
    const output = await this.parts.api.suggestOutput(input, stages, settings.codec);
    return settings.request({ input, output, part }, stages);
  }

  /** A choice among objects is about one file alone. */
  #ofOwn(stages: readonly StageRequest[], path: string): readonly StageRequest[] {
    if (path === this.parts.subject.info?.path) return stages;
    return stages.map((stage) => {
      if (stage.kind !== 'segment' || !stage.objects) return stage;
      const every = { ...stage };
      delete every.objects;
      return this.parts.subject.settings.segment.mainOnly ? { ...every, instances: 'main' } : every;
    });
  }

  /** The machine is the export's, and its settings are those to begin with the next time. */
  #makeWay(): void {
    const { looks, comparison, preferences, subject } = this.parts;
    looks.makeWay();
    looks.objects.hide();
    comparison.clear();
    const last = subject.settings.toPreset('last', 'Last');
    void preferences.change({ last }).catch(() => undefined);
  }
}
