import type { SegmentRequest } from '../../../shared';
import type { StageContext } from '../../frames';
import type { InstanceSource } from './instance-source';
import { NetworkSource } from './network-source';

/**
 * The source for a request: the network's findings, followed through time.
 *
 * @throws UserError model-missing, model-damaged, bad-usage (the model doesn't know a class)
 */
export async function openSource(
  request: SegmentRequest,
  { note, backend }: Pick<StageContext, 'note'> & Partial<Pick<StageContext, 'backend'>>,
): Promise<InstanceSource> {
  if (backend === 'webgpu')
    note('Objects are found on the processor: the graphics card does not do it in this version.');
  return NetworkSource.open(request, note);
}
