import { z } from 'zod';
import type { ColourDescription, Rational } from '../../shared';

/** The part of `ffprobe -of json -show_streams -show_format -show_chapters` that is used. */
const streamSchema = z.object({
  index: z.number(),
  codec_name: z.string().optional(),
  codec_type: z.string().optional(),
  codec_tag_string: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  pix_fmt: z.string().optional(),
  bits_per_raw_sample: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  chroma_location: z.string().optional(),
  field_order: z.string().optional(),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  time_base: z.string().optional(),
  start_pts: z.number().optional(),
  start_time: z.string().optional(),
  duration: z.string().optional(),
  nb_frames: z.string().optional(),
  channels: z.number().optional(),
  sample_rate: z.string().optional(),
  bit_rate: z.string().optional(),
  disposition: z.record(z.string(), z.number()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  side_data_list: z
    .array(z.object({ side_data_type: z.string().optional(), rotation: z.number().optional() }).loose())
    .optional(),
});
export type ProbedStream = z.infer<typeof streamSchema>;

export const ffprobeSchema = z.object({
  streams: z.array(streamSchema).default([]),
  chapters: z.array(z.unknown()).default([]),
  format: z
    .object({
      format_name: z.string().optional(),
      duration: z.string().optional(),
      start_time: z.string().optional(),
      tags: z.record(z.string(), z.string()).optional(),
    })
    .default({}),
});
export type ProbedFile = z.infer<typeof ffprobeSchema>;

/** `30000/1001` or `8:9` as a rational; null for `0/0`, `N/A` and the like. */
export function parseRational(text: string | undefined): Rational | null {
  const match = /^(\d+)[/:](\d+)$/.exec(text ?? '');
  const num = Number(match?.[1] ?? 0);
  const den = Number(match?.[2] ?? 0);
  return num > 0 && den > 0 ? { num, den } : null;
}

/** Seconds from ffprobe's decimal text; null where it says nothing. */
export function parseSeconds(text: string | undefined): number | null {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Seconds from Matroska's `00:01:02.345000000`; null where it is something else. */
export function parseClock(text: string | undefined): number | null {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '');
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) : null;
}

/** Clockwise degrees from the display matrix (which counts counter-clockwise), or the older `rotate` tag. */
export function rotationOf(stream: ProbedStream): 0 | 90 | 180 | 270 {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation;
  const degrees = matrix === undefined ? Number(stream.tags?.['rotate'] ?? 0) : -matrix;
  const turned = (((Math.round(degrees / 90) * 90) % 360) + 360) % 360;
  return turned === 90 || turned === 180 || turned === 270 ? turned : 0;
}

/** Bits per component of one of ffmpeg's pixel formats. */
export function bitDepthOf(pixelFormat: string): number {
  const planar = /(?:p|gray|x|y2|v30|xv)(9|10|12|14|16)(?:le|be)?$/.exec(pixelFormat);
  if (planar) return Number(planar[1]);
  if (/^(?:p0|p2|p4)(10|12|16)/.test(pixelFormat)) return Number(/^p[024](\d\d)/.exec(pixelFormat)?.[1]);
  if (/^(?:rgb48|bgr48|rgba64|bgra64|ya16)/.test(pixelFormat)) return 16;
  if (/f32|f16/.test(pixelFormat)) return 32;
  return 8;
}

const stated = (text: string | undefined): string =>
  text === undefined || text === 'unspecified' || text === 'reserved' ? 'unknown' : text;

/** Colour of a stream; `yuvj*` formats and RGB are full range whatever the file says. */
export function colourOf(stream: ProbedStream): ColourDescription {
  const format = stream.pix_fmt ?? '';
  const fullByFormat = format.startsWith('yuvj') || /^(?:gbr|rgb|bgr|argb|abgr|pal8|0rgb|0bgr)/.test(format);
  const range = stream.color_range;
  return {
    matrix: stated(stream.color_space),
    range: fullByFormat || range === 'pc' || range === 'jpeg' ? 'full' : 'limited',
    primaries: stated(stream.color_primaries),
    transfer: stated(stream.color_transfer),
    chromaLocation: stated(stream.chroma_location),
    rangeStated: fullByFormat || (range !== undefined && range !== 'unknown'),
  };
}
