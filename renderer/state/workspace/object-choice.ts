import type { MediaInfo } from '../../../app/shared';
import type { FoundObjects, Objects, ObjectsWish, StageTime } from '../objects';
import type { Subject } from './subject';

/** The choice among objects, and the settings that it is part of. */
export class ObjectChoice {
  /** What the paths in the settings were told of, so that they are not told anew where nothing has changed. */
  #told: readonly [FoundObjects, ReadonlySet<number> | null, number] | null = null;

  constructor(
    private readonly subject: Subject,
    readonly objects: Objects,
  ) {}

  /** What is looked for; null where nothing is cut out. */
  get wish(): ObjectsWish | null {
    const { chain, segment } = this.subject.settings;
    const { classes, minScore } = segment;
    if (!chain.has('segment') || (classes !== 'all' && classes.length === 0)) return null;
    return { classes, ...(minScore === null ? {} : { minScore }) };
  }

  /** True where the part that is exported reaches beyond what was looked at. */
  get elsewhere(): boolean {
    const { found, chosen } = this.objects;
    const { info, player } = this.subject;
    if (!found || info?.kind !== 'video' || chosen === null) return false;
    const { start = 0, end = player.last } = player.part;
    const gap = 2 / player.rate;
    return start < found.start - gap || end > found.end + gap;
  }

  /** Follows the settings: forgotten with what was found, and told in the job's own time. */
  keep(): void {
    const { info, settings } = this.subject;
    const { found, chosen } = this.objects;
    const { wish } = this;
    if (!found) return;
    if (!info || !wish || !this.objects.isOf(info, wish)) {
      this.forget();
      return;
    }
    const time = this.#time(info);
    const [before, choice, stretch] = this.#told ?? [];
    const told = before === found && choice === chosen && stretch === time.stretch;
    if (told && (chosen === null) === (settings.segment.objects === null)) return;
    this.#told = [found, chosen, time.stretch];
    settings.segment.objects = this.objects.paths(time);
  }

  /** Another file, or other objects: nothing is chosen of them. */
  forget(): void {
    this.objects.clear();
    this.#told = null;
    this.subject.settings.segment.objects = null;
  }

  #time({ kind, video }: MediaInfo): StageTime {
    const { chain, motion } = this.subject.settings;
    const before = chain.kinds.slice(0, chain.kinds.indexOf('segment'));
    const { num, den } = video.timeBase;
    return {
      firstSeconds: kind === 'still' ? 0 : ((video.startPts ?? 0) * num) / den,
      stretch: before.includes('slow') ? motion.slow : 1,
    };
  }
}
