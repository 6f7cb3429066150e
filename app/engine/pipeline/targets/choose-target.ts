import { basename } from 'node:path';
import {
  contourFormat,
  extensionOf,
  givesContours,
  segmentOf,
  UserError,
  type SegmentRequest,
} from '../../../shared';
import { containerOf } from '../../media';
import { isNumbered } from '../numbered-files';
import { animationTarget } from './animation-target';
import { containerTarget } from './container-target';
import { contourTarget } from './contour-target';
import { pictureTarget } from './picture-target';
import type { Target, TargetContext } from './target';

/**
 * The kind of result that the output's name and the stages mean.
 * @throws UserError unsupported-output
 */
export async function chooseTarget(context: TargetContext): Promise<Target> {
  const { output, stages } = context.request;
  const segment = segmentOf(stages);
  const format = contourFormat(output);
  if (segment && givesContours(segment)) {
    refuseRate(context);
    return documentTarget(context, segment);
  }
  if (format !== null)
    throw new UserError(
      'unsupported-output',
      `${output} would hold contours, not a video: add --segment with --output ${format}, or end it in .mp4.`,
    );
  const container = containerOf(output);
  if (container) return containerTarget(context, container);
  refuseRate(context);
  const extension = extensionOf(output);
  if (extension === 'webp' && !isNumbered(basename(output))) return animationTarget(context);
  if (extension === 'png' && isNumbered(basename(output))) return pictureTarget(context);
  if (extension === 'png')
    throw new UserError(
      'unsupported-output',
      `${output} is one picture, and a video gives many: name them by a number, such as out/%05d.png.`,
    );
  throw new UserError(
    'unsupported-output',
    `${output} names no container that can be written: end it in .mp4, .mov, .mkv, .webm or .avi (or .webp, or %05d.png for pictures).`,
  );
}

function refuseRate({ request: { output, bitrate, targetSize } }: TargetContext): void {
  if (bitrate !== undefined || targetSize !== undefined)
    throw new UserError(
      'unsupported-output',
      `${output} is as large as what is in it: leave out --bitrate and --target-size, or end it in .mp4.`,
    );
}

function documentTarget(context: TargetContext, { output: format }: SegmentRequest): Target {
  const { output } = context.request;
  if (contourFormat(output) !== format)
    throw new UserError(
      'unsupported-output',
      `--output ${format} writes a document: end the output's name in .${format}.`,
    );
  if (isNumbered(basename(output)) && format !== 'svg')
    throw new UserError(
      'unsupported-output',
      `JSON holds all frames in one document: name the output without a number in place of ${output}.`,
    );
  return contourTarget(context);
}
