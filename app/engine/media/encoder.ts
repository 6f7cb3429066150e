import { extname } from 'node:path';
import type { Codec, ColourDescription } from '../../shared';
import type { PixelFormat, StreamFormat } from '../frames';
import type { MediaTools } from './tools';

export const CONTAINERS = ['mp4', 'mov', 'mkv', 'webm', 'avi'] as const;
export type Container = (typeof CONTAINERS)[number];

/** How the video of a job is encoded. */
export interface EncoderSpec {
  readonly codec: Codec;
  /** ffmpeg's name of the encoder. */
  readonly name: string;
  readonly pixelFormat: string;
  /** Encoder options, pixel format and colour tags included. */
  readonly args: readonly string[];
  /** Extension of segment files: NUT keeps every codec with exact times. */
  readonly segmentExtension: string;
}

export type EncoderChoice =
  | { readonly supported: true; readonly encoder: EncoderSpec; readonly notes: readonly string[] }
  | { readonly supported: false; readonly reason: string };

interface CodecRow {
  /** In order of preference. */
  readonly encoders: readonly string[];
  readonly containers: readonly Container[];
  readonly defaultCrf: number | null;
  readonly maxCrf: number;
  readonly formats: readonly string[];
  /** 4:2:0 and 4:2:2 of odd sizes are refused by the encoder. */
  readonly evenOnly: boolean;
  readonly args: (encoder: string, crf: number, format: string) => readonly string[];
}

const PLANAR = [
  'yuv420p',
  'yuv422p',
  'yuv444p',
  'yuv420p10le',
  'yuv422p10le',
  'yuv444p10le',
  'gray',
] as const;

/** Codecs, one row each: where they go, what they take, and settings that are good without thought. */
const CODEC_TABLE: Readonly<Record<Codec, CodecRow>> = {
  h264: {
    encoders: ['libx264'],
    containers: ['mp4', 'mov', 'mkv', 'avi'],
    defaultCrf: 18,
    maxCrf: 51,
    formats: PLANAR,
    evenOnly: true,
    args: (_, crf) => ['-preset', 'veryfast', '-crf', String(crf)],
  },
  hevc: {
    encoders: ['libx265'],
    containers: ['mp4', 'mov', 'mkv'],
    defaultCrf: 20,
    maxCrf: 51,
    formats: [...PLANAR, 'yuv420p12le', 'yuv422p12le', 'yuv444p12le'],
    evenOnly: true,
    args: (_, crf) => ['-preset', 'fast', '-crf', String(crf), '-x265-params', 'log-level=error'],
  },
  vp9: {
    encoders: ['libvpx-vp9'],
    containers: ['webm', 'mkv', 'mp4'],
    defaultCrf: 24,
    maxCrf: 63,
    formats: [
      'yuv420p',
      'yuv422p',
      'yuv444p',
      'yuv420p10le',
      'yuv422p10le',
      'yuv444p10le',
      'yuv420p12le',
      'yuv422p12le',
      'yuv444p12le',
    ],
    evenOnly: false,
    args: (_, crf) => [
      '-crf',
      String(crf),
      '-b:v',
      '0',
      '-row-mt',
      '1',
      '-deadline',
      'good',
      '-cpu-used',
      '4',
    ],
  },
  av1: {
    encoders: ['libsvtav1', 'libaom-av1'],
    containers: ['mp4', 'mkv', 'webm'],
    defaultCrf: 28,
    maxCrf: 63,
    formats: ['yuv420p', 'yuv420p10le'],
    evenOnly: false,
    args: (encoder, crf) =>
      encoder === 'libsvtav1'
        ? ['-preset', '8', '-crf', String(crf)]
        : ['-crf', String(crf), '-b:v', '0', '-cpu-used', '8', '-strict', 'experimental'],
  },
  prores: {
    encoders: ['prores_ks'],
    containers: ['mov', 'mkv'],
    defaultCrf: null,
    maxCrf: 0,
    formats: ['yuv422p10le', 'yuv444p10le'],
    evenOnly: false,
    args: (_, __, format) => ['-profile:v', format.startsWith('yuv444') ? '4' : '3', '-vendor', 'apl0'],
  },
  ffv1: {
    encoders: ['ffv1'],
    containers: ['mkv', 'avi', 'mov'],
    defaultCrf: null,
    maxCrf: 0,
    formats: [...PLANAR, 'yuv420p12le', 'yuv422p12le', 'yuv444p12le', 'gray10le', 'gray12le'],
    evenOnly: false,
    args: () => ['-level', '3', '-slices', '4', '-slicecrc', '1', '-g', '1'],
  },
};

/** The container that a file name's extension names, or null. */
export function containerOf(path: string): Container | null {
  const extension = extname(path).slice(1).toLowerCase();
  const name = extension === 'm4v' ? 'mp4' : extension;
  return CONTAINERS.find((container) => container === name) ?? null;
}

/**
 * How `codec` can take this stream into this container, or the reason why it can't with the nearest
 * choice that can. Only changes of format that lose nothing are made by themselves.
 */
