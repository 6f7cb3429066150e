import type { BackendChoice } from './backend';
import { HybridSession } from './backends/cpu';
import type { Kernels } from '../../../kernels';
import type { EnhanceManifest, InterpolateManifest, ModelFile } from '../../shared';
import type { PictureProgram, PlaneCodes } from './backends/webgpu';
import { GuardedModels, type OnCard } from './guarded-models';
import { readModelFile, type InstalledModel } from './manifest';
import { kernelOperators } from './operators';
import { processGpu } from './process-gpu';
import { processKernels } from './process-kernels';
import { onHost, type HostTensor, type KeptTensor, type ModelTensor } from './tensor';

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

/**
 * Models that run on each other's results, on one backend. On a graphics card what passes between them may stay there; it
 * fails in the middle of things, so that these have to be done again from where everything lay in the host's memory: `attempt`.
 */
export interface ModelSet<K extends string> {
  /** Whether results can be kept where they are made. */
  readonly onDevice: boolean;
  /**
   * Does `work`, again from its beginning where a graphics card failed in it: on the card opened anew, or on the processor.
   *
   * @throws DeviceError where the caller has smaller inputs
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Outputs of a model by name, valid until its next call. Those in `keep` stay on the device until they are released, where
   * there is one. One call at a time.
   *
   * @throws DeviceError, for `attempt` to catch
   */
  run(
    model: K,
    feeds: Readonly<Record<string, ModelTensor>>,
    keep?: readonly string[],
  ): Promise<Record<string, ModelTensor>>;
  /**
   * A picture's codes as a tensor that models read, kept on the device until it is released; null where there is none, or
   * where it has no room for the picture.
   *
   * @throws DeviceError, for `attempt` to catch
   */
  takePicture(program: PictureProgram, codes: readonly PlaneCodes[]): Promise<KeptTensor | null>;
  /**
   * Fills `codes` with those of a picture that was kept; gives how many pixels are not finite.
   *
   * @throws DeviceError, for `attempt` to catch
   */
  givePicture(program: PictureProgram, tensor: KeptTensor, codes: readonly PlaneCodes[]): Promise<number>;
  /** A copy of what was kept. @throws DeviceError, for `attempt` to catch */
  read(tensor: KeptTensor): Promise<HostTensor>;
  /** Whether tensors that were kept are still there. */
  holds(tensors: readonly KeptTensor[]): boolean;
  release(tensors: readonly KeptTensor[]): Promise<void>;
  /** Goes on with less of a device, where there is less: the processor, after a graphics card. False where it was that already. */
  retreat(): Promise<boolean>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Told when the processor has to go on where a graphics card failed. */
  readonly note?: (text: string) => void;
  /** The caller has smaller inputs for a device that runs out of memory or was lost, and calls `retreat` when there are none. */
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
  const models = await openGraphs(folder, { model: manifest }, backend, options);
  return {
    run: (feeds) =>
      models.attempt(async () => {
        const results = await models.run('model', feeds);
        return Object.fromEntries(Object.entries(results).map(([name, made]) => [name, onHost(made)]));
      }),
    retreat: () => models.retreat(),
    close: () => models.close(),
  };
}

/**
 * Loads graphs of a model's folder, by name, on a backend.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function openGraphs<K extends string>(
  folder: string,
  files: Readonly<Record<K, ModelFile>>,
  { adapter }: Pick<BackendChoice, 'adapter'>,
  options: SessionOptions = {},
): Promise<ModelSet<K>> {
  const cpu = async (): Promise<Record<K, ModelSession>> => {
    const kernels = processKernels();
    const settings = { threads: kernels.threads, operators: kernelOperators(kernels) };
    const bytes = await forEach(files, (file) => readModelFile(folder, fileFor(file, kernels)));
    return openEach(bytes, (model) => HybridSession.create(model, settings));
  };
  if (adapter === undefined) return GuardedModels.open({ gpu: null, cpu }, options);
  const bytes = await forEach(files, (file) => readModelFile(folder, file));
  const gpu = async (): Promise<OnCard<K>> => {
    const device = await processGpu().device(adapter);
    return { device, models: await openEach(bytes, (model) => device.openModel(model)) };
  };
  return GuardedModels.open({ gpu, cpu }, options);
}

/** The file of a model that the processor runs. */
export function fileFor(file: ModelFile, { hasDotProducts }: Pick<Kernels, 'hasDotProducts'>): ModelFile {
  return (hasDotProducts && file.eightBit) || file;
}

/** What `open` makes of each; those that are open are closed again where one fails. */
async function openEach<K extends string, T extends { close(): Promise<void> }>(
  bytes: Readonly<Record<K, Uint8Array>>,
  open: (model: Uint8Array) => Promise<T>,
): Promise<Record<K, T>> {
  const opened: T[] = [];
  try {
    return await forEach(bytes, async (model) => {
      const one = await open(model);
      opened.push(one);
      return one;
    });
  } catch (error) {
    for (const one of opened) await one.close().catch(() => undefined);
    throw error;
  }
}

/** One after the other, under the same names. */
async function forEach<K extends string, T, U>(
  values: Readonly<Record<K, T>>,
  make: (value: T) => Promise<U>,
): Promise<Record<K, U>> {
  const made: Partial<Record<K, U>> = {};
  for (const [name, value] of Object.entries(values) as [K, T][]) made[name] = await make(value);
  return made as Record<K, U>;
}
