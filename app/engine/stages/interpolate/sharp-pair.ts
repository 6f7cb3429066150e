import { MotionSynthesizer } from './motion-synthesizer';

/** Pictures between two sharp ones, from the motion between them. */
export class SharpPair {
  readonly #size: { readonly width: number; readonly height: number };
  /** Made when it is first needed: doubling alone never needs it. */
  #motion: MotionSynthesizer | null = null;

  constructor(width: number, height: number) {
    this.#size = { width, height };
  }

  /** Those at `times`, rising, 0 for `before` and 1 for `after`; each valid until the next is asked for. */
  async *between(
    before: Float32Array,
    after: Float32Array,
    times: readonly number[],
  ): AsyncGenerator<Float32Array> {
    if (times.length === 0) return;
    const motion = (this.#motion ??= new MotionSynthesizer(this.#size));
    motion.reset();
    for (const [picture, wanted] of [
      [before, []],
      [after, times],
    ] as const)
      for await (const { time, picture: made } of motion.push(picture, wanted)) {
        // Where they don't match, the nearer one is the best guess.
        if (time > 0) yield made ?? (time < 0.5 ? before : after);
      }
  }

  async close(): Promise<void> {
    await this.#motion?.close();
  }
}
