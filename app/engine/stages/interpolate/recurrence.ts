import type { InterpolateManifest } from '../../../shared';
import { allocate } from '../../runtime';
import type { Volume } from './volume';

/** What a network hands from step to step, for a whole picture, since a certain one. */
export class Recurrence {
  /** By name, before the next step. */
  states: ReadonlyMap<string, Volume>;
  /** Where a step writes those of the one after. */
  next: ReadonlyMap<string, Volume>;
  /** Steps taken. */
  age = 0;

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
    this.states = volumes(manifest, first);
    this.next = volumes(manifest, first);
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
