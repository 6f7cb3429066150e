export type { AdapterFacts } from './adapter-facts';
export { GpuDevice } from './gpu-device';
export type { FoundAdapter, GpuHost } from './gpu-host';
export { GpuSession } from './hybrid-session';
export { NodeHost } from './node-host';
