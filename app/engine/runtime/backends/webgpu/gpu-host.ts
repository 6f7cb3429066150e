/// <reference types="@webgpu/types" />
import type { AdapterFacts } from './adapter-facts';
import type { WebRuntime } from './standard-segment';

export interface FoundAdapter {
  readonly facts: AdapterFacts;
  /** A fresh adapter: each gives one device. Null where it has gone. */
  request(): Promise<GPUAdapter | null>;
}

/** Where there is WebGPU: Node with Dawn, or a page of a browser. */
export interface GpuHost {
  /** All adapters that can be had, the system's first choice first. */
  list(): Promise<readonly FoundAdapter[]>;
  loadRuntime(): Promise<WebRuntime>;
}

/** Adapters that a GPU object gives, whatever is asked for, each once. */
export async function listAdapters(
  gpu: GPU,
  facts: (adapter: GPUAdapter) => AdapterFacts,
): Promise<FoundAdapter[]> {
  const wishes: GPURequestAdapterOptions[] = [
    { powerPreference: 'high-performance' },
    {},
    { powerPreference: 'low-power' },
    { forceFallbackAdapter: true },
  ];
  const found: FoundAdapter[] = [];
  for (const wish of wishes) {
    const adapter = await gpu.requestAdapter(wish);
    if (!adapter) continue;
    const own = facts(adapter);
    if (found.some((other) => other.facts.name === own.name && other.facts.driver === own.driver)) continue;
    found.push({ facts: own, request: () => gpu.requestAdapter(wish) });
  }
  return found;
}
