/// <reference types="@webgpu/types" />
import { existsSync } from 'node:fs';

/** The software Vulkan driver of Debian's Chromium. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Dawn for Node ends with its GPU object, under devices that are still in use. */
const kept: GPU[] = [];

export interface TestGpu {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
}

/**
 * A GPU for tests: SwiftShader where it is, so that all machines test the same; with `CLEARCUT_TEST_GPU=system` what the
 * system, or its VK_ICD_FILENAMES, says. Null, with a word on the console, where there is none; with `CLEARCUT_REQUIRE_GPU=1` that is an error.
 */
export async function testGpu(): Promise<TestGpu | null> {
  const problem = await openGpu();
  if (typeof problem !== 'string') return problem;
  if (process.env['CLEARCUT_REQUIRE_GPU'] === '1') throw new Error(`Expected a GPU for tests: ${problem}.`);
  console.warn(`Tests on a GPU are skipped: ${problem}.`);
  return null;
}

/** For processes that a test starts: the same driver. */
export function gpuEnvironment(): Record<string, string> {
  const system = process.env['CLEARCUT_TEST_GPU'] === 'system';
  return !system && existsSync(SWIFTSHADER) ? { VK_ICD_FILENAMES: SWIFTSHADER } : {};
}

async function openGpu(): Promise<TestGpu | string> {
  Object.assign(process.env, gpuEnvironment());
  const dawn = await import('webgpu').catch(() => null);
  if (!dawn) return 'the package webgpu does not load here';
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  kept.push(gpu);
  const adapter = await gpu.requestAdapter();
  return adapter ? { gpu, adapter } : 'there is no adapter (Debian: chromium and libvulkan1)';
}

/** A device with all that the adapter can. */
export async function testDevice({ adapter }: TestGpu): Promise<GPUDevice> {
  const wanted = ['shader-f16', 'timestamp-query', 'subgroups'] as const;
  const { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage },
  });
  device.addEventListener('uncapturederror', (event) => {
    console.error(event.error.message);
  });
  return device;
}

/** The bytes of a buffer, once all that was submitted has run. */
export async function readBuffer(device: GPUDevice, buffer: GPUBuffer, bytes: number): Promise<Uint8Array> {
  const size = Math.ceil(bytes / 4) * 4;
  const copy = device.createBuffer({ size, usage: 0x0001 | 0x0008 });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, size);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(1);
  const result = new Uint8Array(copy.getMappedRange().slice(0, bytes));
  copy.destroy();
  return result;
}
