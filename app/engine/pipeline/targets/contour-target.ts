import { prepareVideoContours } from '../video-contours';
import type { Target, TargetContext } from './target';

/** What was found as a document, without any picture: the files of segments that keep it are all there is. */
export function contourTarget(context: TargetContext): Target {
  return {
    notes: [],
    files: [],
    finish: async (store) => (await prepareVideoContours(context.request.output, store, context)).put(),
  };
}
