/** Enough to come back to the desk. */
const SECONDS = 60;

/** The minute before the machine is put to sleep, in which it can still be stopped. */
export class SleepCountdown {
  left = $state<number | null>(null);
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly sleep: () => Promise<void>) {}

  start(): void {
    this.stop();
    this.left = SECONDS;
    this.#timer = setInterval(() => {
      this.left = (this.left ?? 1) - 1;
      if (this.left <= 0) void this.now();
    }, 1000);
  }

  async now(): Promise<void> {
    this.stop();
    await this.sleep().catch(() => undefined);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.left = null;
  }
}
