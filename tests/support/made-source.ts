import type { InstanceSource } from '../../app/engine/stages';
import type { SegmentRequest } from '../../app/shared';
import { HandMadeSource } from './hand-made';

let open: (() => InstanceSource) | null = null;
let requests: SegmentRequest[] = [];

/** What Segment finds from now on: `find` says what is in a frame, by the number of frames before it, its time and its picture. */
export function finds(find: ConstructorParameters<typeof HandMadeSource>[0], lookahead = 0): void {
  open = () => new HandMadeSource(find, lookahead);
  requests = [];
}

/** What was asked for since. */
export function asked(): readonly SegmentRequest[] {
  return requests;
}

/** Stands in for `stages/segment/open-source` where a test mocks that module by this one. */
export async function openSource(request: SegmentRequest): Promise<InstanceSource> {
  if (!open) throw new Error('Nothing is to be found.');
  requests.push(request);
  return open();
}
