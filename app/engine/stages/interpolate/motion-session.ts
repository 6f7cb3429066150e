import type { MotionSession } from '../../../../kernels';
import { DeviceError } from '../../../shared';
import { processKernels } from '../../runtime';

/**
 * Motion estimation on pictures of a size, as Clearcut's kernels do it.
 *
 * @throws DeviceError device-out-of-memory; Error without the compiled kernels
 */
export function openMotionSession(width: number, height: number, finestScale: 0 | 1): MotionSession {
  try {
    return processKernels().createMotionSession({ width, height, finestScale });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new DeviceError(
      'device-out-of-memory',
      `There is no memory for the motion of ${width}×${height} pictures.`,
      { cause },
    );
  }
}
