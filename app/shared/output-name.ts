import { CODEC_FACTS } from './codecs';
import type { Fit } from './fit';
import type { StageRequest } from './job';
import { extensionOf, fileNameOf, isStillFile } from './media-names';
import type { Codec } from './options';

/** Containers that carry what a camera or a download had in it; others (AVI, WMV, FLV, …) are left for these. */
const KEPT_CONTAINERS = ['mp4', 'm4v', 'mov', 'mkv', 'webm'];

/** Codecs that are asked for because a program wants their usual container. */
const OWN_CONTAINER: ReadonlySet<Codec> = new Set<Codec>(['prores', 'ffv1']);

/** By how much a result is larger than its source, or the bounds that it was fitted to. */
export type Enlargement = number | Fit;

function enlargementName(by: Enlargement): string {
  if (typeof by === 'number') return `${by}x`;
  const { width, height } = by;
  if (width !== undefined && height !== undefined) return `${width}x${height}`;
  return height === undefined ? `${width}w` : `${height}p`;
}

/** What a stage does, in a word of a file's name. */
function stageName(stage: StageRequest): string {
  if (stage.kind === 'enhance') return enlargementName(stage.fit ?? stage.scale ?? 1);
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
  return `${stem}-clearcut-${stages.map(stageName).join('-')}${again}.${resultExtension(input, codec)}`;
}

/** Extension of the result of `input`: a still's own, a video's own where that container can hold the codec, else `mkv`. */
export function resultExtension(input: string, codec: Codec): string {
  const extension = extensionOf(input);
  if (isStillFile(input)) return extension;
  const { containers } = CODEC_FACTS[codec];
  if (OWN_CONTAINER.has(codec)) return containers[0] ?? 'mkv';
  const kind = extension === 'm4v' ? 'mp4' : extension;
  return KEPT_CONTAINERS.includes(extension) && containers.includes(kind) ? extension : 'mkv';
}
