import { ALPHA_CONTAINERS, CODEC_FACTS, type Codec, type ColourDescription } from '../../shared';
import { ALPHA_PLANE, opaqueTwin, pixelFormat, type PixelFormat, type StreamFormat } from '../frames';
import { QUIET } from './ffmpeg-flags';
import { runTool } from './child';
import { CODEC_TABLE, type CodecRow, type RateControl } from './codec-table';
import { colourArguments, encoderFilters } from './colour-tags';
import { CONTAINERS, type Container } from './container';
import type { MediaTools } from './tools';

/** How the video of a job is encoded. */
export interface EncoderSpec {
  readonly codec: Codec;
  /** ffmpeg's name of the encoder. */
  readonly name: string;
  readonly pixelFormat: string;
  /** Encoder options, pixel format and colour tags included. */
  readonly args: readonly string[];
  /** The same for the grey stream that holds alpha, where the codec carries it as one of its own, else null. */
  readonly alphaArgs: readonly string[] | null;
  /** The same at a mean bit rate, alpha included; `most` is the highest that any segment of the result gets. */
  at(bitsPerSecond: number, most: number): EncoderSpec;
}

export type EncoderChoice =
  | { readonly supported: true; readonly encoder: EncoderSpec; readonly notes: readonly string[] }
  | { readonly supported: false; readonly reason: string };

export interface EncoderWish {
  readonly codec: Codec;
  readonly stream: StreamFormat;
  readonly container: Container | null;
  /** The codec's own default if left out. */
  readonly crf?: number;
  /** The result will be told bit rates (`EncoderSpec.at`). */
  readonly rated?: boolean;
  /** Colours may be sampled as players expect it, which is less than the stream has. */
  readonly playable?: boolean;
}

/**
 * How `codec` can take this stream into this container, or the reason why it can't with the nearest
 * choice that can. Only changes of format that lose nothing are made by themselves, but for what `playable` allows.
 */
export async function encoderFor(tools: MediaTools, wish: EncoderWish): Promise<EncoderChoice> {
  const { codec, stream, container } = wish;
  const row = CODEC_TABLE[codec];
  const refusal = alphaRefusal(wish) ?? containerRefusal(wish) ?? rateRefusal(wish);
  if (refusal !== null || container === null) return refuse(refusal ?? '');

  const present = row.encoders.filter(({ name }) => tools.encoders.has(name));
  if (present.length === 0) {
    return refuse(
      `This ffmpeg (${tools.ffmpeg.source}) can't write ${codec}: choose another codec, or install a fuller ffmpeg.`,
    );
  }
  const { width, height } = stream;
  const encoder = present.find(({ least }) => Math.min(width, height) >= least);
  if (!encoder) {
    const least = Math.min(...present.map((one) => one.least));
    return refuse(
      `${codec} can't write ${width}×${height}, only ${least}×${least} and more: choose --codec vp9 or ffv1.`,
    );
  }
  const known = await formatsOf(tools, encoder.name);
  const format = fittingFormat(
    (wish.playable ? playableTwin(codec, stream) : null) ?? stream.format,
    formatsFor(row, stream.format).filter((name) => known.size === 0 || known.has(name)),
  );
  if (!format)
    return refuse(`${codec} can't keep ${stream.format.name}: choose ${choicesFor(stream, container)}.`);
  const alpha = stream.format.planes > ALPHA_PLANE;
  const apart = alpha && row.alpha?.apart === true;
  // Of alpha that goes apart, the colours are left.
  const target = apart ? opaqueTwin(format) : format;
  const own = apart ? { ...stream, format: opaqueTwin(stream.format) } : stream;
  if (row.evenOnly && isOdd(width, height, target)) {
    return refuse(
      `${codec} can't write the odd size ${width}×${height}: choose ${choicesFor(stream, container)}.`,
    );
  }
  const written = writtenColour(codec, container, stream);
  if (!written) {
    return refuse(
      `${codec} in .${container} can't say that this video is full range: choose --codec hevc or ffv1, in .mkv.`,
    );
  }
  const crf = wish.crf ?? CODEC_FACTS[codec].crf?.default ?? 0;
  const { frameRate } = stream;
  const settings = { encoder: encoder.name, format: target.name, width, height, alpha, frameRate };
  const base = ['-c:v', encoder.name];
  const specOf = (rate: RateControl, alphaRate: RateControl): EncoderSpec => ({
    codec,
    name: encoder.name,
    pixelFormat: format.name,
    args: [
      ...['-vf', encoderFilters(own, target, written), ...base],
      ...row.args({ ...settings, rate, fullRange: written.range === 'full' }),
      // AVI has no presentation times: frames must come in the order in which they are shown.
      ...(container === 'avi' ? ['-bf', '0'] : []),
      ...colourArguments(written),
    ],
    alphaArgs: apart
      ? [...base, ...row.args({ ...settings, rate: alphaRate, fullRange: true }), '-color_range', 'pc']
      : null,
    at: (bitsPerSecond, most) => {
      const part = (share: number): RateControl => ({
        bitsPerSecond: share * bitsPerSecond,
        most: share * most,
      });
      return apart ? specOf(part(1 - ALPHA_SHARE), part(ALPHA_SHARE)) : specOf(part(1), part(0));
    },
  });
  return {
    supported: true,
    encoder: specOf({ crf }, { crf: crf * ALPHA_CRF }),
    notes: notesOn(wish, row, format, written),
  };
}

