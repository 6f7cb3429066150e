import { processKernels, type BackendChoice } from './backend';
import { HybridSession } from './backends/cpu';
import type { EnhanceManifest, InterpolateManifest, ModelFile } from '../../shared';
import { readModelFile, type InstalledModel } from './manifest';
import { kernelOperators } from './operators';
import type { HostTensor } from './tensor';

/** A model that is loaded and ready to run. */
export interface ModelSession {
  /**
   * Outputs by name; they stay valid until the next call. One call at a time.
   *
   * @throws DeviceError where this size is too much for the device
   */
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  close(): Promise<void>;
}

/**
 * Loads a model of one graph on a backend.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function openModel(
  { manifest, folder }: InstalledModel<EnhanceManifest | InterpolateManifest>,
  backend: BackendChoice,
): Promise<ModelSession> {
  return openGraph(folder, manifest, backend);
}

/**
 * Loads one of the graphs in a model's folder on a backend.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function openGraph(
  folder: string,
  file: ModelFile,
  backend: BackendChoice,
): Promise<ModelSession> {
  const bytes = await readModelFile(folder, file);
  switch (backend.name) {
    case 'cpu': {
      const kernels = processKernels();
      return HybridSession.create(bytes, { threads: kernels.threads, operators: kernelOperators(kernels) });
    }
    case 'webgpu':
      throw new Error('There is no WebGPU backend in this version.');
  }
}
