import type { ResizeOptions } from '../../../../kernels';
import { ALPHA_PLANE, type Plane, type StreamFormat } from '../../frames';
import { chromaPhase } from './chroma-siting';

/** Takes the planes of a frame to their new size, on one device or another. */
export interface FrameWay {
  /** Frames that are worth having under way at once. */
  readonly ahead: number;
  /** Fills `target`; both belong to the caller again once it settles. @throws UserError bad-result; DeviceError */
  enlarge(source: readonly Plane[], target: readonly Plane[]): Promise<void>;
  close(): Promise<void>;
}

/** What frames are and what becomes of them. */
export interface FrameSizes {
  readonly input: StreamFormat;
  readonly output: StreamFormat;
}

/** How a plane is resized: every sample of chroma stays where its luma is, luma and alpha go by their sizes. */
export function planeResize(index: number, { input, output }: FrameSizes): Omit<ResizeOptions, 'maxCode'> {
  if (index === 0 || index === ALPHA_PLANE) return {};
  const { format, colour } = input;
  const scale = { x: output.width / input.width, y: output.height / input.height };
  const phase = chromaPhase(colour.chromaLocation, scale, format.chromaShiftX, format.chromaShiftY);
  return {
    phaseX: phase.x,
    phaseY: phase.y,
    // Chroma of an odd width is rounded up: its own sizes tell a wrong step.
    stepX: 1 / scale.x,
    stepY: 1 / scale.y,
  };
}
