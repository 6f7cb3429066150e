import { UserError, type SegmentRequest } from '../../../../shared';
import type { StreamFormat } from '../../../frames';
import type { Turn } from '../turn';
import { EdgeSoftener } from './feather';
import { MatteVideo } from './matte-video';
import { Overlay } from './overlay';
import type { Renderer } from './renderer';
import { Untouched } from './untouched';

/** What makes a request's pictures of frames of `input`. */
export async function createRenderer(
  request: SegmentRequest,
  { input, turn }: { readonly input: StreamFormat; readonly turn: Turn },
): Promise<Renderer> {
  const feather = new EdgeSoftener(request.feather ?? 0);
  switch (request.output ?? 'overlay') {
    case 'overlay':
      return new Overlay(input, turn);
    case 'matte':
      return new MatteVideo(input, feather);
    case 'json':
    case 'svg':
      return new Untouched(input);
    default:
      throw new UserError('unsupported-output', `--output ${request.output} can't be made.`);
  }
}
