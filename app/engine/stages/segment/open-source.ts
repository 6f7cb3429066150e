import type { SegmentRequest } from '../../../shared';
import type { StageContext } from '../../frames';
import type { InstanceSource } from './instance-source';
import { NetworkSource } from './network-source';

/**
 * The source for a request: the network's findings, followed through time.
 *
 * @throws UserError model-missing, model-damaged, backend-unavailable, bad-usage (the model doesn't know a class)
 */
export async function openSource(
  request: SegmentRequest,
  context: Pick<StageContext, 'note' | 'backend'>,
): Promise<InstanceSource> {
  return NetworkSource.open(request, context);
}
