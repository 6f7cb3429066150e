import { UserError, type SegmentRequest } from '../../../shared';
import type { StageContext } from '../../frames';
import type { InstanceSource } from './instance-source';

/**
 * The source for a request: the network's findings, followed through time.
 * @throws UserError model-missing
 */
export async function openSource(request: SegmentRequest, { note }: StageContext): Promise<InstanceSource> {
  note(`Nothing finds ${request.classes === 'all' ? 'objects' : request.classes.join(', ')} yet.`);
  throw new UserError('model-missing', 'No network that cuts out objects is installed: leave out --segment.');
}
