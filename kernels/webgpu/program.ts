/// <reference types="@webgpu/types" />
import type { GpuAbilities } from './variants';

/** A number of a uniform struct, by the type of its field. */
export type Field = { readonly u32: number } | { readonly i32: number } | { readonly f32: number };

export const u32 = (value: number): Field => ({ u32: value });
export const i32 = (value: number): Field => ({ i32: value });
export const f32 = (value: number): Field => ({ f32: value });

/** What a dispatch runs. */
export interface ProgramSource {
  /** For messages and measurements. */
  readonly label: string;
  /** Files of WGSL, put together in this order. */
  readonly code: readonly string[];
  /** Values of its `override`s. */
  readonly constants: Readonly<Record<string, number>>;
}

/** A dispatch with all that it reads and writes: to be encoded any number of times. */
export interface GpuStep {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly groups: readonly [number, number, number];
  /** Additions, and products or differences that go into them. */
  readonly operations: number;
  /** That have to be read and written at least. */
  readonly bytes: number;
  /** Its own, to be destroyed with it. */
  readonly uniforms: GPUBuffer;
}

export interface StepOptions {
  readonly uniforms: readonly Field[];
  /** Bindings 1 and up. */
  readonly buffers: readonly GPUBufferBinding[];
  readonly groups: readonly [number, number, number];
  readonly operations?: number;
  readonly bytes?: number;
}

/** Invocations of a workgroup of kernels that count elements. */
const LINEAR = 64;
const MOST_GROUPS = 65_535;

/** Workgroups for `count` invocations of a kernel that counts elements: across, then down. */
export function linearGroups(count: number): readonly [number, number, number] {
  const groups = Math.max(1, Math.ceil(count / LINEAR));
  const across = Math.min(groups, MOST_GROUPS);
  return [across, Math.ceil(groups / across), 1];
}

/** Programs and buffers of one device. Programs are compiled once. */
export class GpuPrograms {
  readonly device: GPUDevice;
  readonly abilities: GpuAbilities;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #modules = new Map<string, GPUShaderModule>();
  /** Bound where a kernel's buffer is not used. */
  readonly unused: GPUBuffer;

  constructor(device: GPUDevice) {
    this.device = device;
    const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup } = device.limits;
    this.abilities = {
      halfFloats: device.features.has('shader-f16'),
      maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup,
    };
    this.unused = this.buffer(16);
  }

  /** A buffer for `bytes` bytes (at least), to be used in shaders and copied. */
  buffer(bytes: number, label = ''): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const { STORAGE, COPY_SRC, COPY_DST } = BUFFER_USAGE;
    return this.device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST, label });
  }

  /** A buffer with `data` in it. */
  constant(data: ArrayBufferView, label = ''): GPUBuffer {
    const size = Math.max(16, Math.ceil(data.byteLength / 16) * 16);
    const { STORAGE } = BUFFER_USAGE;
    const buffer = this.device.createBuffer({ size, usage: STORAGE, mappedAtCreation: true, label });
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(buffer.getMappedRange()).set(bytes);
    buffer.unmap();
    return buffer;
  }

  /** A dispatch of `program` on buffers. */
  step(program: ProgramSource, options: StepOptions): GpuStep {
    const { label } = program;
    const pipeline = this.#pipeline(program);
    const uniforms = this.#uniforms(options.uniforms);
    const entries = [{ buffer: uniforms }, ...options.buffers].map((resource, binding) => ({
      binding,
      resource,
    }));
    const bindings = this.device.createBindGroup({
      label,
      layout: pipeline.getBindGroupLayout(0),
      entries,
    });
    const { groups, operations = 0, bytes = 0 } = options;
    return { label, pipeline, bindings, groups, operations, bytes, uniforms };
  }

  #pipeline({ label, code, constants }: ProgramSource): GPUComputePipeline {
    const text = code.join('\n');
    const key = `${text}\n${JSON.stringify(constants)}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      let module = this.#modules.get(text);
      if (!module) this.#modules.set(text, (module = this.device.createShaderModule({ label, code: text })));
      const compute = { module, entryPoint: 'main', constants };
      pipeline = this.device.createComputePipeline({ label, layout: 'auto', compute });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  #uniforms(fields: readonly Field[]): GPUBuffer {
    const size = Math.ceil((4 * fields.length) / 16) * 16;
    const buffer = this.device.createBuffer({ size, usage: BUFFER_USAGE.UNIFORM, mappedAtCreation: true });
    const view = new DataView(buffer.getMappedRange());
    fields.forEach((field, index) => {
      if ('f32' in field) view.setFloat32(4 * index, field.f32, true);
      else if ('i32' in field) view.setInt32(4 * index, field.i32, true);
      else view.setUint32(4 * index, field.u32, true);
    });
    buffer.unmap();
    return buffer;
  }
}

/** Flags of GPUBufferUsage, by the specification: the global is not there in every host. */
export const BUFFER_USAGE = {
  MAP_READ: 0x0001,
  MAP_WRITE: 0x0002,
  COPY_SRC: 0x0004,
  COPY_DST: 0x0008,
  UNIFORM: 0x0040,
  STORAGE: 0x0080,
  QUERY_RESOLVE: 0x0200,
} as const;

/** Of GPUMapMode. */
export const MAP_MODE = { READ: 1, WRITE: 2 } as const;

/** Encodes steps in order; each may read what an earlier one wrote. */
export function encodeSteps(pass: GPUComputePassEncoder, steps: readonly GpuStep[]): void {
  let pipeline: GPUComputePipeline | null = null;
  for (const step of steps) {
    if (step.pipeline !== pipeline) pass.setPipeline((pipeline = step.pipeline));
    pass.setBindGroup(0, step.bindings);
    pass.dispatchWorkgroups(...step.groups);
  }
}
