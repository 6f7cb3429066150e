import type { ClearcutApi } from '../../app/shared';
import { pictureAddress } from './source.svelte';

/** Wide enough to see every pixel of the result where the window shows it. */
const WIDTH = 2560;

/** The same moment before and after, both decoded from the real files. */
export class Comparison {
  before = $state.raw<string | null>(null);
  after = $state.raw<string | null>(null);

  constructor(private readonly host: ClearcutApi) {}

  /** Fetches both pictures; where one can't be had there is no comparison, and nothing is said about it. */
  async load(
    source: { readonly path: string; readonly seconds: number },
    result: { readonly path: string; readonly seconds: number },
  ): Promise<void> {
    try {
      const [before, after] = await Promise.all([
        this.host.poster(source.path, source.seconds, WIDTH),
        this.host.poster(result.path, result.seconds, WIDTH),
      ]);
      this.before = pictureAddress(before);
      this.after = pictureAddress(after);
    } catch {
      this.clear();
    }
  }

  clear(): void {
    for (const address of [this.before, this.after]) if (address !== null) URL.revokeObjectURL(address);
    this.before = null;
    this.after = null;
  }
}
