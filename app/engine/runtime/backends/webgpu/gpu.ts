import type { SelfTestName, SelfTestSize } from '../../../../../kernels/webgpu';
import type { HostTensor, KeptTensor, ModelTensor } from '../../tensor';
import type { AdapterFacts } from './adapter-facts';
import type { FrameProgram, FrameRunner } from './frame-program';
import type { CodedPictures, PictureProgram } from './picture-program';

/** GPUs, in this process or in another one: all that is passed is plain data. */
export interface Gpu {
  /** The system's first choice first. */
  adapters(): Promise<readonly AdapterFacts[]>;
  /** A device of the adapter called `name`. @throws DeviceError device-lost where there is none */
  open(name: string): Promise<OpenGpu>;
}

/** A device. Everything that computes throws DeviceError for a loss, lack of memory, or a GPU that does not come back. */
export interface OpenGpu {
  readonly facts: AdapterFacts;
  isLost(): Promise<boolean>;
  openModel(model: Uint8Array): Promise<GpuModel>;
  /** Null where the model is not made of our own operators alone: then `openModel` serves. */
  openFrames(model: Uint8Array, program: FrameProgram): Promise<FrameRunner | null>;
  /** Pictures that cross as codes, for models of this device to read. */
  openPictures(program: PictureProgram): Promise<CodedPictures>;
  /** A copy in the host's memory of what is kept on this device. */
  read(tensor: KeptTensor): Promise<HostTensor>;
  /** What a test gives, which the processor's kernels must give as well, and how long a second run takes. */
  selfTest(name: SelfTestName, size: SelfTestSize): Promise<SelfTestResult>;
  /** Every step of a frame by itself. */
  timeFrame(model: Uint8Array, program: FrameProgram): Promise<readonly StepTiming[]>;
  /** The most that the adapter can do, measured. */
  ceilings(): Promise<GpuCeilings>;
  close(): Promise<void>;
}

export interface GpuModel {
  /**
   * Outputs by name, in the host's memory but for those in `keep`, which stay on the device until they are released or this
   * model is closed. Feeds are the host's, or what a model of the same device keeps.
   */
  run(
    feeds: Readonly<Record<string, ModelTensor>>,
    keep?: readonly string[],
  ): Promise<Record<string, ModelTensor>>;
  /** Seconds that a run takes on the device, from handing it over until it is done, nothing copied: by the host's clock. */
  time(feeds: Readonly<Record<string, ModelTensor>>): Promise<number>;
  /** Gives back what this model kept. */
  release(tensors: readonly KeptTensor[]): Promise<void>;
  close(): Promise<void>;
}

export interface SelfTestResult {
  readonly output: Float32Array;
  readonly seconds: number;
}

export interface StepTiming {
  readonly label: string;
  readonly operations: number;
  readonly bytes: number;
  /** Null where the adapter has no timestamps. */
  readonly seconds: number | null;
}

export interface GpuCeilings {
  /** Read and written, by a shader that copies. */
  readonly bytesPerSecond: number;
  /** Additions and multiplications of 32-bit floats. */
  readonly operationsPerSecond: number;
}
