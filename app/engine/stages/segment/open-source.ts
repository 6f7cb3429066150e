import { UserError, type SegmentRequest } from '../../../shared';
import type { StageContext } from '../../frames';
import type { InstanceSource } from './instance-source';

/**
 * The source for a request: the network's findings, followed through time.
 * @throws UserError model-missing
 */
export async function openSource(_request: SegmentRequest, _context: StageContext): Promise<InstanceSource> {
  throw new UserError('model-missing', 'No network that cuts out objects is installed: leave out --segment.');
}
