import {
  BUFFER_USAGE,
  codesToFloatStep,
  encodeSteps,
  floatToCodesStep,
  GpuResize,
  MAP_MODE,
  type GpuPlane,
  type GpuStep,
} from '../../../../../kernels/webgpu';
import { DeviceError } from '../../../../shared';
import type { FrameProgram, FrameRunner, PlaneCodes, PlaneShape } from './frame-program';
import type { GpuDevice } from './gpu-device';
import type { GpuTensor } from './gpu-tensor';
import type { GpuSession } from './hybrid-session';
import { layoutOf, planeBytes, type PlaneLayout } from './plane-layout';

/** Frames that are under way at once: one computes, one is copied, one waits for neither. */
const SLOTS = 3;
/** Operations that are submitted at once: some systems reset a GPU that works on one submission for two seconds. */
const SUBMISSION = 2e11;

/** The host's side of a frame: what goes up and what comes down. */
interface Slot {
  readonly upload: GPUBuffer;
  /** The upload is mapped. */
  ready: Promise<void>;
  readonly download: GPUBuffer;
}

/**
 * Frames on a GPU: they cross to it once, all planes in one buffer, and come back once. Buffers, bindings and programs are
 * made when it opens; a frame makes none. While the GPU computes one frame, the next is copied.
 */
export class GpuFrames implements FrameRunner {
  readonly #gpu: GpuDevice;
  readonly #session: GpuSession;
  readonly #program: FrameProgram;
  readonly #sources: PlaneLayout;
  readonly #targets: PlaneLayout;
  readonly #source: GPUBuffer;
  readonly #target: GPUBuffer;
  readonly #odd: GPUBuffer;
  readonly #submissions: readonly (readonly GpuStep[])[];
  readonly #own: GPUBuffer[] = [];
  readonly #resizes: GpuResize[] = [];
  readonly #slots: Slot[];
  readonly #waiting: ((slot: Slot) => void)[] = [];
  #failure: unknown = null;

  /**
   * Takes over `session`; null where the model is not made of our own operators alone.
   *
   * @throws DeviceError device-out-of-memory
   */
  static async open(gpu: GpuDevice, session: GpuSession, program: FrameProgram): Promise<GpuFrames | null> {
    if (!session.customOnly) return null;
    const frames = new GpuFrames(gpu, session, program);
    // What lacked memory is told now, not with the first frame.
    await gpu.done();
    return frames;
  }

  private constructor(gpu: GpuDevice, session: GpuSession, program: FrameProgram) {
    this.#gpu = gpu;
    this.#session = session;
    this.#program = program;
    const unit = program.wide ? 2 : 1;
    this.#sources = layoutOf(program.source, unit);
    this.#targets = layoutOf(program.target, unit);
    this.#source = this.#buffer(this.#sources.bytes, 'frame');
    this.#target = this.#buffer(this.#targets.bytes, 'result');
    this.#odd = this.#buffer(4, 'odd');
    this.#submissions = inSubmissions(this.#steps());
    this.#slots = Array.from({ length: SLOTS }, () => this.#slot());
  }

  /** All that is done with a frame, for measurements. */
  get steps(): readonly GpuStep[] {
    return this.#submissions.flat();
  }

  async run(source: readonly PlaneCodes[], target: readonly PlaneCodes[]): Promise<number> {
    const slot = this.#slots.pop() ?? (await new Promise<Slot>((resolve) => this.#waiting.push(resolve)));
    try {
      await this.#settle(slot.ready);
      this.#submit(source, slot);
      slot.ready = slot.upload.mapAsync(MAP_MODE.WRITE);
      // A failure shows when the next frame needs it.
      slot.ready.catch(() => undefined);
      await this.#settle(slot.download.mapAsync(MAP_MODE.READ));
      const odd = this.#read(slot, target);
      slot.download.unmap();
      return odd;
    } finally {
      const next = this.#waiting.shift();
      if (next) next(slot);
      else this.#slots.push(slot);
    }
  }

