import type { BackendChoice } from './backend';
import { HybridSession } from './backends/cpu';
import type { EnhanceManifest, InterpolateManifest, ModelFile } from '../../shared';
import { GuardedSession } from './guarded-session';
import { readModelFile, type InstalledModel } from './manifest';
import { kernelOperators } from './operators';
import { processGpu } from './process-gpu';
import { processKernels } from './process-kernels';
import type { HostTensor } from './tensor';

/** A model that is loaded and ready to run. */
export interface ModelSession {
  /**
   * Outputs by name; they stay valid until the next call. One call at a time.
   *
   * @throws DeviceError where this size is too much for the device
   */
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  /** Goes on with less of a device, where there is less: the processor, after a graphics card. False where it was that already. */
  retreat?(): Promise<boolean>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Told when the processor has to go on where a graphics card failed. */
  readonly note?: (text: string) => void;
  /** The caller has smaller inputs for a device that runs out of memory, and calls `retreat` when there are none. */
  readonly mayShrink?: boolean;
}

/**
 * Loads a model of one graph on a backend.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function openModel(
  { manifest, folder }: InstalledModel<EnhanceManifest | InterpolateManifest>,
  backend: Pick<BackendChoice, 'adapter'>,
  options: SessionOptions = {},
): Promise<ModelSession> {
  return openGraph(folder, manifest, backend, options);
}

/**
 * Loads one of the graphs in a model's folder on a backend.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function openGraph(
  folder: string,
  file: ModelFile,
  backend: Pick<BackendChoice, 'adapter'>,
  options: SessionOptions = {},
): Promise<ModelSession> {
  const bytes = await readModelFile(folder, file);
  const cpu = async (): Promise<ModelSession> => {
    const kernels = processKernels();
    return HybridSession.create(bytes, { threads: kernels.threads, operators: kernelOperators(kernels) });
  };
  const { adapter } = backend;
  if (adapter === undefined) return cpu();
  const gpu = async () => (await processGpu().device(adapter)).openModel(bytes);
  return GuardedSession.open({ gpu, cpu }, options);
}
