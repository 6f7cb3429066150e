import type { PictureCoding } from '../../../../../kernels';
import type { QuarterTurn } from '../../../../../kernels/webgpu';
import type { KeptTensor } from '../../tensor';
import type { PlaneCodes } from './frame-program';

/** How the codes of a stream's pictures become what a network reads, as plain data: it may cross to the process that has the GPU. */
export interface PictureProgram {
  readonly coding: PictureCoding;
  /** One plane of luma, without colours. */
  readonly grey: boolean;
  /** 16 bits a code, else 8. */
  readonly wide: boolean;
  /** By which pictures are turned for the network. */
  readonly rotation: QuarterTurn;
  /** Of what the network reads, [1, 3, height, width]. */
  readonly width: number;
  readonly height: number;
  /** Of the picture in it, at the upper left; beyond, its last column and row go on. */
  readonly pictureWidth: number;
  readonly pictureHeight: number;
}

/** Pictures that cross to a GPU, and back, as codes; they are floats only there. */
export interface CodedPictures {
  /**
   * A picture as the network reads it, on the GPU. Its codes are the caller's again once this settles.
   *
   * @throws DeviceError
   */
  take(codes: readonly PlaneCodes[]): Promise<KeptTensor>;
  /**
   * Fills `codes` with those of a tensor such as `take` gives, where pictures are neither turned nor made smaller. Gives how
   * many pixels are not finite.
   *
   * @throws DeviceError
   */
  give(tensor: KeptTensor, codes: readonly PlaneCodes[]): Promise<number>;
  /** Gives back what `take` made. */
  release(tensors: readonly KeptTensor[]): Promise<void>;
  close(): Promise<void>;
}

/** Sizes of the planes of a program's codes. */
export function planesOf({
  coding,
  grey,
}: Pick<PictureProgram, 'coding' | 'grey'>): readonly { readonly width: number; readonly height: number }[] {
  const { width, height, chromaShiftX, chromaShiftY } = coding;
  const chroma = {
    width: (width + chromaShiftX) >> chromaShiftX,
    height: (height + chromaShiftY) >> chromaShiftY,
  };
  return [{ width, height }, ...(grey ? [] : [chroma, chroma])];
}
