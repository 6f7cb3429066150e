import type { ClearcutApi } from '../../../app/shared';
import { t } from '../../words';
import { Compare, type CompareMode } from '../compare.svelte';
import { Estimator, type Cost } from '../estimator.svelte';
import { Objects } from '../objects';
import type { PreferencesState } from '../preferences.svelte';
import { Preview } from '../preview.svelte';
import type { PreviewJobs } from '../preview-jobs';
import type { Queue } from '../queue';
import { ObjectChoice } from './object-choice';
import type { Subject } from './subject';

/** What the editor makes to be looked at: one frame or a second before and after, outlines of objects, what an export takes. */
export class Looks {
  readonly preview: Preview;
  readonly compare: Compare;
  readonly objects: Objects;
  readonly choice: ObjectChoice;
  readonly estimator: Estimator;

  /** `free` is true while the settings are shown and there is an engine. */
  constructor(
    api: ClearcutApi,
    jobs: PreviewJobs,
    private readonly subject: Subject,
    private readonly queue: Queue,
    private readonly preferences: PreferencesState,
    private readonly free: () => boolean,
  ) {
    this.preview = new Preview(api, jobs);
    this.compare = new Compare(api, jobs);
    this.objects = new Objects(api, jobs);
    this.choice = new ObjectChoice(subject, this.objects);
    this.estimator = new Estimator(jobs, (id) => api.takePreview(id));
    this.compare.rested = this.objects.rested = () => {
      this.estimate();
    };
  }

  /** True where outlines stand over the frame. */
  get showsObjects(): boolean {
    const { found, glance } = this.objects;
    const known = found !== null || (glance !== null && !this.subject.player.playing);
    return known && this.free() && this.subject.settings.chain.has('segment');
  }

  /** What the export would take. */
  get cost(): Cost | null {
    const { work } = this.subject;
    return work && this.estimator.cost(work, this.preferences.current.speeds);
  }

  /** The window stands still at a moment: its frame is shown, and what it becomes. */
  async moved(moment: number): Promise<void> {
    const looking = this.subject.source.look(moment);
    this.#show();
    await looking;
  }

  /** What stands in the window is no longer of these settings. */
  refresh(): void {
    this.#show();
    this.estimate();
  }

  /** Estimates anew what an export would take, where nothing else is looked at. */
  estimate(): void {
    const looking = this.objects.busy || (this.compare.on && this.compare.phase.name !== 'ready');
    const free = this.queue.running === null && !looking && this.preview.phase.name !== 'making';
    this.estimator.prepare(this.subject.work, this.preferences.current.speeds, free);
  }

  /** Makes the second that the window looks at, with these settings. */
  async makePreview(): Promise<void> {
    const { info, stages, source } = this.subject;
    if (!info || !stages) return;
    this.makeWay();
    await this.preview.make(info, stages, source.seconds, this.compare.kept?.stages ?? null);
  }

  /** Shows this frame before and after, or no longer. */
  toggleCompare(on = !this.compare.on): void {
    this.subject.player.stop();
    this.compare.on = on;
    this.preview.clear();
    this.#showCompare(true);
    if (!on) this.estimate();
  }

  /** Before and after in one of the ways to see both; the same way again, and neither is shown. */
  compareBy(mode: CompareMode): void {
    const { compare } = this;
    if (compare.on && compare.mode === mode) this.toggleCompare(false);
    else {
      compare.mode = mode;
      if (!compare.on) this.toggleCompare(true);
    }
  }

  /** What is set now stands on the left from now on; again, and the original does. */
  toggleKept(): void {
    const { stages, settings } = this.subject;
    const { preset } = settings;
    if (this.compare.kept) this.compare.kept = null;
    else if (stages)
      this.compare.kept = { stages, title: preset ? t().presets.title(preset) : t().presets.ownSettings };
    this.compare.on = true;
    this.preview.clear();
    this.#showCompare(true);
  }

  /** Nothing is played, compared, previewed or tried: something else is to be seen. */
  makeWay(): void {
    this.subject.player.stop();
    this.preview.clear();
    this.compare.on = false;
    this.compare.hide();
    this.estimator.stop();
  }

  /** Another file: what was made of the last one goes. */
  clear(): void {
    this.makeWay();
    this.choice.forget();
    this.compare.clear();
  }

  #show(): void {
    const { info, stages, source } = this.subject;
    if (info) this.preview.keepFor(info, stages, source.seconds);
    this.#showCompare();
    this.#showObjects();
  }

  #showCompare(atOnce = false): void {
    const { info, stages, source } = this.subject;
    if (!info) return;
    // The frame that is looked at must not wait behind an estimate.
    if (this.compare.on) this.estimator.stop();
    this.compare.show(info, stages, source.seconds, atOnce);
  }

  /** Outlines of the objects in the frame that is looked at. */
  #showObjects(): void {
    const { info, source, player } = this.subject;
    const { wish } = this.choice;
    const free = !this.compare.on && this.preview.phase.name === 'idle' && this.free();
    if (info && wish && free) this.objects.look(info, wish, source.seconds, 1 / player.rate);
    else this.objects.hide();
    // The frame that is looked at must not wait behind an estimate.
    if (this.objects.busy) this.estimator.stop();
  }
}