export function encoderFor(
  tools: MediaTools,
  wanted: {
    readonly codec: Codec;
    readonly stream: StreamFormat;
    readonly container: Container | null;
    readonly crf?: number;
  },
): EncoderChoice {
  const { codec, stream, container } = wanted;
  const row = CODEC_TABLE[codec];
  if (!container)
    return refuse(
      `The output's extension must name a container: ${CONTAINERS.map((name) => `.${name}`).join(', ')}.`,
    );
  if (!row.containers.includes(container)) {
    return refuse(
      `.${container} can't hold ${codec}: name the output .${row.containers.join(' or .')}, or choose another codec.`,
    );
  }
  const name = row.encoders.find((encoder) => tools.encoders.has(encoder));
  if (!name)
    return refuse(
      `This ffmpeg (${tools.ffmpeg.source}) can't write ${codec}: choose another codec, or install a fuller ffmpeg.`,
    );
  const crf = wanted.crf ?? row.defaultCrf ?? 0;
  if (wanted.crf !== undefined && row.defaultCrf === null)
    return refuse(`${codec} has no CRF: leave out --crf.`);
  if (crf > row.maxCrf) return refuse(`--crf ${crf} is out of range for ${codec}: 0 to ${row.maxCrf}.`);

  const format = fittingFormat(stream.format, row.formats);
  if (!format)
    return refuse(`${codec} can't keep ${stream.format.name}: choose ${choicesFor(stream.format)}.`);
  const subsampled = /42[02]p/.test(format);
  if (
    row.evenOnly &&
    subsampled &&
    (stream.width % 2 !== 0 || (format.startsWith('yuv420') && stream.height % 2 !== 0))
  ) {
    return refuse(
      `${codec} can't write the odd size ${stream.width}×${stream.height}: choose --codec ffv1 or vp9.`,
    );
  }
  const notes =
    format === stream.format.name
      ? []
      : [`Written as ${format}, which holds ${stream.format.name} without loss.`];
  return {
    supported: true,
    encoder: {
      codec,
      name,
      pixelFormat: format,
      args: [
        '-vf',
        filterChain(stream, format),
        '-c:v',
        name,
        ...row.args(name, crf, format),
        // AVI has no presentation times: frames must come in the order in which they are shown.
        ...(container === 'avi' ? ['-bf', '0'] : []),
        ...colourArguments(stream.colour),
      ],
      segmentExtension: 'nut',
    },
    notes,
  };
}

/** Tags that ffmpeg's `setparams` knows by the same names in all versions. */
const MARKS = {
  colorspace: ['bt709', 'fcc', 'bt470bg', 'smpte170m', 'smpte240m', 'ycgco', 'bt2020nc', 'bt2020c'],
  color_primaries: [
    'bt709',
    'bt470m',
    'bt470bg',
    'smpte170m',
    'smpte240m',
    'film',
    'bt2020',
    'smpte431',
    'smpte432',
  ],
  color_trc: [
    ...[
      'bt709',
      'smpte170m',
      'smpte240m',
      'linear',
      'iec61966-2-1',
      'iec61966-2-4',
      'bt2020-10',
      'bt2020-12',
    ],
    ...['smpte2084', 'arib-std-b67'],
  ],
} as const;

/**
 * Marks the frames with their colour before anything looks at it: newer ffmpegs take an encoder's
 * tags from the frames, and convert where a frame's range and the encoder's differ. What comes in is
 * what is encoded.
 */
function filterChain({ colour, format }: StreamFormat, target: string): string {
  const range = colour.range === 'full' ? 'full' : 'limited';
  const known = (mark: keyof typeof MARKS, value: string): string[] =>
    (MARKS[mark] as readonly string[]).includes(value) ? [`${mark}=${value}`] : [];
  const marks = [
    ...(colour.rangeStated ? [`range=${range}`] : []),
    ...known('colorspace', colour.matrix),
    ...known('color_primaries', colour.primaries),
    ...known('color_trc', colour.transfer),
  ];
  return [
    ...(marks.length > 0 ? [`setparams=${marks.join(':')}`] : []),
    // A richer format takes the samples over; both sides have the same range.
    ...(target === format.name ? [] : [`scale=in_range=${range}:out_range=${range}:flags=accurate_rnd`]),
    `format=${target}`,
  ].join(',');
}

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

/** The format itself, or the nearest of `formats` that holds all of its samples exactly. */
function fittingFormat(format: PixelFormat, formats: readonly string[]): string | null {
  if (formats.includes(format.name)) return format.name;
  const gray = format.planes === 1;
  const families = gray
    ? ['yuv420p', 'yuv422p', 'yuv444p']
    : format.chromaShiftY === 1
      ? ['yuv420p', 'yuv422p', 'yuv444p']
      : format.chromaShiftX === 1
        ? ['yuv422p', 'yuv444p']
        : ['yuv444p'];
  for (const family of families) {
    for (const depth of [8, 10, 12]) {
      const name = depth === 8 ? family : `${family}${depth}le`;
      if (depth >= format.bitDepth && formats.includes(name)) return name;
    }
  }
  return null;
}

function choicesFor(format: PixelFormat): string {
  const choices = (Object.keys(CODEC_TABLE) as Codec[]).filter((codec) =>
    fittingFormat(format, CODEC_TABLE[codec].formats),
  );
  return choices.map((codec) => `--codec ${codec}`).join(' or ');
}

function refuse(reason: string): EncoderChoice {
  return { supported: false, reason };
}
