import { stat } from 'node:fs/promises';
import { UserError } from '../../../shared';
import { ticksToSeconds } from '../../frames';
import { MOST_WEBP_SIDE, pictureSize, writeWebpAnimation, type AnimatedPicture } from '../../media';
import { putInPlace, RESULT_PART } from '../result-file';
import type { SegmentStore } from '../segment-store';
import { pictureFiles, pictureNotes, storedPictures } from './picture-target';
import type { Target, TargetContext, Written } from './target';

/** An animated WebP. @throws UserError unsupported-output for what the format can't hold */
export function animationTarget(context: TargetContext): Target {
  const { stream, display, request } = context;
  const size = pictureSize({ stream, ...display });
  if (stream.format.bitDepth > 8)
    throw new UserError(
      'unsupported-output',
      `${request.output} can't keep ${stream.format.bitDepth} bits: name the output .mov, or a folder for PNG pictures.`,
    );
  if (Math.max(size.width, size.height) > MOST_WEBP_SIDE)
    throw new UserError(
      'unsupported-output',
      `A .webp is at most ${MOST_WEBP_SIDE} pixels wide and high: name the output .mov, or a folder for PNG pictures.`,
    );
  return {
    notes: pictureNotes(context, '.webp'),
    files: pictureFiles(context, 'webp'),
    finish: (store) => finish(store, context, size),
  };
}

async function finish(
  store: SegmentStore,
  context: TargetContext,
  size: { readonly width: number; readonly height: number },
): Promise<Written> {
  const { request, stream } = context;
  const part = store.pathOf(RESULT_PART);
  const origin = store.segments[0]?.firstPts ?? 0;
  const seconds = (pts: number): number => ticksToSeconds(pts - origin, stream.timeBase);
  async function* pictures(): AsyncGenerator<AnimatedPicture> {
    for await (const { pts, data } of storedPictures(store, context)) yield { data, time: seconds(pts) };
  }
  await writeWebpAnimation(part, size, pictures(), seconds(store.segments.at(-1)?.endPts ?? 0));
  const sizeBytes = (await stat(part)).size;
  await putInPlace(part, request.output, request.overwrite);
  return { files: [request.output], sizeBytes, notes: [] };
}
