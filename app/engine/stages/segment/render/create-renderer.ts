import type { SegmentRequest } from '../../../../shared';
import type { Display, StreamFormat } from '../../../frames';
import type { Turn } from '../turn';
import type { Backdrop } from './backdrop';
import { BlurredBackdrop } from './blurred-backdrop';
import { Cutout } from './cutout';
import { EdgeSoftener } from './feather';
import { FlatBackdrop } from './flat-backdrop';
import { ImageBackdrop } from './image-backdrop';
import { MatteVideo } from './matte-video';
import { Overlay } from './overlay';
import type { Renderer } from './renderer';
import { ReplacedBackground } from './replaced-background';
import { Untouched } from './untouched';

/** Of the picture's shorter side. */
const USUAL_BLUR = 0.03;

export interface RendererContext {
  readonly input: StreamFormat;
  readonly display: Display;
  readonly turn: Turn;
}

/**
 * What makes a request's pictures of frames of `input`.
 * @throws UserError no-such-file, not-media for the image that is to be put behind
 */
export async function createRenderer(request: SegmentRequest, context: RendererContext): Promise<Renderer> {
  const { input, turn } = context;
  const feather = new EdgeSoftener(request.feather ?? 0);
  switch (request.output ?? 'overlay') {
    case 'overlay':
      return new Overlay(input, turn);
    case 'cutout':
      return new Cutout(input, feather);
    case 'matte':
      return new MatteVideo(input, feather);
    case 'blur':
    case 'replace':
      return new ReplacedBackground(input, await backdropOf(request, context), feather);
    case 'json':
    case 'svg':
      return new Untouched(input);
  }
}

async function backdropOf(
  { background, blurRadius }: SegmentRequest,
  { input, display, turn }: RendererContext,
): Promise<Backdrop> {
  if (background === undefined)
    return new BlurredBackdrop(blurRadius ?? USUAL_BLUR * Math.min(input.width, input.height), input);
  if ('colour' in background) return new FlatBackdrop(background.colour, input);
  return ImageBackdrop.open(background.image, input, turn, display);
}
