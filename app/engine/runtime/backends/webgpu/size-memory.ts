/** Bytes up to which what was made for one size of inputs stays beside that for others. */
const SMALL = 2 ** 22;
const MOST = 24;

interface Entry<T> {
  readonly value: T;
  readonly small: boolean;
}

/**
 * What was made for inputs of some sizes, to be used again when they come back: of small ones for many, of a large one only
 * the last.
 */
export class SizeMemory<T> {
  readonly #dispose: (value: T) => void;
  /** The one used last stands last. */
  #entries: Entry<T>[] = [];

  constructor(dispose: (value: T) => void) {
    this.#dispose = dispose;
  }

  find(fits: (value: T) => boolean): T | undefined {
    const at = this.#entries.findIndex(({ value }) => fits(value));
    const [entry] = at < 0 ? [] : this.#entries.splice(at, 1);
    if (entry) this.#entries.push(entry);
    return entry?.value;
  }

  /** Before something new is made: lets go of what is large, and of what was not used for the longest. */
  makeRoom(): void {
    const large = this.#entries.filter(({ small }) => !small);
    const rest = this.#entries.filter(({ small }) => small);
    const old = rest.splice(0, Math.max(0, rest.length + 1 - MOST));
    this.#entries = rest;
    for (const { value } of [...large, ...old]) this.#dispose(value);
  }

  /** Remembers what was made, of so many bytes. */
  add(value: T, bytes: number): void {
    this.#entries.push({ value, small: bytes <= SMALL });
  }

  close(): void {
    for (const { value } of this.#entries.splice(0)) this.#dispose(value);
  }
}
