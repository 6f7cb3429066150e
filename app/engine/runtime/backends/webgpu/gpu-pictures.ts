import { encodeSteps, GpuBilinear, GpuColour, type GpuStep } from '../../../../../kernels/webgpu';
import { byteCount, type KeptTensor } from '../../tensor';
import type { PlaneCodes } from './frame-program';
import type { GpuDevice } from './gpu-device';
import type { GpuTensor } from './gpu-tensor';
import { findKept, KeptTensors, type KeptRegistry } from './kept-tensors';
import { planesOf, type CodedPictures, type PictureProgram } from './picture-program';
import { ALIGNMENT, layoutOf, planeBytes, type PlaneLayout } from './plane-layout';

/** The way of networks' results to codes; made when the first is asked for. */
interface WayBack {
  /** The result, at its full size. */
  readonly rgb: GPUBuffer;
  /** Planes, then how many pixels are not finite. */
  readonly codes: GPUBuffer;
  readonly colour: GpuColour;
}

/**
 * Pictures of a stream on a GPU: their codes cross to it in one go, are turned to colours, turned upright and made small there.
 * Buffers, bindings and programs are made when it opens; a picture makes none.
 */
export class GpuPictures implements CodedPictures {
  readonly #gpu: GpuDevice;
  readonly #program: PictureProgram;
  readonly #registry: KeptRegistry;
  readonly #kept: KeptTensors;
  readonly #layout: PlaneLayout;
  readonly #own: GPUBuffer[] = [];
  readonly #codes: GPUBuffer;
  /** What the steps make. */
  readonly #input: GpuTensor;
  readonly #steps: readonly GpuStep[];
  readonly #tables: { dispose(): void }[] = [];
  #back: WayBack | null = null;

  /** @throws DeviceError device-out-of-memory */
  static async open(gpu: GpuDevice, program: PictureProgram, registry: KeptRegistry): Promise<GpuPictures> {
    const pictures = new GpuPictures(gpu, program, registry);
    // What lacked memory is told now, not with the first picture.
    await gpu.done();
    return pictures;
  }

  private constructor(gpu: GpuDevice, program: PictureProgram, registry: KeptRegistry) {
    this.#gpu = gpu;
    this.#program = program;
    this.#registry = registry;
    this.#kept = new KeptTensors(gpu, registry);
    this.#layout = layoutOf(planesOf(program), program.wide ? 2 : 1);
    const dims = [1, 3, program.height, program.width];
    this.#codes = this.#buffer(this.#layout.bytes, 'codes');
    this.#input = { type: 'float32', dims, buffer: this.#buffer(byteCount('float32', dims), 'picture') };
    this.#steps = this.#plan();
  }

  async take(codes: readonly PlaneCodes[]): Promise<KeptTensor> {
    for (const [index, plane] of codes.entries())
      this.#gpu.write(this.#codes, plane, this.#layout.offsets[index]);
    this.#gpu.submit(this.#steps, 'picture');
    return this.#kept.keep(this.#input);
  }

  async give(tensor: KeptTensor, codes: readonly PlaneCodes[]): Promise<number> {
    const { buffer } = findKept(this.#registry, tensor);
    const back = (this.#back ??= this.#wayBack());
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'picture back' });
    encoder.copyBufferToBuffer(buffer, 0, back.rgb, 0, byteCount('float32', this.#input.dims));
    encoder.clearBuffer(back.codes, this.#layout.bytes, 4);
    const pass = encoder.beginComputePass();
    encodeSteps(pass, back.colour.steps);
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
    const bytes = await this.#gpu.download(back.codes, this.#layout.bytes + 4);
    for (const [index, plane] of codes.entries())
      new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength).set(
        new Uint8Array(bytes, this.#layout.offsets[index], plane.byteLength),
      );
    return new Uint32Array(bytes, this.#layout.bytes, 1)[0] ?? 0;
  }

  async release(tensors: readonly KeptTensor[]): Promise<void> {
    this.#kept.release(tensors);
  }

  async close(): Promise<void> {
    this.#kept.close();
    for (const buffer of this.#own) buffer.destroy();
    for (const tables of this.#tables) tables.dispose();
  }

  #plan(): GpuStep[] {
    const { programs } = this.#gpu;
    const { coding, wide, rotation, width, height, pictureWidth, pictureHeight } = this.#program;
    const shown =
      rotation % 180 === 0
        ? { width: coding.width, height: coding.height }
        : { width: coding.height, height: coding.width };
    const planes = this.#bindings(this.#codes);
    const input = { buffer: this.#input.buffer };
    if (shown.width === pictureWidth && shown.height === pictureHeight) {
      const rgb = { ...input, columns: width, rows: height };
      return this.#with(GpuColour.toRgb(programs, coding, { planes, rgb, wide }, rotation)).steps.slice();
    }
    const whole = { buffer: this.#buffer(12 * shown.width * shown.height, 'colours') };
    const colour = this.#with(GpuColour.toRgb(programs, coding, { planes, rgb: whole, wide }, rotation));
    const small = this.#with(
      new GpuBilinear(
        programs,
        { ...whole, ...shown },
        { ...input, width, height },
        { width: pictureWidth, height: pictureHeight },
      ),
    );
    return [...colour.steps, ...small.steps];
  }

  /** @throws DeviceError device-out-of-memory */
  #wayBack(): WayBack {
    const { coding, wide, width, height } = this.#program;
    const rgb = this.#buffer(byteCount('float32', this.#input.dims), 'result');
    const codes = this.#buffer(this.#layout.bytes + ALIGNMENT, 'codes');
    const colour = GpuColour.toPlanes(
      this.#gpu.programs,
      coding,
      { planes: this.#bindings(codes), rgb: { buffer: rgb, columns: width, rows: height }, wide },
      { buffer: codes, offset: this.#layout.bytes, size: 4 },
    );
    return { rgb, codes, colour: this.#with(colour) };
  }

  #bindings(buffer: GPUBuffer): GPUBufferBinding[] {
    const unit = this.#program.wide ? 2 : 1;
    return planesOf(this.#program).map((shape, index) => ({
      buffer,
      offset: this.#layout.offsets[index] ?? 0,
      size: planeBytes(shape, unit),
    }));
  }

  #with<T extends { dispose(): void }>(tables: T): T {
    this.#tables.push(tables);
    return tables;
  }

  #buffer(bytes: number, label: string): GPUBuffer {
    const buffer = this.#gpu.buffer(bytes, label);
    this.#own.push(buffer);
    return buffer;
  }
}
