import {
  canHold,
  fileNameOf,
  givesContours,
  segmentOf,
  usualCodec,
  type ClearcutApi,
  type DiskSpace,
  type DroppedFile,
  type EngineFacts,
  type ErrorData,
  type HostInfo,
  type MediaInfo,
  type QueueChange,
  type QueueWish,
  type StageRequest,
} from '../../app/shared';
import { t } from '../words';
import { Announcer } from './announcer.svelte';
import { Compare } from './compare.svelte';
import { Comparison } from './comparison.svelte';
import { Destination } from './destination.svelte';
import { speedOf, workKey } from './estimate';
import { Estimator, type Cost, type Work } from './estimator.svelte';
import { slowness } from './flow';
import { Objects, type ObjectsWish, type StageTime } from './objects';
import { plainError } from './plain-error';
import { Player, Strip } from './player';
import { PreferencesState } from './preferences.svelte';
import { Preview } from './preview.svelte';
import { PreviewJobs } from './preview-jobs';
import { Queue, type QueueEntry } from './queue';
import { Settings } from './settings.svelte';
import { SleepCountdown } from './sleep-countdown.svelte';
import { sourceFacts } from './source-facts';
import { Source } from './source.svelte';
import { Tray } from './tray.svelte';
import { Viewport } from './viewport.svelte';

/** What the right-hand side of the window shows. */
export type Step = 'settings' | 'running' | 'done' | 'failed';
export type View = 'edit' | 'queue';
export type Dialog =
  | { readonly name: 'preferences' }
  | { readonly name: 'shortcuts' }
  | { readonly name: 'log'; readonly id: string };

/** All that the window is about: the files that are open, how results are made and where they go, and the queue. */
export class Workspace {
  readonly source: Source;
  readonly tray: Tray;
  readonly settings = new Settings();
  readonly destination: Destination;
  readonly comparison: Comparison;
  readonly preview: Preview;
  readonly compare: Compare;
  readonly objects: Objects;
  readonly player: Player;
  readonly strip: Strip;
  readonly viewport = new Viewport();
  readonly queue: Queue;
  readonly preferences: PreferencesState;
  readonly estimator: Estimator;
  readonly announcer = new Announcer();
  readonly countdown: SleepCountdown;
  view = $state<View>('edit');
  dialog = $state.raw<Dialog | null>(null);
  host = $state.raw<HostInfo | null>(null);
  facts = $state.raw<EngineFacts | null>(null);
  recent = $state.raw<readonly string[]>([]);
  space = $state.raw<DiskSpace | null>(null);
  /** Why nothing can work at all: no ffmpeg, no engine. */
  trouble = $state.raw<ErrorData | null>(null);
  /** The job of the queue whose settings are being changed. */
  editing = $state.raw<QueueEntry | null>(null);
  /** The newest job of each file, by path. */
  #jobs = $state.raw<Readonly<Record<string, string>>>({});

