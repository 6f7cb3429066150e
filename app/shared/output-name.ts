import { CODEC_FACTS } from './codecs';
import type { Fit } from './fit';
import { segmentOf, type SegmentRequest, type StageRequest } from './job';
import { extensionOf, fileNameOf, isStillFile, RESULT_STILLS } from './media-names';
import { CODECS, type Codec } from './options';

/** Containers that carry what a camera or a download had in it; others (AVI, WMV, FLV, …) are left for these. */
const KEPT_CONTAINERS = ['mp4', 'm4v', 'mov', 'mkv', 'webm'];

/** Codecs that are asked for because a program wants their usual container. */
const OWN_CONTAINER: ReadonlySet<Codec> = new Set<Codec>(['prores', 'ffv1']);

const PRORES = { container: 'mov', codec: 'prores' } as const;

/** Containers of video with transparency, each with the codec that has it there. */
export const ALPHA_CONTAINERS = [
  PRORES,
  { container: 'webm', codec: 'vp9' },
  { container: 'mkv', codec: 'ffv1' },
] as const satisfies readonly { readonly container: string; readonly codec: Codec }[];

/** Stills that hold transparency. */
const TRANSPARENT_STILLS = ['png', 'webp', 'tif', 'tiff', 'avif'];

/** By how much a result is larger than its source, or the bounds that it was fitted to. */
export type Enlargement = number | Fit;

function enlargementName(by: Enlargement): string {
  if (typeof by === 'number') return `${by}x`;
  const { width, height } = by;
  if (width !== undefined && height !== undefined) return `${width}x${height}`;
  return height === undefined ? `${width}w` : `${height}p`;
}

const SEGMENT_WORDS: Readonly<Record<NonNullable<SegmentRequest['output']>, string>> = {
  overlay: 'outlines',
  cutout: 'cutout',
  matte: 'matte',
  blur: 'blur',
  replace: 'background',
  json: 'contours',
  svg: 'contours',
};

/** What a stage does, in a word of a file's name. */
function stageName(stage: StageRequest): string {
  if (stage.kind === 'enhance') return enlargementName(stage.fit ?? stage.scale ?? 1);
  if (stage.kind === 'segment') return SEGMENT_WORDS[stage.output ?? 'overlay'];
  const { deblur, factor, slow } = stage;
  return [
    deblur ? 'sharp' : null,
    factor === undefined ? null : `smooth${factor}x`,
    slow === undefined ? null : `slow${slow}x`,
  ]
    .filter((word) => word !== null)
    .join('-');
}

/**
 * The name offered for the result of `input`: `holiday-clearcut-2x.mp4`, `holiday-clearcut-1080p.mp4` or, of a chain,
 * `holiday-clearcut-slow4x-2x.mp4`, with `-2`, `-3`, … for later attempts. Stills keep their format; videos keep their container where it can hold the codec, and go
 * into Matroska otherwise, which holds all streams.
 */
export function suggestedName(
  input: string,
  stages: readonly StageRequest[],
  codec: Codec,
  attempt = 1,
): string {
  const name = fileNameOf(input);
  const extension = extensionOf(name);
  const stem = extension === '' ? name : name.slice(0, -extension.length - 1);
  const again = attempt === 1 ? '' : `-${attempt}`;
  return `${stem}-clearcut-${stages.map(stageName).join('-')}${again}.${resultExtension(input, codec, stages)}`;
}

/**
 * Extension of the result of `input`: a still's own where it can be written, a video's own where that container can hold the codec, else
 * `mkv`; for cut-outs one that holds transparency, for contours that of their document.
 */
export function resultExtension(input: string, codec: Codec, stages: readonly StageRequest[] = []): string {
  const extension = extensionOf(input);
  const output = segmentOf(stages)?.output;
  if (output === 'json' || output === 'svg') return output;
  if (isStillFile(input))
    return (output === 'cutout' ? TRANSPARENT_STILLS : RESULT_STILLS).includes(extension) ? extension : 'png';
  if (output === 'cutout') return (ALPHA_CONTAINERS.find((row) => row.codec === codec) ?? PRORES).container;
  const { containers } = CODEC_FACTS[codec];
  if (OWN_CONTAINER.has(codec)) return containers[0] ?? 'mkv';
  const kind = extension === 'm4v' ? 'mp4' : extension;
  return KEPT_CONTAINERS.includes(extension) && containers.includes(kind) ? extension : 'mkv';
}

/** True where a result called `output` can hold what `stages` make in `codec`. */
export function canHold(output: string, codec: Codec, stages: readonly StageRequest[]): boolean {
  const named = extensionOf(output);
  const extension = named === 'm4v' ? 'mp4' : named;
  const kind = segmentOf(stages)?.output;
  if (kind === 'json' || kind === 'svg') return extension === kind;
  if (kind === 'cutout')
    return ALPHA_CONTAINERS.some((row) => row.container === extension && row.codec === codec);
  return CODEC_FACTS[codec].containers.includes(extension);
}

/** The codec that `output` is written in where none is named: the first that its container can hold, with transparency where that is wanted. */
export function usualCodec(output: string, stages: readonly StageRequest[]): Codec {
  const extension = extensionOf(output);
  if (segmentOf(stages)?.output === 'cutout')
    return (ALPHA_CONTAINERS.find(({ container }) => container === extension) ?? PRORES).codec;
  return CODECS.find((codec) => canHold(output, codec, stages)) ?? 'h264';
}
