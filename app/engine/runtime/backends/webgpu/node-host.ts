/// <reference types="@webgpu/types" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { adapterFacts } from './adapter-facts';
import { listAdapters, type FoundAdapter, type GpuHost } from './gpu-host';
import type { WebRuntime } from './standard-segment';

/** The npm package `webgpu`: Dawn for Node. */
interface Dawn {
  create(flags: readonly string[]): GPU;
  readonly globals: object;
}

const RUNTIME_BINARY = 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm';

/** Dawn leaves 16-bit floats out on NVIDIA's cards, for the conformance of operations that no kernel of ours uses; so does onnxruntime. */
const HALF_FLOATS = 'enable-dawn-features=vulkan_enable_f16_on_nvidia';

/** WebGPU in Node, by Dawn, which is an optional package. */
export class NodeHost implements GpuHost {
  readonly #dawn: Dawn;
  /** Dawn ends with its GPU objects, under devices that are still in use: so they are kept. */
  readonly #gpus: GPU[] = [];
  #runtime: Promise<WebRuntime> | null = null;

  private constructor(dawn: Dawn) {
    this.#dawn = dawn;
    Object.assign(globalThis, dawn.globals);
  }

  /** Null where Dawn is not installed or does not load here. */
  static async load(): Promise<NodeHost | null> {
    const dawn = await (import('webgpu') as Promise<Dawn>).catch(() => null);
    return dawn && new NodeHost(dawn);
  }

  async list(): Promise<readonly FoundAdapter[]> {
    const names = await this.#adapterNames();
    const first = this.#create([]);
    const found = await listAdapters(first, (adapter) => adapterFacts(adapter, namedBy(adapter, names)));
    const known = new Set(found.map(({ facts }) => facts.name));
    for (const name of names) {
      if (known.has(name)) continue;
      const gpu = this.#create([`adapter=${name}`]);
      const adapter = await gpu.requestAdapter();
      if (adapter) found.push({ facts: adapterFacts(adapter, name), request: () => gpu.requestAdapter() });
    }
    return found;
  }

  loadRuntime(): Promise<WebRuntime> {
    return (this.#runtime ??= loadRuntime(this.#create([])));
  }

  #create(flags: readonly string[]): GPU {
    const gpu = this.#dawn.create([HALF_FLOATS, ...flags]);
    this.#gpus.push(gpu);
    return gpu;
  }

  /** Dawn names its adapters where it is asked for one that is not there. */
  async #adapterNames(): Promise<readonly string[]> {
    try {
      await this.#dawn.create(['adapter=?']).requestAdapter();
      return [];
    } catch (error) {
      return parseAdapterNames(error instanceof Error ? error.message : '');
    }
  }
}

/** Names out of Dawn's ` * backend: 'vulkan', name: 'NVIDIA H100 80GB HBM3'`, each once. */
export function parseAdapterNames(message: string): readonly string[] {
  return [
    ...new Set([...message.matchAll(/^ \* backend: '[^']*', name: '(.*)'$/gm)].map(([, name]) => name ?? '')),
  ];
}

/** Which of Dawn's names an adapter has, where there is no doubt. */
function namedBy(adapter: GPUAdapter, names: readonly string[]): string | undefined {
  if (names.length === 1) return names[0];
  const { device, description } = adapter.info;
  return names.find((name) => name === device || description.includes(name));
}

/** onnxruntime-web looks for a browser: `navigator.gpu`, and a queue that takes what its threads share. */
async function loadRuntime(gpu: GPU): Promise<WebRuntime> {
  const { navigator: existing } = globalThis as { navigator?: object };
  if (!existing || !('gpu' in existing)) {
    const navigator = { gpu, userAgent: 'Node', hardwareConcurrency: 1 };
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  }
  copySharedData();
  // Its code only drives the GPU. Node 20 would optimise all of it first, which takes most of a minute.
  setFlagsFromString('--liftoff-only');
  const { env, InferenceSession, Tensor } = (await import('onnxruntime-web/webgpu')) as WebRuntime & {
    readonly env: { readonly wasm: { wasmBinary?: Uint8Array; numThreads?: number } };
  };
  const require = createRequire(import.meta.url);
  env.wasm.wasmBinary = await readFile(require.resolve(RUNTIME_BINARY));
  env.wasm.numThreads = 1;
  return { InferenceSession, Tensor };
}

/** Dawn for Node's queue refuses data in a SharedArrayBuffer, which browsers take. */
function copySharedData(): void {
  type WriteBuffer = (
    buffer: GPUBuffer,
    offset: number,
    data: ArrayBuffer | SharedArrayBuffer | ArrayBufferView,
    first?: number,
    count?: number,
  ) => void;
  const { prototype } = (globalThis as unknown as { GPUQueue: { prototype: { writeBuffer: WriteBuffer } } })
    .GPUQueue;
  const write = prototype.writeBuffer;
  prototype.writeBuffer = function (buffer, offset, data, first = 0, count) {
    const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
    if (!(view.buffer instanceof SharedArrayBuffer)) {
      write.call(this, buffer, offset, data, first, count);
      return;
    }
    // Elements of a typed array, bytes of anything else.
    const unit = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
    const bytes = count === undefined ? view.byteLength - unit * first : unit * count;
    const part = new Uint8Array(view.buffer, view.byteOffset + unit * first, bytes).slice();
    write.call(this, buffer, offset, part);
  };
}
