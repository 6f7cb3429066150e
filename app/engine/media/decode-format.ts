import type { Deinterlacing, MediaInfo, VideoStream } from '../../shared';
import { pixelFormat, type StreamFormat } from '../frames';

/** What frames of a file look like inside the engine, or why there can be none. */
export type DecodeFormat =
  | {
      readonly supported: true;
      readonly stream: StreamFormat;
      /** ffmpeg's names of raw formats to take as they come, separated by `|`: all have the stream's layout. */
      readonly pixelFormat: string;
      /** Filters that get there where a plain change of layout won't do, else null. */
      readonly filter: string | null;
      readonly notes: readonly string[];
    }
  | { readonly supported: false; readonly reason: string };

/** Layouts that hold the same samples as a planar format. */
const REPACKED: Readonly<Record<string, string>> = {
  yuvj420p: 'yuv420p',
  yuvj422p: 'yuv422p',
  yuvj444p: 'yuv444p',
  nv12: 'yuv420p',
  nv21: 'yuv420p',
  nv16: 'yuv422p',
  yuyv422: 'yuv422p',
  uyvy422: 'yuv422p',
  p010le: 'yuv420p10le',
  p210le: 'yuv422p10le',
  y210le: 'yuv422p10le',
  gray8: 'gray',
  grayj: 'gray',
  monow: 'gray',
  monob: 'gray',
};

const FULL_RANGE_TWIN: Readonly<Record<string, string>> = {
  yuv420p: 'yuvj420p',
  yuv422p: 'yuvj422p',
  yuv444p: 'yuvj444p',
};

/** Subsamplings that frames don't have, and the richer one that holds all of their chroma. */
const RICHER: Readonly<Record<string, string>> = {
  yuv411p: 'yuv422p',
  yuvj411p: 'yuv422p',
  yuv410p: 'yuv420p',
  yuv440p: 'yuv444p',
  yuvj440p: 'yuv444p',
};

const RGB =
  /^(?:gbra?p|rgb24|bgr24|0rgb|0bgr|rgb0|bgr0|pal8|bgr8|rgb8|rgb565le|rgb555le|bgra|rgba|argb|abgr)(?:(10|12)[lb]e)?$/;

/**
 * The planar format in which a video is processed: its own samples wherever frames can have them. Of interlaced video the
 * lines of each frame's first field stay, and those of the second are made anew at its time.
 */
export function decodeFormat(info: MediaInfo, deinterlace: Deinterlacing = 'auto'): DecodeFormat {
  const decoding = layoutOf(info);
  const { interlaced, timeBase } = info.video;
  if (!decoding.supported || deinterlace === 'off' || !(interlaced || deinterlace === 'on')) return decoding;
  // Only frames that are marked as fields, unless all are wished. It counts in halves of the time base.
  const filters = [
    `bwdif=mode=send_frame:parity=auto:deint=${deinterlace === 'on' ? 'all' : 'interlaced'}`,
    `settb=${timeBase.num}/${timeBase.den}`,
    ...(decoding.filter === null ? [] : [decoding.filter]),
  ];
  const note = 'The video is interlaced: whole frames are made of its fields, by ffmpeg’s bwdif.';
  return {
    ...decoding,
    filter: filters.join(','),
    notes: interlaced ? [...decoding.notes, note] : decoding.notes,
  };
}

function layoutOf(info: MediaInfo): DecodeFormat {
  const { video } = info;
  const source = video.pixelFormat;
  const notes: string[] = [];
  if (video.bitDepth > 12) {
    return refuse(
      info,
      `has ${video.bitDepth} bits per component, which can't be kept: convert it to 10 or 12 bits first`,
    );
  }
  const opaque = source.replace(/^yuva/, 'yuv').replace(/^ya8$/, 'gray');
  const rgb = RGB.exec(source);
  if (rgb) {
    notes.push('RGB video is processed, and written, as YCbCr 4:4:4 (BT.709, full range).');
    const colour = {
      ...video.colour,
      matrix: 'bt709',
      range: 'full',
      rangeStated: true,
      chromaLocation: 'unknown',
    } as const;
    return accept(
      video,
      rgb[1] === undefined ? 'yuv444p' : `yuv444p${rgb[1]}le`,
      'scale=out_color_matrix=bt709:out_range=full:flags=accurate_rnd+full_chroma_int+full_chroma_inp',
      notes,
      colour,
    );
  }
  const richer = RICHER[opaque];
  if (richer !== undefined) {
    notes.push(`The colour sampling of ${source} is carried in ${richer}.`);
    return accept(video, richer, null, notes);
  }
  const target = REPACKED[opaque] ?? opaque.replace(/be$/, 'le');
  if (pixelFormat(target) === undefined) {
    return refuse(
      info,
      `has the pixel format ${source}, which is not supported: convert it to yuv420p or yuv444p first`,
    );
  }
  return accept(video, target, null, notes);
}

function refuse(info: MediaInfo, why: string): DecodeFormat {
  return { supported: false, reason: `${info.path} ${why}.` };
}

function accept(
  video: VideoStream,
  name: string,
  filter: string | null,
  notes: readonly string[],
  colour = video.colour,
): DecodeFormat {
  const format = pixelFormat(name);
  if (!format) return { supported: false, reason: `Frames can't have the pixel format ${name}.` };
  return {
    supported: true,
    stream: {
      width: video.width,
      height: video.height,
      format,
      colour,
      timeBase: video.timeBase,
      frameRate: video.frameRate,
    },
    // ffmpeg gives full-range video a format of its own; asked for the plain one it would convert the range.
    pixelFormat: name in FULL_RANGE_TWIN && filter === null ? `${name}|${FULL_RANGE_TWIN[name]}` : name,
    filter,
    notes,
  };
}
