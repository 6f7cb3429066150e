import type { FoundBefore } from '../../frames';
import type { InstanceSource } from './instance-source';
import type { Instance } from './instances';

/** Tells what an earlier pass over the same frames found. */
export class RecordedSource implements InstanceSource {
  readonly identity: string;
  readonly choice = null;
  readonly lookahead = 0;
  readonly needsPictures = false;
  readonly backend = 'CPU';
  readonly #found: FoundBefore;
  #records: AsyncIterator<readonly Instance[]> | null = null;
  #told = 0;
  /** Frames that were told of before this run. */
  #skip = 0;

  constructor(found: FoundBefore) {
    this.identity = `an earlier pass: ${found.identity}`;
    this.#found = found;
  }

  async push(): Promise<readonly (readonly Instance[])[]> {
    this.#records ??= this.#found.instances()[Symbol.asyncIterator]();
    for (; this.#skip > 0; this.#skip--) await this.#records.next();
    const next = await this.#records.next();
    if (next.done) throw new Error('The earlier pass saw fewer frames.');
    this.#told++;
    return [next.value];
  }

  async flush(): Promise<readonly (readonly Instance[])[]> {
    return [];
  }

  save(): unknown {
    return this.#told;
  }

  restore(saved: unknown): void {
    this.#told = Number(saved);
    this.#skip = this.#told;
  }

  async close(): Promise<void> {
    await this.#records?.return?.();
  }
}
