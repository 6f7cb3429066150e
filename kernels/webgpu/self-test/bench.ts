import type { GpuPrograms, GpuStep } from '../program';
import type { GpuSelfTest } from './self-test';

type Own = { dispose(): void };

/** What a test needs on a GPU, to be given back in one go. */
export class Bench {
  readonly #programs: GpuPrograms;
  readonly #own: Own[] = [];
  readonly #inputs: { readonly buffer: GPUBuffer; readonly data: ArrayBufferView }[] = [];

  constructor(programs: GpuPrograms) {
    this.#programs = programs;
  }

  buffer(bytes: number): { readonly buffer: GPUBuffer } {
    const buffer = this.#programs.buffer(bytes, 'self-test');
    this.#own.push({
      dispose: () => {
        buffer.destroy();
      },
    });
    return { buffer };
  }

  /** A buffer that `data` is written to. */
  input(data: ArrayBufferView): { readonly buffer: GPUBuffer } {
    const made = this.buffer(data.byteLength);
    this.#inputs.push({ ...made, data });
    return made;
  }

  own<T extends Own>(layer: T): T {
    this.#own.push(layer);
    return layer;
  }

  /** The test; the first `count` floats of `output` are its result. */
  test(steps: readonly GpuStep[], { buffer }: { readonly buffer: GPUBuffer }, count: number): GpuSelfTest {
    return {
      inputs: this.#inputs,
      steps,
      output: buffer,
      outputBytes: 4 * count,
      dispose: () => {
        for (const one of this.#own) one.dispose();
        for (const { uniforms } of steps) uniforms.destroy();
      },
    };
  }
}
