import type { InterpolateManifest } from '../../../shared';
import { allocate, type KeptTensor } from '../../runtime';
import type { Volume } from './volume';

/** What a network hands from step to step, for a whole picture, since a certain one. */
export class Recurrence {
  /** By name, before the next step. */
  states: ReadonlyMap<string, Volume>;
  /** Where a step writes those of the one after. */
  next: ReadonlyMap<string, Volume>;
  /** By name, before the next step, where they are on a graphics card: then `states` are not told. */
  kept: Readonly<Record<string, KeptTensor>> | null = null;
  /** Has to take the steps that shape it again. */
  lost = false;
  /** Steps taken. */
  age = 0;
  readonly #manifest: InterpolateManifest;

  /**
   * Begins with `first`, [3, height, width], the picture pushed as number `since`.
   *
   * @throws DeviceError device-out-of-memory
   */
  constructor(
    manifest: InterpolateManifest,
    first: Volume,
    readonly since: number,
  ) {
    this.#manifest = manifest;
    this.states = volumes(manifest, first);
    this.next = volumes(manifest, first);
  }

  /** Begins again, with `first`: what it had on a graphics card is gone. */
  restart(first: Volume): void {
    this.kept = null;
    for (const [name, { data }] of volumes(this.#manifest, first)) this.states.get(name)?.data.set(data);
  }

  /** The step is done. */
  advance(): void {
    [this.states, this.next] = [this.next, this.states];
    this.age++;
  }
}

function volumes({ states }: InterpolateManifest, first: Volume): ReadonlyMap<string, Volume> {
  return new Map(
    states.map(({ name, channels, stride, start }) => {
      const [width, height] = [first.width / stride, first.height / stride];
      const data = new Float32Array(allocate(4 * channels * width * height));
      if (start === 'frame')
        for (let at = 0; at < data.length; at += first.data.length) data.set(first.data, at);
      return [name, { channels, width, height, data }];
    }),
  );
}
