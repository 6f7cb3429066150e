import {
  copyStep,
  fmaStep,
  SELF_TESTS,
  type SelfTestName,
  type SelfTestSize,
} from '../../../../../kernels/webgpu';
import { DeviceError } from '../../../../shared';
import { byteCount, tensorOver, type HostTensor, type KeptTensor, type ModelTensor } from '../../tensor';
import type { AdapterFacts } from './adapter-facts';
import type { FrameProgram, FrameRunner } from './frame-program';
import { GpuDevice } from './gpu-device';
import { GpuFrames } from './gpu-frames';
import { GpuPictures } from './gpu-pictures';
import type { GpuHost } from './gpu-host';
import type { Gpu, GpuCeilings, GpuModel, OpenGpu, SelfTestResult, StepTiming } from './gpu';
import type { GpuTensor } from './gpu-tensor';
import { GpuSession } from './hybrid-session';
import { findKept, KeptTensors, type KeptRegistry } from './kept-tensors';
import type { CodedPictures, PictureProgram } from './picture-program';

/** The GPU of the process that this runs in. */
export class LocalGpu implements Gpu {
  readonly #host: GpuHost;

  constructor(host: GpuHost) {
    this.#host = host;
  }

  async adapters(): Promise<readonly AdapterFacts[]> {
    return (await this.#host.list()).map(({ facts }) => facts);
  }

  async open(name: string): Promise<OpenGpu> {
    const found = (await this.#host.list()).find(({ facts }) => facts.name === name);
    const adapter = await found?.request();
    if (!adapter) throw new DeviceError('device-lost', `There is no graphics card called ${name} any more.`);
    return new LocalDevice(await GpuDevice.open(adapter, { name }), this.#host);
  }
}

class LocalDevice implements OpenGpu {
  readonly #gpu: GpuDevice;
  readonly #host: GpuHost;
  readonly #kept: KeptRegistry = new Map();

  constructor(gpu: GpuDevice, host: GpuHost) {
    this.#gpu = gpu;
    this.#host = host;
  }

  get facts(): AdapterFacts {
    return this.#gpu.facts;
  }

  async isLost(): Promise<boolean> {
    return this.#gpu.isLost;
  }

  async openModel(model: Uint8Array): Promise<GpuModel> {
    return new LocalModel(this.#gpu, await this.#session(model), this.#kept);
  }

  async openFrames(model: Uint8Array, program: FrameProgram): Promise<FrameRunner | null> {
    const session = await this.#session(model);
    try {
      const frames = await GpuFrames.open(this.#gpu, session, program);
      if (!frames) await session.close();
      return frames;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  openPictures(program: PictureProgram): Promise<CodedPictures> {
    return GpuPictures.open(this.#gpu, program, this.#kept);
  }

  async read(tensor: KeptTensor): Promise<HostTensor> {
    const { type, dims, buffer } = findKept(this.#kept, tensor);
    return tensorOver(type, dims, await this.#gpu.download(buffer, byteCount(type, dims)), 0);
  }

  async selfTest(name: SelfTestName, size: SelfTestSize): Promise<SelfTestResult> {
    const test = SELF_TESTS[name].onGpu(this.#gpu.programs, size);
    try {
      for (const { buffer, data } of test.inputs) this.#gpu.write(buffer, data);
      this.#gpu.submit(test.steps, 'self-test');
      const output = new Float32Array(await this.#gpu.download(test.output, test.outputBytes));
      // The first run compiled its shaders.
      const start = performance.now();
      this.#gpu.submit(test.steps, 'self-test');
      await this.#gpu.done();
      return { output, seconds: (performance.now() - start) / 1000 };
    } finally {
      test.dispose();
    }
  }

  async timeFrame(model: Uint8Array, program: FrameProgram): Promise<readonly StepTiming[]> {
    const session = await this.#session(model);
    const frames = await GpuFrames.open(this.#gpu, session, program);
    try {
      const steps = frames?.steps ?? [];
      const seconds = await this.#gpu.timeSteps(steps, TIMED_RUNS);
      return steps.map(({ label, operations, bytes }, index) => ({
        label,
        operations,
        bytes,
        seconds: seconds?.[index] ?? null,
      }));
    } finally {
      await (frames ?? session).close();
    }
  }

  async ceilings(): Promise<GpuCeilings> {
    const gpu = this.#gpu;
    const bytes = Math.min(MOST_COPIED, Math.floor(gpu.facts.maxBufferBytes / 16) * 16);
    const [x, y] = [gpu.buffer(bytes, 'copy'), gpu.buffer(bytes, 'copy')];
    const [from, to] = [{ buffer: x }, { buffer: y }];
    try {
      // As much as takes a fiftieth of a second, found by doubling: from a software driver to the largest card.
      const copied = await this.#rate(
        (share) => copyStep(gpu.programs, from, to, Math.max(2 ** 20, Math.floor((bytes * share) / 16) * 16)),
        1 / 256,
        ({ bytes: moved }) => moved,
      );
      const added = await this.#rate(
        (rounds) => fmaStep(gpu.programs, to, rounds),
        1,
        ({ operations }) => operations,
      );
      return { bytesPerSecond: copied, operationsPerSecond: added };
    } finally {
      x.destroy();
      y.destroy();
    }
  }

  async close(): Promise<void> {
    this.#gpu.close();
  }

  /** What a step does in a second, the step as large as takes long enough to be timed or as can be. */
  async #rate(
    make: (size: number) => ReturnType<typeof fmaStep>,
    first: number,
    work: (step: ReturnType<typeof fmaStep>) => number,
  ): Promise<number> {
    let best = 0;
    for (let size = first; size <= MOST_ROUNDS; size *= 2) {
      const step = make(size);
      const seconds = await this.#seconds(step);
      step.uniforms.destroy();
      best = Math.max(best, work(step) / seconds);
      if (seconds > LONG_ENOUGH || (first < 1 && size >= 1)) break;
    }
    return best;
  }

  async #seconds(step: ReturnType<typeof fmaStep>): Promise<number> {
    const timed = await this.#gpu.timeSteps([step], TIMED_RUNS);
    if (timed?.[0]) return timed[0];
    const start = performance.now();
    this.#gpu.submit([step], step.label);
    await this.#gpu.done();
    return (performance.now() - start) / 1000;
  }

  #session(model: Uint8Array): Promise<GpuSession> {
    return GpuSession.create(this.#gpu, model, () => this.#host.loadRuntime());
  }
}

/** A model on this process's device. */
class LocalModel implements GpuModel {
  readonly #session: GpuSession;
  readonly #registry: KeptRegistry;
  readonly #kept: KeptTensors;
  /** That are timed: a program's figures are no speed. */
  readonly #runs: number;

  /** Takes over `session`. */
  constructor(gpu: GpuDevice, session: GpuSession, registry: KeptRegistry) {
    this.#session = session;
    this.#registry = registry;
    this.#kept = new KeptTensors(gpu, registry);
    this.#runs = gpu.facts.software ? 1 : TIMED_RUNS;
  }

  async run(
    feeds: Readonly<Record<string, ModelTensor>>,
    keep: readonly string[] = [],
  ): Promise<Record<string, ModelTensor>> {
    const outputs = await this.#session.run(this.#found(feeds), keep);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, made]) => [name, 'buffer' in made ? this.#kept.keep(made) : made]),
    );
  }

  time(feeds: Readonly<Record<string, ModelTensor>>): Promise<number> {
    return this.#session.time(this.#found(feeds), this.#runs);
  }

  async release(tensors: readonly KeptTensor[]): Promise<void> {
    this.#kept.release(tensors);
  }

  async close(): Promise<void> {
    this.#kept.close();
    await this.#session.close();
  }

  #found(feeds: Readonly<Record<string, ModelTensor>>): Record<string, HostTensor | GpuTensor> {
    const inputs = Object.entries(feeds).map(
      ([name, feed]) => [name, 'kept' in feed ? findKept(this.#registry, feed) : feed] as const,
    );
    return Object.fromEntries(inputs);
  }
}

const TIMED_RUNS = 5;
const MOST_COPIED = 2 ** 28;
const MOST_ROUNDS = 2 ** 14;
const LONG_ENOUGH = 0.02;