  constructor(private readonly api: ClearcutApi) {
    const jobs = new PreviewJobs(api, () => this.player.part);
    this.source = new Source(api);
    this.tray = new Tray(api);
    this.destination = new Destination(api);
    this.comparison = new Comparison(api);
    this.preview = new Preview(api, jobs);
    this.compare = new Compare(api, jobs);
    this.objects = new Objects(api, jobs);
    this.compare.rested = this.objects.rested = () => {
      this.#prepareEstimate();
    };
    this.estimator = new Estimator(jobs, (id) => api.takePreview(id));
    this.strip = new Strip(api);
    this.queue = new Queue(api);
    this.preferences = new PreferencesState(api);
    this.countdown = new SleepCountdown(() => api.sleep());
    this.player = new Player(api, (moment) => void this.#looked(moment));
    api.onQueueChange((change) => {
      this.#hear(change);
    });
    api.onOpen((paths) => void this.open(paths));
  }

  /** The job of the file that is open, if there is one. */
  get entry(): QueueEntry | null {
    const path = this.source.info?.path;
    const id = path === undefined ? undefined : this.#jobs[path];
    return id === undefined ? null : this.queue.get(id);
  }

  get step(): Step {
    const state = this.entry?.state;
    if (state === undefined || state === 'cancelled' || this.editing) return 'settings';
    return state === 'done' || state === 'failed' ? state : 'running';
  }

  /** Follows the file, or the job that runs. */
  get title(): string {
    const { running } = this.queue;
    const name = running?.name ?? this.source.fileName;
    if (name === '') return 'Clearcut';
    const done = this.step === 'done' ? t().title.done : this.step === 'failed' ? t().title.failed : '';
    const state = running
      ? running.percent === null
        ? t().title.starting
        : t().title.percent(running.percent)
      : done;
    return `${state}${name} – Clearcut`;
  }

  /** Asks the host what it is; the window is usable meanwhile. */
  async begin(): Promise<void> {
    try {
      this.host = await this.api.host();
      this.preferences.shortcuts.mac = this.host.platform === 'mac';
      await this.preferences.begin(this.host.languages);
      this.settings.own = this.preferences.current.presets;
      const { last } = this.preferences.current;
      if (last) this.settings.usePreset(last);
      await this.queue.begin();
      this.recent = await this.api.recent();
      this.facts = await this.api.facts();
      this.settings.models = await this.api.models();
      this.#settle();
      this.trouble = null;
      this.#changed();
    } catch (error) {
      this.trouble = plainError(error);
    }
  }

  choose(): Promise<void> {
    return this.#opening(this.source.choose());
  }

  drop(files: readonly DroppedFile[]): Promise<void> {
    this.view = 'edit';
    return this.#opening(this.source.drop(files));
  }

  /** Files that were opened from outside, or again. */
  async open(paths: readonly string[]): Promise<void> {
    const [first] = paths;
    if (first === undefined) return;
    this.view = 'edit';
    await this.#opening(this.source.open(first).then(() => paths));
  }

  async openRecent(path: string): Promise<void> {
    try {
      await this.open([await this.api.openRecent(path)]);
    } catch (error) {
      this.trouble = plainError(error);
    }
  }

  /** Shows another one of the files that are open. */
  async show(path: string): Promise<void> {
    if (this.source.info?.path === path) return;
    await this.#opening(this.source.open(path).then(() => [path]));
  }

  async beside(by: 1 | -1): Promise<void> {
    const path = this.source.info?.path;
    const next = path === undefined ? null : this.tray.beside(path, by);
    if (next) await this.show(next.path);
  }

  /** Takes a file out of the window; the last one leaves it empty. */
  async closeFile(path = this.source.info?.path): Promise<void> {
    if (path === undefined) {
      this.source.close();
      return;
    }
    const next = this.tray.beside(path, 1);
    this.tray.remove(path);
    if (this.source.info?.path !== path) return;
    if (next) await this.show(next.path);
    else {
      this.#forgetFile();
      this.source.close();
      this.player.open(null, 0);
      this.strip.open(null);
    }
  }

  async closeAll(): Promise<void> {
    const path = this.source.info?.path;
    this.tray.clear();
    await this.closeFile(path);
  }

  /** Changes settings; what can't be had together is taken back, and the result's name follows. */
  change(edit: (settings: Settings) => void): Promise<void> {
    edit(this.settings);
    this.#settle();
    this.#keepChoice();
    this.#changed();
    return this.suggest();
  }

  /** Follows the objects of the part that is exported, so that some can be chosen. */
  async findObjects(): Promise<void> {
    const { info } = this.source;
    const wish = this.#objectsWish;
    if (!info || !wish) return;
    this.player.stop();
    this.preview.clear();
    this.compare.on = false;
    this.compare.hide();
    this.estimator.stop();
    const finding = this.objects.find(info, wish, this.#part(info));
    await this.change(({ segment }) => (segment.objects = null));
    await finding;
    this.#changed();
  }

  /** Takes objects in or out. */
  chooseObjects(edit: (objects: Objects) => void): Promise<void> {
    edit(this.objects);
    return this.change(({ segment }) => {
      if (this.objects.chosen === null) segment.objects = null;
    });
  }

  /** True where outlines stand over the frame. */
  get showsObjects(): boolean {
    const { found, glance } = this.objects;
    const known = found !== null || (glance !== null && !this.player.playing);
    return known && this.step === 'settings' && this.settings.chain.has('segment');
  }

  /** True where the part that is exported reaches beyond what was looked at. */
  get objectsElsewhere(): boolean {
    const { found } = this.objects;
    const { info } = this.source;
    if (!found || info?.kind !== 'video' || this.objects.chosen === null) return false;
    const { start = 0, end = this.player.last } = this.player.part;
    const gap = 2 / this.player.rate;
    return start < found.start - gap || end > found.end + gap;
  }

  /** A place for the result; the codec follows its extension where it has to. */
  async chooseDestination(): Promise<void> {
    await this.destination.choose();
    const { path } = this.destination;
    const { stages, codec, codecs } = this.settings;
    if (path === null || !stages || this.source.info?.kind !== 'video' || canHold(path, codec, stages))
      return;
    const usual = usualCodec(path, stages);
    if (codecs.includes(usual) && canHold(path, usual, stages))
      await this.change((settings) => (settings.codec = usual));
  }

  /** A picture to stand behind the objects. */
  async chooseBackground(): Promise<void> {
    const [image] = await this.api.chooseInputs();
    if (image !== undefined) await this.change(({ segment }) => (segment.background = { image }));
  }

  /** After a change of the part that is wanted. */
  partChanged(): void {
    this.#prepareEstimate();
  }

  /** True while all that an export needs is said. */
  get canExport(): boolean {
    return this.destination.path !== null && this.settings.stages !== null && this.source.info !== null;
  }

  /** Makes the second that the window looks at, with these settings. */
  async makePreview(): Promise<void> {
    const { info, seconds } = this.source;
    const { stages } = this.settings;
    if (!info || !stages) return;
    this.player.stop();
    this.compare.on = false;
    this.compare.hide();
    this.estimator.stop();
    await this.preview.make(info, stages, seconds, this.compare.kept?.stages ?? null);
  }

  /** Shows this frame before and after, or no longer. */
  toggleCompare(on = !this.compare.on): void {
    this.player.stop();
    this.compare.on = on;
    this.preview.clear();
    this.#showCompare(true);
    if (!on) this.#prepareEstimate();
  }

  /** What is set now stands on the left from now on; again, and the original does. */
  toggleKept(): void {
    const { stages, preset } = this.settings;
    if (this.compare.kept) this.compare.kept = null;
    else if (stages)
      this.compare.kept = { stages, title: preset ? t().presets.title(preset) : t().presets.ownSettings };
    this.compare.on = true;
    this.preview.clear();
    this.#showCompare(true);
  }

  /** A name for the result that fits the settings. */
  async suggest(): Promise<void> {
    const { info } = this.source;
    const { stages, codec } = this.settings;
    if (!info || stages === null) return;
    try {
      // A job whose settings change keeps its place, as long as the container fits.
      await this.destination.suggest(info.path, stages, codec);
      const { path } = this.destination;
      if (path !== null) this.space = await this.api.space(path).catch(() => null);
    } catch (error) {
      this.trouble = plainError(error);
    }
  }

  /** Queues the file that is open, or changes the job that is being edited. */
  async export(): Promise<void> {
    const { info } = this.source;
    const { path, chosen } = this.destination;
    if (!info || path === null || !this.canExport || this.step === 'running') return;
    const part = this.#part(info);
    const request = this.settings.request({ input: info.path, output: path, replace: chosen, part });
    if (!request) return;
    this.#forgetPictures();
    void this.#rememberSettings();
    const wish: QueueWish = { request, source: sourceFacts(info) };
    const { editing } = this;
    if (editing) {
      await this.queue.change(editing.id, wish);
      this.editing = null;
      this.view = 'queue';
      return;
    }
    const [id] = await this.queue.add([wish]);
    if (id !== undefined) this.#jobs = { ...this.#jobs, [info.path]: id };
  }

  /** Queues all files that are open with what is set, as far as each can have it. */
  async exportAll(): Promise<void> {
    const wishes: QueueWish[] = [];
    this.#forgetPictures();
    void this.#rememberSettings();
    for (const file of this.tray.usable) {
      const info = await this.tray.known(file);
      const all = info && this.settings.stagesFor(info);
      const stages = all && this.#stagesOfOwn(all, info.path);
      if (!info || !stages) continue;
      try {
        const taken = wishes.some(({ request }) => request.input === info.path);
        if (taken) continue;
        const output = await this.api.suggestOutput(info.path, stages, this.settings.codec);
        const part = info.path === this.source.info?.path ? this.#part(info) : {};
        const request = this.settings.request({ input: info.path, output, part }, stages);
        if (request) wishes.push({ request, source: sourceFacts(info) });
      } catch (error) {
        file.error = plainError(error);
      }
    }
    if (wishes.length === 0) return;
    const ids = await this.queue.add(wishes);
    if (ids.length === 0) return;
    const added = wishes.map(({ request }, index) => [request.input, ids[index] ?? ''] as const);
    this.#jobs = { ...this.#jobs, ...Object.fromEntries(added) };
    this.view = 'queue';
  }

  /** Settings of a job of the queue, to be changed in the window. */
  async edit(entry: QueueEntry): Promise<void> {
    const { request } = entry.item;
    this.view = 'edit';
    await this.show(request.input);
    if (this.source.info?.path !== request.input) return;
    this.editing = entry;
    this.settings.useRequest(request);
    this.#settle();
    this.destination.path = request.output;
    this.destination.chosen = false;
    this.player.inPoint = request.start ?? null;
    this.player.outPoint = request.end === undefined ? null : request.end - 0.5 / this.player.rate;
    this.#changed();
  }

  /** What is set now, for jobs that wait. */
  async applySettings(entries: readonly QueueEntry[]): Promise<void> {
    for (const { id, item } of entries) {
      if (item.state === 'running' || item.state === 'done') continue;
      const { codec } = this.settings;
      const stages = this.settings.stages && this.#stagesOfOwn(this.settings.stages, item.request.input);
      if (!stages) return;
      try {
        const output = await this.api.suggestOutput(item.request.input, stages, codec);
        const { start, end } = item.request;
        const part = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
        const request = this.settings.request({ input: item.request.input, output, part }, stages);
        if (request) await this.queue.change(id, { request, source: item.source });
      } catch (error) {
        this.queue.trouble = plainError(error);
      }
    }
  }

  /** The same again after a failure: finished segments are used. */
  async retry(): Promise<void> {
    const { entry } = this;
    if (entry?.state !== 'failed') return;
    if (entry.error?.code !== 'output-exists') {
      await this.queue.release([entry.id]);
      return;
    }
    // A name that was taken meanwhile stays taken: the next free one is the way on.
    await this.backToSettings();
    await this.export();
  }

  /** Back to the settings with the same file, with a free name for the next result. */
  async backToSettings(): Promise<void> {
    const path = this.source.info?.path;
    if (path === undefined) return;
    this.editing = null;
    this.#jobs = Object.fromEntries(Object.entries(this.#jobs).filter(([name]) => name !== path));
    this.comparison.clear();
    this.destination.clear();
    this.#changed();
    await this.suggest();
  }

  async reveal(output = this.entry?.result?.output): Promise<void> {
    if (output !== undefined) await this.api.reveal(output);
  }

  get outputName(): string {
    return this.destination.path === null ? '' : fileNameOf(this.destination.path);
  }

  get outputFolder(): string {
    const { path } = this.destination;
    return path === null ? '' : path.slice(0, path.length - fileNameOf(path).length - 1);
  }

  /** What the export would take. */
  get cost(): Cost | null {
    const work = this.#work();
    return work && this.estimator.cost(work, this.preferences.current.speeds);
  }

  checkForUpdates: ClearcutApi['checkForUpdates'] = () => this.api.checkForUpdates();

  async forgetRecent(): Promise<void> {
    await this.api.forgetRecent();
    this.recent = [];
  }

  async importPresets(): Promise<void> {
    const presets = await this.api.importPresets();
    for (const preset of presets ?? []) await this.preferences.keepPreset(preset);
    this.settings.own = this.preferences.current.presets;
  }

  async exportPresets(): Promise<void> {
    await this.api.exportPresets(this.preferences.current.presets);
  }

  async #opening(opened: Promise<readonly string[]>): Promise<void> {
    const before = this.source.info;
    const paths = await opened;
    if (paths.length > 0) {
      this.tray.add(paths);
      void this.api.recent().then(
        (recent) => (this.recent = recent),
        () => undefined,
      );
    }
    const { info, seconds } = this.source;
    if (info === before) return;
    this.#forgetFile();
    if (!info) return;
    this.tray.learn(info);
    this.player.open(info, seconds);
    this.viewport.fit();
    this.strip.open(info);
    this.#settle();
    this.#changed();
    await this.suggest();
    if (this.step === 'done') await this.#compareResult();
  }

  /** The window stands still at a moment: its frame is shown, and what it becomes. */
  async #looked(moment: number): Promise<void> {
    const looking = this.source.look(moment);
    const { info, seconds } = this.source;
    if (info) this.preview.keepFor(info, this.settings.stages, seconds);
    this.#showCompare();
    this.#showObjects();
    await looking;
  }