/**
 * The colour that the result has: the stream's own, but that limited range replaces full where the
 * file couldn't say so and the codec's deeper codes hold every one of the source's. Null where it
 * can be neither said nor kept.
 */
export function writtenColour(
  codec: Codec,
  container: Container,
  { colour, format }: StreamFormat,
): ColourDescription | null {
  const { statesRange } = CODEC_TABLE[codec];
  if (colour.range === 'limited' || statesRange) return colour;
  // Matroska states a range itself, but some readers take a codec's default over it.
  if (codec === 'ffv1') return container === 'mkv' ? colour : null;
  return format.bitDepth === 8 ? { ...colour, range: 'limited', rangeStated: true } : null;
}

/** Of the colours' CRF: a fault at an edge is seen more than one within. */
const ALPHA_CRF = 0.5;
/** Of the bits, where alpha goes apart. */
const ALPHA_SHARE = 0.25;

/** Formats that a codec takes for frames such as these. */
function formatsFor(row: CodecRow, { planes }: PixelFormat): readonly string[] {
  return planes > ALPHA_PLANE ? (row.alpha?.formats ?? []) : row.formats;
}

/** Where transparency can be kept, as the end of a sentence. */
const ALPHA_CHOICES = `${ALPHA_CONTAINERS.map(
  ({ container, codec }) => `.${container} (${CODEC_FACTS[codec].label})`,
).join(', ')}, .webp, or a folder for PNG pictures`;

function alphaRefusal({ codec, container, stream }: EncoderWish): string | null {
  if (stream.format.planes <= ALPHA_PLANE || container === null) return null;
  if (!ALPHA_CONTAINERS.some((row) => row.container === container))
    return `.${container} can't hold transparency: name the output ${ALPHA_CHOICES}.`;
  return CODEC_TABLE[codec].alpha === null
    ? `${codec} can't keep transparency: leave --codec out, or choose --codec ${ALPHA_CONTAINERS.map((row) => row.codec).join(', ')}.`
    : null;
}

function containerRefusal({ codec, container }: EncoderWish): string | null {
  if (!container) {
    const known = CONTAINERS.map((name) => `.${name}`).join(', ');
    return `The output's extension must name a container: ${known}.`;
  }
  const { containers } = CODEC_FACTS[codec];
  if (containers.includes(container)) return null;
  return `.${container} can't hold ${codec}: name the output .${containers.join(' or .')}, or choose another codec.`;
}

function rateRefusal({ codec, crf, rated = false }: EncoderWish): string | null {
  const limits = CODEC_FACTS[codec].crf;
  if (rated && limits === null)
    return `${codec} is as large as its pictures need: leave out --bitrate and --target-size, or choose --codec h264, hevc, vp9 or av1.`;
  if (crf === undefined) return null;
  if (limits === null) return `${codec} has no CRF: leave out --crf.`;
  return crf > limits.max ? `--crf ${crf} is out of range for ${codec}: 0 to ${limits.max}.` : null;
}

function notesOn(
  { codec, stream, container }: EncoderWish,
  row: CodecRow,
  format: PixelFormat,
  written: ColourDescription,
): string[] {
  const { colour } = stream;
  const rare = isRich(format) && PLAYED.has(codec);
  const poorer = isRich(stream.format) && !isRich(format);
  const tagged = [colour.matrix, colour.primaries, colour.transfer].some((tag) => tag !== 'unknown');
  return [
    ...(format.name === stream.format.name
      ? []
      : poorer
        ? [
            `Colours are sampled as players expect it (${format.name} for ${stream.format.name}); --chroma keep keeps all of them.`,
          ]
        : [`Written as ${format.name}, which holds ${stream.format.name} without loss.`]),
    ...(written.range === colour.range
      ? []
      : ['Full range was written as limited range with 10 bits, which holds every one of its codes.']),
    ...(rare
      ? [
          `${CODEC_FACTS[codec].label} with full colour sampling (${format.name}) is kept as it is, but few players show it.`,
        ]
      : []),
    ...(container === 'avi' && !row.statesColour && tagged
      ? [".avi can't state this video's colours: players will guess. Choose .mkv to keep them."]
      : []),
  ];
}

