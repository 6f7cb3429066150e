import type { MediaInfo, StageRequest } from '../../../app/shared';
import type { Work } from '../estimator.svelte';
import type { Player } from '../player';
import type { Settings } from '../settings.svelte';
import type { Source } from '../source.svelte';

/** What the editor is about: the file that is open, the part of it that is wanted, and what is made of that. */
export class Subject {
  constructor(
    readonly source: Source,
    readonly player: Player,
    readonly settings: Settings,
  ) {}

  get info(): MediaInfo | null {
    return this.source.info;
  }

  /** The stages of the job; null while something is missing. */
  get stages(): readonly StageRequest[] | null {
    return this.settings.stages;
  }

  /** The part that is exported, for a job: a still has none. */
  get part(): Player['part'] {
    return this.info?.kind === 'video' ? this.player.part : {};
  }

  /** What an export would have to do, to be estimated. */
  get work(): Work | null {
    const { info, stages, part } = this;
    const { codec, crf, rate } = this.settings;
    const { bytes, bits } = rate;
    return info && stages && { info, stages, codec, crf, bytes, bits, ...part };
  }

  /** Takes back settings that can't be had together, or with this file. */
  settle(): void {
    if (this.info) this.settings.settle(this.info);
  }
}
