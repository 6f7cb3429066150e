import copy from './copy.wgsl?raw';
import fma from './fma.wgsl?raw';
import { f32, u32, type GpuPrograms, type GpuStep } from './program';

const INVOCATIONS = 256;
/** Sums of an invocation's step: eight of four. */
const SUMS = 32;
const GROUPS = 4096;

/** A dispatch that does nothing but multiply and add; what it does in a second is the most that an adapter can. */
export function fmaStep(programs: GpuPrograms, y: GPUBufferBinding, rounds: number): GpuStep {
  return programs.step(
    { label: 'fma', code: [fma], constants: { STEPS: rounds } },
    {
      uniforms: [0.5, 0.25, 0.125, 0.75].map(f32),
      buffers: [y],
      groups: [GROUPS, 1, 1],
      operations: 2 * SUMS * rounds * INVOCATIONS * GROUPS,
    },
  );
}

/** A dispatch that does nothing but copy `bytes` bytes, which are both read and written. */
export function copyStep(
  programs: GpuPrograms,
  x: GPUBufferBinding,
  y: GPUBufferBinding,
  bytes: number,
): GpuStep {
  return programs.step(
    { label: 'copy', code: [copy], constants: {} },
    {
      uniforms: [bytes / 16, 0, 0, 0].map(u32),
      buffers: [x, y],
      groups: [Math.min(GROUPS, Math.ceil(bytes / 16 / INVOCATIONS)), 1, 1],
      bytes: 2 * bytes,
    },
  );
}
