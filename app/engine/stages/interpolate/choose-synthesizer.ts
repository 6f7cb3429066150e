import { UserError, type StageChoice } from '../../../shared';
import type { StageContext } from '../../frames';
import { chooseBackend, modelsOf, processKernels } from '../../runtime';
import type { InterpolateRequest } from './interpolate';
import { MotionSynthesizer } from './motion-synthesizer';
import type { Synthesizer } from './synthesizer';

export interface ChosenSynthesizer {
  readonly synthesizer: Synthesizer;
  /** For people. */
  readonly name: string;
  /** All that shapes its pictures. */
  readonly identity: string;
  readonly choice: StageChoice | null;
  readonly backend: string;
}

/**
 * What a request means here: a network where there is one, else motion alone.
 *
 * @throws UserError model-missing, backend-unavailable; DeviceError device-out-of-memory
 */
export async function chooseSynthesizer(
  request: InterpolateRequest,
  { input, backend: wanted, note }: Pick<StageContext, 'input' | 'backend' | 'note'>,
): Promise<ChosenSynthesizer> {
  const { method = 'auto', deblur = false } = request;
  const backend = await chooseBackend(wanted);
  const networks = await modelsOf('interpolate');
  if (networks.length === 0 && (deblur || method === 'network'))
    throw new UserError(
      'model-missing',
      `${deblur ? '--deblur' : '--method network'} needs a network for motion, and none is installed: leave it out to make new frames from motion alone.`,
    );
  if (method === 'auto')
    note('No network for motion is installed: new frames come from motion alone, and blur stays.');
  return {
    synthesizer: motionSynthesizer(input.width, input.height),
    name: 'Motion estimation',
    identity: 'motion 1',
    choice: null,
    backend: backend.description,
  };
}

/** @throws UserError backend-unavailable without compiled kernels */
function motionSynthesizer(width: number, height: number): Synthesizer {
  const { name, reason } = processKernels();
  if (name === 'reference')
    throw new UserError('backend-unavailable', `Motion can't be estimated here: ${reason}`);
  return new MotionSynthesizer({ width, height });
}
