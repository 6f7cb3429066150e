import { basename } from 'node:path';
import { segmentOf } from '../../shared';
import { resultOrigin } from '../media';
import { prepareContours, type PreparedContours } from './contours';
import { foundRecords } from './found-file';
import type { SegmentStore } from './segment-store';
import type { TargetContext } from './targets/target';

/**
 * The document that `path` names of what was found in the frames of all segments.
 * @throws UserError disk-full, CancelledError
 */
export async function prepareVideoContours(
  path: string,
  store: SegmentStore,
  { tools, info, request, stream, display, slow, signal }: TargetContext,
): Promise<PreparedContours> {
  const origin = await resultOrigin(tools, {
    segments: store.segments,
    stream,
    info,
    ...(request.start === undefined ? {} : { start: request.start }),
    ...(slow === null ? {} : { slow }),
    signal,
  });
  return prepareContours({
    path,
    overwrite: request.overwrite,
    records: () => foundRecords(store),
    target: {
      source: basename(info.path),
      width: stream.width,
      height: stream.height,
      rotation: display.rotation,
      timeBase: stream.timeBase,
      origin,
    },
    classes: segmentOf(request.stages)?.classes ?? 'all',
    folder: store.folder,
    signal,
  });
}