  /** What stands in the window is no longer of these settings. */
  #changed(): void {
    const { info, seconds } = this.source;
    if (info) this.preview.keepFor(info, this.settings.stages, seconds);
    this.#showCompare();
    this.#showObjects();
    this.#prepareEstimate();
  }

  #showCompare(atOnce = false): void {
    const { info, seconds } = this.source;
    if (!info) return;
    // The frame that is looked at must not wait behind an estimate.
    if (this.compare.on) this.estimator.stop();
    this.compare.show(info, this.settings.stages, seconds, atOnce);
  }

  /** What is looked for; null where nothing is cut out. */
  get #objectsWish(): ObjectsWish | null {
    const { chain, segment } = this.settings;
    const { classes, minScore } = segment;
    if (!chain.has('segment') || (classes !== 'all' && classes.length === 0)) return null;
    return { classes, ...(minScore === null ? {} : { minScore }) };
  }

  /** Outlines of the objects in the frame that is looked at. */
  #showObjects(): void {
    const { info, seconds } = this.source;
    const wish = this.#objectsWish;
    const free = !this.compare.on && this.preview.phase.name === 'idle' && this.step === 'settings';
    if (info && wish && free && this.facts) this.objects.look(info, wish, seconds, 1 / this.player.rate);
    else this.objects.hide();
    // The frame that is looked at must not wait behind an estimate.
    if (this.objects.busy) this.estimator.stop();
  }

  /** The choice among objects follows the settings: forgotten with what was found, and told in the job's own time. */
  #keepChoice(): void {
    const { info } = this.source;
    const { segment } = this.settings;
    const wish = this.#objectsWish;
    if (this.objects.found && (!info || !wish || !this.objects.isOf(info, wish))) {
      this.objects.clear();
      segment.objects = null;
    } else if (info && this.objects.found) segment.objects = this.objects.paths(this.#segmentTime(info));
  }

  #segmentTime({ kind, video }: MediaInfo): StageTime {
    const { chain, motion } = this.settings;
    const before = chain.kinds.slice(0, chain.kinds.indexOf('segment'));
    const { num, den } = video.timeBase;
    return {
      firstSeconds: kind === 'still' ? 0 : ((video.startPts ?? 0) * num) / den,
      stretch: before.includes('slow') ? motion.slow : 1,
    };
  }

  /** A choice among objects is about one file alone. */
  #stagesOfOwn(stages: readonly StageRequest[], path: string): readonly StageRequest[] {
    if (path === this.source.info?.path) return stages;
    return stages.map((stage) => {
      if (stage.kind !== 'segment') return stage;
      const every = { ...stage };
      delete every.objects;
      return every;
    });
  }

  #prepareEstimate(): void {
    const looking = this.objects.busy || (this.compare.on && this.compare.phase.name !== 'ready');
    const free = this.queue.running === null && !looking && this.preview.phase.name !== 'making';
    this.estimator.prepare(this.#work(), this.preferences.current.speeds, free);
  }

  #work(): Work | null {
    const { info } = this.source;
    const { stages, codec, crf, rate } = this.settings;
    const { bytes, bits } = rate;
    return info && stages && { info, stages, codec, crf, bytes, bits, ...this.#part(info) };
  }

  #part(info: MediaInfo): { readonly start?: number; readonly end?: number } {
    return info.kind === 'video' ? this.player.part : {};
  }

  #settle(): void {
    if (this.source.info) this.settings.settle(this.source.info);
  }

  /** Presets and all else as it was set last, for the next start. */
  async #rememberSettings(): Promise<void> {
    await this.preferences.change({ last: this.settings.toPreset('last', 'Last') }).catch(() => undefined);
  }

  #forgetPictures(): void {
    this.player.stop();
    this.comparison.clear();
    this.preview.clear();
    this.compare.on = false;
    this.compare.hide();
    this.objects.hide();
    this.estimator.stop();
  }

  #forgetFile(): void {
    this.#forgetPictures();
    this.objects.clear();
    this.settings.segment.objects = null;
    this.compare.clear();
    this.editing = null;
    this.destination.clear();
    this.space = null;
  }

  #hear(change: QueueChange): void {
    this.announcer.hear(change);
    if (change.type === 'changed') {
      for (const item of change.items) {
        if (item.state !== 'done') continue;
        const speed = speedOf(item);
        const key = workKey(item.request.stages, item.request.codec);
        if (speed !== null) void this.preferences.learnSpeed(key, speed).catch(() => undefined);
        if (item.id === this.entry?.id) void this.#compareResult();
      }
    }
    if (change.type === 'ended' && this.queue.settings.whenDone === 'sleep') this.countdown.start();
  }

  async #compareResult(): Promise<void> {
    const { info, seconds } = this.source;
    const { entry } = this;
    if (!info || !entry?.result) return;
    const { stages, start = 0 } = entry.item.request;
    const segment = segmentOf(stages);
    if (segment && givesContours(segment)) return;
    const moment = Math.max(seconds, start);
    await this.comparison.load(
      { path: info.path, seconds: moment },
      // The same moment, where time is stretched.
      { path: entry.result.output, seconds: (moment - start) * slowness(stages) },
    );
  }
}