/** Codecs that people expect to play everywhere. */
const PLAYED: ReadonlySet<Codec> = new Set<Codec>(['h264', 'hevc', 'vp9']);

/** More chroma samples than one for four pixels. */
function isRich({ planes, chromaShiftX, chromaShiftY }: PixelFormat): boolean {
  return planes > 1 && chromaShiftX + chromaShiftY < 2;
}

/** The format of the same depth in which most players show a codec; null where the stream has it, or can't: it is transparent, or has odd sides. */
function playableTwin(codec: Codec, { format, width, height }: StreamFormat): PixelFormat | null {
  const { planes, bitDepth } = format;
  if (!PLAYED.has(codec) || !isRich(format) || planes > ALPHA_PLANE || (width | height) % 2 === 1)
    return null;
  return pixelFormat(bitDepth === 8 ? 'yuv420p' : `yuv420p${bitDepth}le`) ?? null;
}

function isOdd(width: number, height: number, { chromaShiftX, chromaShiftY }: PixelFormat): boolean {
  return (chromaShiftX === 1 && width % 2 === 1) || (chromaShiftY === 1 && height % 2 === 1);
}

const formatLists = new Map<string, Promise<ReadonlySet<string>>>();

/** Pixel formats that an encoder of this build takes (x264 and x265 are often built for 8 bits alone). */
function formatsOf(tools: MediaTools, encoder: string): Promise<ReadonlySet<string>> {
  const key = `${tools.ffmpeg.path} ${encoder}`;
  let list = formatLists.get(key);
  if (!list) {
    list = runTool(tools.ffmpeg, [...QUIET, '-h', `encoder=${encoder}`]).then((said) =>
      parseFormats(said.toString()),
    );
    formatLists.set(key, list);
    // A failure is told this time and tried again the next.
    list.catch(() => formatLists.delete(key));
  }
  return list;
}

/** The pixel formats in `ffmpeg -h encoder=NAME`; empty where it doesn't tell. */
export function parseFormats(help: string): ReadonlySet<string> {
  const line = /Supported pixel formats: (.*)/.exec(help)?.[1] ?? '';
  return new Set(line.split(' ').filter((name) => name !== ''));
}

/** The format itself, or the nearest of `formats` that holds all of its samples exactly. */
function fittingFormat(format: PixelFormat, formats: readonly string[]): PixelFormat | null {
  if (formats.includes(format.name)) return format;
  const candidates = formats
    .map((name) => pixelFormat(name))
    .filter((found) => found !== undefined)
    .filter((found) => found.bitDepth >= format.bitDepth && found.planes >= format.planes)
    .filter(
      (found) =>
        format.planes === 1 ||
        (found.chromaShiftX <= format.chromaShiftX && found.chromaShiftY <= format.chromaShiftY),
    )
    // The least deep of the least rich.
    .sort(
      (a, b) => b.chromaShiftX + b.chromaShiftY - a.chromaShiftX - a.chromaShiftY || a.bitDepth - b.bitDepth,
    );
  return candidates[0] ?? null;
}

/**
 * Codecs that keep `format` at its size, as the end of a sentence: those that the container can hold, or, where it holds none,
 * the others with one of theirs.
 */
function choicesFor({ format, width, height }: StreamFormat, container: Container): string {
  const fits = (Object.keys(CODEC_TABLE) as Codec[]).filter((codec) => {
    const row = CODEC_TABLE[codec];
    const found = fittingFormat(format, formatsFor(row, format));
    return found && !(row.evenOnly && isOdd(width, height, found));
  });
  const here = fits.filter((codec) => CODEC_FACTS[codec].containers.includes(container));
  if (here.length > 0) return here.map((codec) => `--codec ${codec}`).join(' or ');
  return fits
    .map((codec) => `--codec ${codec} in .${CODEC_FACTS[codec].containers[0] ?? 'mkv'}`)
    .join(' or ');
}

function refuse(reason: string): EncoderChoice {
  return { supported: false, reason };
}
