/// <reference types="@webgpu/types" />

/** An adapter as people and `auto` see it; plain data. */
export interface AdapterFacts {
  /** `NVIDIA H100 80GB HBM3` */
  readonly name: string;
  readonly driver: string;
  /** Computes on the processor. */
  readonly software: boolean;
  /** What decides which kernels run and what can be measured. */
  readonly halfFloats: boolean;
  readonly timestamps: boolean;
  readonly maxBufferBytes: number;
}

/** Software drivers by what they call themselves: SwiftShader, Mesa's lavapipe, Windows' WARP. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b/i;

/** `name` where the host knows a better one than WebGPU tells. */
export function adapterFacts(adapter: GPUAdapter, name?: string): AdapterFacts {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const words = [vendor, architecture].filter((word) => word !== '').join(' ');
  const known = name ?? (device || words || 'unnamed adapter');
  return {
    name: known,
    driver: description || words,
    software:
      isFallbackAdapter || SOFTWARE.test([known, vendor, architecture, device, description].join(' ')),
    halfFloats: adapter.features.has('shader-f16'),
    timestamps: adapter.features.has('timestamp-query'),
    maxBufferBytes: Math.min(adapter.limits.maxBufferSize, adapter.limits.maxStorageBufferBindingSize),
  };
}
