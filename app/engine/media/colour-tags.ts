import type { ColourDescription } from '../../shared';
import { ALPHA_PLANE, type PixelFormat, type StreamFormat } from '../frames';

/** Tags that ffmpeg's `setparams` knows by the same names in all versions. */
const MARKS = {
  colorspace: 'bt709 fcc bt470bg smpte170m smpte240m ycgco bt2020nc bt2020c',
  color_primaries: 'bt709 bt470m bt470bg smpte170m smpte240m film bt2020 smpte431 smpte432',
  color_trc:
    'bt709 smpte170m smpte240m linear iec61966-2-1 iec61966-2-4 bt2020-10 bt2020-12 smpte2084 arib-std-b67',
} as const;

/** Colour tags of a stream as ffmpeg's options; frames are never converted to fit them. */
export function colourArguments(colour: ColourDescription, specifier = ''): string[] {
  const { matrix, primaries, transfer, range, chromaLocation, rangeStated } = colour;
  const tag = (name: string, value: string): string[] =>
    value === 'unknown' || value === 'gbr' ? [] : [`-${name}${specifier}`, value];
  return [
    ...tag('colorspace', matrix),
    ...tag('color_primaries', primaries),
    ...tag('color_trc', transfer),
    ...(rangeStated ? tag('color_range', range === 'full' ? 'pc' : 'tv') : []),
    ...tag('chroma_sample_location', chromaLocation),
  ];
}

/** The filter that marks frames with what is known of their colour; none where nothing is. */
export function colourMarks(colour: ColourDescription): string[] {
  const known = (mark: keyof typeof MARKS, value: string): string[] =>
    MARKS[mark].split(' ').includes(value) ? [`${mark}=${value}`] : [];
  const marks = [
    ...(colour.rangeStated ? [`range=${colour.range}`] : []),
    ...known('colorspace', colour.matrix),
    ...known('color_primaries', colour.primaries),
    ...known('color_trc', colour.transfer),
  ];
  return marks.length > 0 ? [`setparams=${marks.join(':')}`] : [];
}

/**
 * The filters before an encoder. They mark the frames with their colour before anything looks at it:
 * newer ffmpegs take an encoder's tags from the frames, and convert where a frame's range and the
 * encoder's differ. Samples change only where `target` or `written` ask for another format or range.
 */
export function encoderFilters(
  stream: StreamFormat,
  target: PixelFormat,
  written: ColourDescription,
): string {
  const { colour, format } = stream;
  const converts = target !== format || written.range !== colour.range;
  const ranges = `in_range=${colour.range}:out_range=${written.range}`;
  return [
    ...colourMarks(colour),
    ...(converts ? [`scale=${ranges}:flags=accurate_rnd+full_chroma_int`] : []),
    `format=${target.name}`,
    ...alphaFilter(format, target),
  ].join(',');
}

/** ffmpeg deepens alpha by shifts, as if it were limited range: what was opaque is not quite afterwards. */
function alphaFilter(from: PixelFormat, to: PixelFormat): string[] {
  if (to.planes <= ALPHA_PLANE || to.bitDepth === from.bitDepth) return [];
  const most = 2 ** to.bitDepth - 1;
  const shifted = (2 ** from.bitDepth - 1) * 2 ** (to.bitDepth - from.bitDepth);
  return [`lutyuv=a=round(val*${most}/${shifted})`];
}