  async close(): Promise<void> {
    this.#failure ??= new DeviceError('device-lost', 'The graphics card was given up.');
    for (const buffer of this.#own) buffer.destroy();
    for (const { upload, download } of this.#slots) {
      upload.destroy();
      download.destroy();
    }
    for (const resize of this.#resizes) resize.dispose();
    await this.#session.close();
  }

  /** One failed, all failed: they share buffers, and a later one may not have been told. */
  async #settle<T>(promise: Promise<T>): Promise<T> {
    try {
      const result = await this.#gpu.settle(promise);
      if (this.#failure === null) return result;
    } catch (error) {
      this.#failure ??= error;
    }
    throw this.#failure;
  }

  /** Encodes and submits without a pause: frames must not mix. */
  #submit(source: readonly PlaneCodes[], { upload, download }: Slot): void {
    const up = new Uint8Array(upload.getMappedRange());
    for (const [index, plane] of source.entries())
      up.set(new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength), this.#sources.offsets[index]);
    upload.unmap();
    const { queue } = this.#gpu.device;
    const last = this.#submissions.length - 1;
    for (const [index, steps] of this.#submissions.entries()) {
      const encoder = this.#gpu.device.createCommandEncoder({ label: 'frame' });
      if (index === 0) {
        encoder.clearBuffer(this.#odd, 0, 4);
        encoder.copyBufferToBuffer(upload, 0, this.#source, 0, this.#sources.bytes);
      }
      const pass = encoder.beginComputePass();
      encodeSteps(pass, steps);
      pass.end();
      if (index === last) {
        encoder.copyBufferToBuffer(this.#target, 0, download, 0, this.#targets.bytes);
        encoder.copyBufferToBuffer(this.#odd, 0, download, this.#targets.bytes, 4);
      }
      queue.submit([encoder.finish()]);
    }
  }

  #read({ download }: Slot, target: readonly PlaneCodes[]): number {
    const down = download.getMappedRange();
    for (const [index, plane] of target.entries())
      new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength).set(
        new Uint8Array(down, this.#targets.offsets[index], plane.byteLength),
      );
    return new Uint32Array(down, this.#targets.bytes, 1)[0] ?? 0;
  }

  #steps(): GpuStep[] {
    const { network, resizes, source, target } = this.#program;
    const [luma] = source;
    const [lumaTarget] = target;
    if (!luma || !lumaTarget) throw new Error('Expected at least one plane.');
    const steps: GpuStep[] = [];
    let enlarged = this.#plane(this.#target, this.#targets, target, 0);
    const [lumaResize] = resizes;
    if (lumaResize) {
      const size = { width: luma.width * network.scale, height: luma.height * network.scale };
      const layout = layoutOf([size], this.#program.wide ? 2 : 1);
      const between = this.#buffer(layout.bytes, 'enlarged');
      enlarged = this.#plane(between, layout, [size], 0);
    }
    steps.push(...this.#networkSteps(enlarged));
    for (const [index, resize] of resizes.entries()) {
      if (!resize) continue;
      const from = index === 0 ? enlarged : this.#plane(this.#source, this.#sources, source, index);
      const to = this.#plane(this.#target, this.#targets, target, index);
      const made = new GpuResize(this.#gpu.programs, from, to, { ...resize, maxCode: this.#program.maxCode });
      this.#resizes.push(made);
      steps.push(...made.steps);
    }
    return steps;
  }

  /** Tile after tile through the network, into `enlarged`. */
  #networkSteps(enlarged: GpuPlane): GpuStep[] {
    const { network, source, maxCode } = this.#program;
    const { programs } = this.#gpu;
    const first = network.tiles[0]?.read;
    if (!first) throw new Error('Expected at least one tile.');
    const samples = this.#buffer(4 * first.width * first.height, 'tile');
    const dims = [1, 1, first.height, first.width];
    const feed: GpuTensor = { type: 'float32', dims, buffer: samples };
    const { steps: inside, outputs } = this.#session.prepare(new Map([[network.input, feed]]));
    const output = outputs.get(network.output);
    const factor = network.scale;
    if (output?.dims.join() !== [1, 1, first.height * factor, first.width * factor].join())
      throw new Error(`Expected ${network.output} to be ${factor} times as large as ${network.input}.`);
    const plane = this.#plane(this.#source, this.#sources, source, 0);
    return network.tiles.flatMap(({ read, keep }) => [
      codesToFloatStep(programs, plane, read, { buffer: samples }, network.codeScale, network.codeOffset),
      ...inside,
      floatToCodesStep(programs, enlarged, {
        samples: output,
        tileWidth: read.width * factor,
        tileX: (keep.x - read.x) * factor,
        tileY: (keep.y - read.y) * factor,
        keep: {
          x: keep.x * factor,
          y: keep.y * factor,
          width: keep.width * factor,
          height: keep.height * factor,
        },
        scale: 1 / network.codeScale,
        offset: -network.codeOffset / network.codeScale,
        most: maxCode,
        odd: { buffer: this.#odd },
      }),
    ]);
  }

  #plane(buffer: GPUBuffer, layout: PlaneLayout, shapes: readonly PlaneShape[], index: number): GpuPlane {
    const shape = shapes[index] ?? { width: 0, height: 0 };
    const { wide } = this.#program;
    const size = planeBytes(shape, wide ? 2 : 1);
    return { codes: { buffer, offset: layout.offsets[index] ?? 0, size }, ...shape, wide };
  }

  #buffer(bytes: number, label: string): GPUBuffer {
    const buffer = this.#gpu.buffer(bytes, label);
    this.#own.push(buffer);
    return buffer;
  }

  #slot(): Slot {
    const { MAP_READ, MAP_WRITE, COPY_SRC, COPY_DST } = BUFFER_USAGE;
    const { device } = this.#gpu;
    return {
      upload: device.createBuffer({
        size: this.#sources.bytes,
        usage: MAP_WRITE | COPY_SRC,
        mappedAtCreation: true,
        label: 'upload',
      }),
      ready: Promise.resolve(),
      // The count of values that are not finite comes last.
      download: device.createBuffer({
        size: this.#targets.bytes + 4,
        usage: MAP_READ | COPY_DST,
        label: 'download',
      }),
    };
  }
}

/** Steps in runs of about as many operations as go into one submission. */
function inSubmissions(steps: readonly GpuStep[]): GpuStep[][] {
  const submissions: GpuStep[][] = [[]];
  let operations = 0;
  for (const step of steps) {
    if (operations > 0 && operations + step.operations > SUBMISSION) {
      submissions.push([]);
      operations = 0;
    }
    submissions.at(-1)?.push(step);
    operations += step.operations;
  }
  return submissions;
}
