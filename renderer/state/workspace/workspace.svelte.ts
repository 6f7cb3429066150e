import type { ClearcutApi, EngineFacts, ErrorData, HostInfo, QueueChange } from '../../../app/shared';
import { t } from '../../words';
import { Announcer } from '../announcer.svelte';
import { Comparison } from '../comparison.svelte';
import { Destination } from '../destination.svelte';
import { DragOut } from '../drag-out';
import { speedOf, workKey } from '../estimate';
import type { Edit, History } from '../history';
import { plainError } from '../plain-error';
import { Player, Strip } from '../player';
import { PreferencesState } from '../preferences.svelte';
import { PreviewJobs } from '../preview-jobs';
import { Queue } from '../queue';
import { Settings } from '../settings.svelte';
import { SleepCountdown } from '../sleep-countdown.svelte';
import { Source } from '../source.svelte';
import { Tray } from '../tray.svelte';
import { Viewport } from '../viewport.svelte';
import { Edits } from './edits';
import { Exports } from './exports.svelte';
import { Files } from './files.svelte';
import { Looks } from './looks.svelte';
import { Subject } from './subject';

export type View = 'edit' | 'queue';
export type Dialog =
  | { readonly name: 'preferences' }
  | { readonly name: 'shortcuts' }
  | { readonly name: 'log'; readonly id: string };

/** All that the window is about, each in a class of its own; here they are put together, and the window's two views kept. */
export class Workspace {
  readonly source: Source;
  readonly tray: Tray;
  readonly settings: Settings;
  readonly destination: Destination;
  readonly comparison: Comparison;
  readonly player: Player;
  readonly strip: Strip;
  readonly viewport = new Viewport();
  readonly queue: Queue;
  readonly preferences: PreferencesState;
  readonly looks: Looks;
  readonly edits: Edits;
  readonly files: Files;
  readonly exports: Exports;
  readonly announcer = new Announcer();
  readonly countdown: SleepCountdown;
  readonly dragOut: DragOut;
  view = $state<View>('edit');
  dialog = $state.raw<Dialog | null>(null);
  host = $state.raw<HostInfo | null>(null);
  facts = $state.raw<EngineFacts | null>(null);
  /** Why nothing can work at all: no ffmpeg, no engine. */
  trouble = $state.raw<ErrorData | null>(null);

  constructor(private readonly api: ClearcutApi) {
    const jobs = new PreviewJobs(api, () => this.player.part);
    this.source = new Source(api);
    this.tray = new Tray(api);
    this.destination = new Destination(api);
    this.comparison = new Comparison(api);
    this.strip = new Strip(api);
    this.queue = new Queue(api);
    this.preferences = new PreferencesState(api);
    this.settings = new Settings(() => this.preferences.current.presets);
    this.countdown = new SleepCountdown(() => api.sleep());
    this.dragOut = new DragOut(api, (error) => (this.queue.trouble = plainError(error)));
    this.player = new Player(api, (moment) => void this.looks.moved(moment));
    const subject = new Subject(this.source, this.player, this.settings);
    const { queue, preferences, tray, destination, comparison } = this;
    const free = (): boolean => this.exports.step === 'settings' && this.facts !== null;
    const looks = (this.looks = new Looks(api, jobs, subject, queue, preferences, free));
    const edits = (this.edits = new Edits(api, subject, looks, (...wish) =>
      this.#trying(destination.suggest(...wish)),
    ));
    const turn = (view: View): void => void (this.view = view);
    const files = (this.files = new Files(api, subject, tray, this.strip, this.viewport, edits, {
      turn: () => {
        turn('edit');
      },
      left: () => {
        looks.clear();
        this.exports.leave();
      },
      opened: () => this.#opened(),
    }));
    this.exports = new Exports({
      ...{ api, subject, tray, files, edits, looks },
      ...{ destination, comparison, queue, preferences, turn },
    });
    api.onQueueChange((change) => {
      this.#hear(change);
    });
    api.onOpen((paths) => void files.open(paths));
  }

  /** Follows the file, or the job that runs. */
  get title(): string {
    const { running } = this.queue;
    const name = running?.name ?? this.source.fileName;
    if (name === '') return 'Clearcut';
    const { step } = this.exports;
    const done = step === 'done' ? t().title.done : step === 'failed' ? t().title.failed : '';
    const state = running
      ? running.percent === null
        ? t().title.starting
        : t().title.percent(running.percent)
      : done;
    return `${state}${name} – Clearcut`;
  }

  /** The change that would be taken back now, or null. */
  get undoable(): Edit | null {
    return this.#seen(this.#history.last);
  }

  /** The change that would be made again now, or null. */
  get redoable(): Edit | null {
    return this.#seen(this.#history.next);
  }

  /** Takes back what was changed last in the view that is shown. */
  async undo(): Promise<void> {
    const undone = this.undoable && (await this.#history.undo());
    if (undone) this.announcer.spoken = t().history.undone(undone.name);
  }

  /** Makes again what was taken back last in the view that is shown. */
  async redo(): Promise<void> {
    const redone = this.redoable && (await this.#history.redo());
    if (redone) this.announcer.spoken = t().history.redone(redone.name);
  }

  /** Asks the host what it is; the window is usable meanwhile. */
  async begin(): Promise<void> {
    try {
      this.host = await this.api.host();
      this.preferences.shortcuts.mac = this.host.platform === 'mac';
      await this.preferences.begin(this.host.languages);
      const { last } = this.preferences.current;
      if (last) this.settings.usePreset(last);
      await this.queue.begin();
      await this.files.begin();
      this.facts = await this.api.facts();
      this.settings.models = await this.api.models();
      this.trouble = null;
      this.edits.show();
    } catch (error) {
      this.trouble = plainError(error);
    }
  }

  openRecent(path: string): Promise<void> {
    return this.#trying(this.files.openRecent(path));
  }

  checkForUpdates: ClearcutApi['checkForUpdates'] = () => this.api.checkForUpdates();

  /** Each view has its own: nobody takes back what can't be seen. */
  get #history(): History {
    return this.view === 'queue' ? this.queue.edits.history : this.edits.history;
  }

  /** Settings are in sight where a file is open and no job of it runs or has ended; the list of files always is. */
  #seen(edit: Edit | null): Edit | null {
    const settings = this.source.info !== null && this.exports.step === 'settings';
    return this.view === 'queue' || settings || edit?.name === 'files' ? edit : null;
  }

  async #opened(): Promise<void> {
    this.edits.show();
    await this.edits.suggestName();
    if (this.exports.step === 'done') await this.exports.compareResult();
  }

  async #trying(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.trouble = plainError(error);
    }
  }

  #hear(change: QueueChange): void {
    this.announcer.hear(change);
    if (change.type === 'changed') {
      for (const item of change.items) {
        if (item.state !== 'done') continue;
        const speed = speedOf(item);
        const key = workKey(item.request.stages, item.request.codec);
        if (speed !== null) void this.preferences.learnSpeed(key, speed).catch(() => undefined);
        if (item.id === this.exports.entry?.id) void this.exports.compareResult();
      }
    }
    if (change.type === 'ended' && this.queue.settings.whenDone === 'sleep') this.countdown.start();
  }
}
