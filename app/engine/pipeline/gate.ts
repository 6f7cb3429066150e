/** A door that frames pass through: closed, it holds the pipeline after the current frame. */
export class Gate {
  #opened: Promise<void> | null = null;
  #open: () => void = () => undefined;

  get closed(): boolean {
    return this.#opened !== null;
  }

  close(): void {
    this.#opened ??= new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#open();
    this.#opened = null;
  }

  /** Resolves at once while open, else when it opens. */
  async pass(): Promise<void> {
    await this.#opened;
  }
}
