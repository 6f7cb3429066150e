import { describe, expect, it } from 'vitest';
import type { ColourDescription, MediaInfo, OtherStream, VideoStream } from '../../shared';
import { FramePool, pixelFormat, type StreamFormat } from '../frames';
import { carriageOf } from './carriage';
import { ToolFailure } from './child';
import { colourArguments } from './colour-tags';
import { containerOf } from './container';
import { decodeFormat } from './decode-format';
import { diskFull } from './disk';
import { parseFormats } from './encoder';
import { passthroughFlags, rotationFlags } from './ffmpeg-flags';
import {
  bitDepthOf,
  colourOf,
  ffprobeSchema,
  parseRational,
  parseSeconds,
  rotationOf,
} from './ffprobe-output';
import { toMediaInfo } from './probe';
import { SceneCutDetector } from './scene-cuts';
import { Timeline } from './timeline';
import { parseAvcodecMajor, parseEncoders, type MediaTools } from './tools';

const COLOUR: ColourDescription = {
  ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'unknown', chromaLocation: 'left' },
  rangeStated: true,
};

function toolsWith(avcodecMajor: number): MediaTools {
  const tool = { path: 'ffmpeg', version: 'x', source: 'test', carried: false };
  return { ffmpeg: tool, ffprobe: tool, encoders: new Set(['aac', 'libopus']), avcodecMajor };
}

describe("what ffmpeg's tools say", () => {
  it('tells a build’s age by its libavcodec, whatever it calls itself', () => {
    expect(
      parseAvcodecMajor('ffmpeg version N-47683-g0e8eb07980-static\nlibavcodec     58. 35.100 / 58. 35.100'),
    ).toBe(58);
    expect(parseAvcodecMajor('libavutil 57.1\nlibavcodec     61. 19.100 / 61. 19.100')).toBe(61);
    expect(parseAvcodecMajor('')).toBe(Infinity);
    expect(passthroughFlags(toolsWith(58))).toEqual(['-vsync', 'passthrough', '-enc_time_base', '-1']);
    expect(passthroughFlags(toolsWith(61))).toEqual(['-fps_mode', 'passthrough', '-enc_time_base', 'demux']);
    expect(rotationFlags(toolsWith(61), 90, 0)).toEqual({ input: ['-display_rotation', '-90'], output: [] });
    expect(rotationFlags(toolsWith(59), 90, 2).output).toEqual(['-metadata:s:2', 'rotate=270']);
  });

  it('lists encoders and their formats', () => {
    const listing =
      ' V..... = Video\n ------\n V....D libx264              libx264 H.264\n A..... aac   AAC\n';
    expect(parseEncoders(listing)).toEqual(expect.arrayContaining(['libx264', 'aac']));
    expect([...parseFormats('    Supported pixel formats: yuv420p yuv422p10le\n')]).toEqual([
      'yuv420p',
      'yuv422p10le',
    ]);
    expect(parseFormats('').size).toBe(0);
  });

  it('gives numbers and colours, or says that it does not know', () => {
    expect(parseRational('30000/1001')).toEqual({ num: 30_000, den: 1001 });
    expect(parseRational('8:9')).toEqual({ num: 8, den: 9 });
    expect([
      parseRational('0/0'),
      parseRational('N/A'),
      parseSeconds('N/A'),
      parseSeconds(undefined),
    ]).toEqual([null, null, null, null]);
    expect(parseSeconds('12.5')).toBe(12.5);
    expect(colourOf({ index: 0, pix_fmt: 'yuvj420p', color_space: 'bt470bg' })).toMatchObject({
      range: 'full',
      rangeStated: true,
    });
    expect(colourOf({ index: 0, pix_fmt: 'yuv420p', color_transfer: 'reserved' })).toEqual({
      ...{ matrix: 'unknown', range: 'limited', primaries: 'unknown', transfer: 'unknown' },
      ...{ chromaLocation: 'unknown', rangeStated: false },
    });
  });

  it.each([
    [{ rotation: -90 }, {}, 90],
    [{ rotation: 90 }, {}, 270],
    [{ rotation: 180 }, {}, 180],
    [{}, { rotate: '90' }, 90],
    [{}, {}, 0],
  ])('reads the rotation of %j and tags %j as %i degrees clockwise', (data, tags, degrees) => {
    expect(rotationOf({ index: 0, side_data_list: [data], tags: tags })).toBe(degrees);
  });

  it.each([
    ['yuv420p', 8],
    ['yuv422p10le', 10],
    ['p010le', 10],
    ['gray12le', 12],
    ['gbrp16le', 16],
    ['rgb48le', 16],
    ['grayf32le', 32],
    ['pal8', 8],
  ])('knows that %s has %i bits', (format, bits) => {
    expect(bitDepthOf(format)).toBe(bits);
  });
});

const VIDEO = {
  index: 0,
  codec_type: 'video',
  codec_name: 'h264',
  width: 64,
  height: 48,
  pix_fmt: 'yuv420p',
  time_base: '1/90000',
  avg_frame_rate: '25/1',
  r_frame_rate: '25/1',
};

function probed(...streams: object[]): MediaInfo {
  return toMediaInfo('clip.mkv', 100, ffprobeSchema.parse({ streams, format: { format_name: 'matroska' } }));
}

describe('the facts of a file', () => {
  it('tells a variable rate from fields counted as frames', () => {
    expect(probed(VIDEO).video.variableFrameRate).toBe(false);
    expect(probed({ ...VIDEO, avg_frame_rate: '24/1' }).video.variableFrameRate).toBe(true);
    const fields = { ...VIDEO, r_frame_rate: '50/1', field_order: 'tt' };
    expect(probed(fields)).toMatchObject({ video: { variableFrameRate: false, interlaced: true } });
  });

  it('takes no cover picture for the video, and says when there is only sound', () => {
    const cover = { ...VIDEO, codec_name: 'mjpeg', disposition: { attached_pic: 1 } };
    const sound = { index: 1, codec_type: 'audio', codec_name: 'mp3', channels: 2, sample_rate: '44100' };
    expect(() => probed(cover, sound)).toThrow(/no video in it \(sound only\)/);
    expect(probed(cover, sound, { ...VIDEO, index: 2 })).toMatchObject({
      video: { index: 2 },
      others: [{ attachedPicture: true }, { kind: 'audio', channels: 2, sampleRate: 44_100 }],
    });
  });

  it('says what is special: HDR, interlacing and transparency', () => {
    for (const alpha of [{ pix_fmt: 'yuva444p10le' }, { codec_name: 'vp9', tags: { alpha_mode: '1' } }])
      expect(probed({ ...VIDEO, ...alpha }).notes.join()).toContain('transparency');
    expect(probed({ ...VIDEO, color_transfer: 'smpte2084' })).toMatchObject({ video: { hdr: true } });
    expect(probed({ ...VIDEO, color_transfer: 'smpte2084' }).notes.join()).toContain('HDR');
    expect(probed({ ...VIDEO, field_order: 'bb' }).video.interlaced).toBe(true);
    expect(probed({ ...VIDEO, codec_name: 'dvvideo' }).video.interlaced).toBe(true);
    const progressive = { codec_name: 'dvvideo', field_order: 'progressive' };
    expect(probed({ ...VIDEO, ...progressive }).video.interlaced).toBe(false);
  });
});

describe('a disk that takes no more', () => {
  const told = (stderr: string, signal: NodeJS.Signals | null = null): string => {
    const tool = { path: 'ffmpeg', version: '7', source: 'the test', carried: false };
    const failure = new ToolFailure(tool, { code: signal ? null : 1, signal, error: null }, stderr);
    expect(failure.diskFull).toBe(true);
    return diskFull('/stick', failure).message;
  };

  it('is told from one that takes no file so large', () => {
    expect(told('av_interleaved_write_frame(): No space left on device')).toContain('/stick is full');
    expect(told('av_interleaved_write_frame(): File too large')).toContain('no file of that size');
    expect(told('', 'SIGXFSZ')).toContain('no file of that size');
  });
});

describe('the format of decoded frames', () => {
  const formatOf = (pixel: string): ReturnType<typeof decodeFormat> =>
    decodeFormat(probed({ ...VIDEO, pix_fmt: pixel }));

  it.each([
    ['yuv420p', 'yuv420p', 'limited', 0],
    ['yuvj422p', 'yuv422p', 'full', 0],
    ['yuv444p12le', 'yuv444p12le', 'limited', 0],
    ['yuv422p10be', 'yuv422p10le', 'limited', 0],
    ['nv12', 'yuv420p', 'limited', 0],
    ['p010le', 'yuv420p10le', 'limited', 0],
    ['gray', 'gray', 'limited', 0],
    ['yuv411p', 'yuv422p', 'limited', 1],
    ['yuva420p', 'yuv420p', 'limited', 0],
    ['rgb24', 'yuv444p', 'full', 1],
    ['gbrp10le', 'yuv444p10le', 'full', 1],
    ['bgra', 'yuv444p', 'full', 1],
  ])('keeps %s as %s, %s range, with %i notes', (source, target, range, notes) => {
    const format = formatOf(source);
    if (!format.supported) throw new Error(format.reason);
    expect(format.stream).toMatchObject({ format: { name: target }, colour: { range } });
    expect(format.notes).toHaveLength(notes);
  });

  it.each(['yuv420p16le', 'rgb48le', 'gbrpf32le', 'xyz12le', 'bayer_rggb8'])(
    'refuses %s, naming the file',
    (source) => {
      const format = formatOf(source);
      expect(format.supported ? '' : format.reason).toMatch(/clip\.mkv has .*convert it/);
    },
  );
});

describe('the streams beside the video', () => {
  const stream = (facts: Partial<OtherStream>): OtherStream => ({
    ...{
      index: 1,
      kind: 'audio',
      codec: 'aac',
      language: null,
      title: null,
      channels: 2,
      sampleRate: 48_000,
      bitRate: null,
    },
    ...{ attachedPicture: false, ...facts },
  });
  const fate = (
    facts: Partial<OtherStream>,
    container: 'mp4' | 'mov' | 'mkv' | 'webm' | 'avi',
    tag = '',
  ): object =>
    carriageOf({ stream: stream(facts), tag, container, encoders: toolsWith(58).encoders, slow: null });

  it.each([
    [{ codec: 'aac' }, 'mp4', 'copy'],
    [{ codec: 'pcm_s16le' }, 'mp4', 'convert'],
    [{ codec: 'pcm_s16le' }, 'mov', 'copy'],
    [{ codec: 'truehd' }, 'mkv', 'copy'],
    [{ codec: 'aac' }, 'webm', 'convert'],
    [{ codec: 'flac' }, 'avi', 'drop'],
    [{ kind: 'subtitle', codec: 'hdmv_pgs_subtitle' }, 'mkv', 'copy'],
    [{ kind: 'subtitle', codec: 'hdmv_pgs_subtitle' }, 'mp4', 'drop'],
    [{ kind: 'subtitle', codec: 'ass' }, 'mp4', 'convert'],
    [{ kind: 'subtitle', codec: 'mov_text' }, 'mkv', 'convert'],
    [{ kind: 'subtitle', codec: 'webvtt' }, 'webm', 'copy'],
    [{ kind: 'attachment', codec: 'ttf' }, 'mkv', 'copy'],
    [{ kind: 'attachment', codec: 'ttf' }, 'mp4', 'drop'],
    [{ kind: 'video', codec: 'mjpeg', attachedPicture: true }, 'mkv', 'attach'],
    [{ kind: 'video', codec: 'mjpeg', attachedPicture: true }, 'mp4', 'copy'],
    [{ kind: 'video', codec: 'h264' }, 'mkv', 'drop'],
  ] as const)('%j in .%s: %s', (facts, container, kind) => {
    expect(fate(facts, container)).toMatchObject({ kind });
  });

  it.each([
    [{ codec: 'flac' }, 'mkv', 'stretch', 'convert', 'stretched to 4 times its length'],
    [{ codec: 'aac' }, 'mp4', 'drop', 'drop', 'left out, as asked'],
    [{ kind: 'subtitle', codec: 'subrip' }, 'mkv', 'stretch', 'drop', 'times are those of the unstretched'],
    [{ kind: 'data', codec: 'bin_data' }, 'mov', 'stretch', 'drop', 'times are those of the unstretched'],
    [{ kind: 'attachment', codec: 'ttf' }, 'mkv', 'drop', 'copy', null],
  ] as const)('%j in .%s in slow motion, sound %s: %s', (facts, container, sound, kind, said) => {
    const found = carriageOf({
      ...{ stream: stream(facts), tag: '', container, encoders: toolsWith(58).encoders },
      slow: { factor: 4, sound },
    });
    expect(found).toMatchObject({
      kind,
      ...(said === null ? {} : { note: expect.stringContaining(said) as string }),
      ...(kind === 'convert' ? { filter: 'aresample=async=1:first_pts=0,atempo=0.5,atempo=0.5' } : {}),
    });
  });

  it('names what is left out, why, and what would keep it', () => {
    const subtitle = { kind: 'subtitle', codec: 'hdmv_pgs_subtitle', language: 'eng', index: 3 } as const;
    expect(fate(subtitle, 'mp4')).toEqual({
      kind: 'drop',
      note: "Subtitle track 3 (hdmv_pgs_subtitle, eng) could not be carried: .mp4 can't hold subtitles that are pictures; choose .mkv to keep it.",
    });
  });

  it('is silent about tracks that the muxer makes anew', () => {
    expect(fate({ kind: 'data', codec: 'bin_data' }, 'mp4', 'text')).toEqual({ kind: 'drop', note: null });
    expect(fate({ kind: 'data', codec: 'unknown' }, 'mov', 'tmcd')).toEqual({ kind: 'drop', note: null });
  });
});

describe('a timeline', () => {
  const stream = (frameRate: VideoStream['frameRate']): StreamFormat => {
    const format = pixelFormat('yuv420p');
    if (!format) throw new Error('yuv420p');
    return { width: 64, height: 48, format, colour: COLOUR, timeBase: { num: 1, den: 90_000 }, frameRate };
  };
  const placed = (times: readonly number[]): { times: number[]; notes: string[] } => {
    const timeline = new Timeline(stream({ num: 25, den: 1 }));
    return { times: times.map((time) => timeline.place(time)), notes: timeline.notes() };
  };

  it('leaves times that increase alone', () => {
    expect(placed([-3600, 0, 1, 90_000_000])).toEqual({ times: [-3600, 0, 1, 90_000_000], notes: [] });
  });

  it('moves a repeated or backward time just after the one before', () => {
    const { times, notes } = placed([0, 3600, 3600, 1800, 10_800]);
    expect(times).toEqual([0, 3600, 3601, 3602, 10_800]);
    expect(notes).toHaveLength(1);
  });

  it('goes on where a clock starts anew', () => {
    const { times, notes } = placed([900_000, 903_600, 0, 3600]);
    expect(times).toEqual([900_000, 903_600, 907_200, 910_800]);
    expect(notes.join()).toContain('clock');
  });
});

describe('scene cuts', () => {
  /** Frames by a function of position and frame number. */
  async function cuts(
    count: number,
    luma: (x: number, y: number, n: number) => number,
    name = 'gray',
  ): Promise<number[]> {
    const format = pixelFormat(name);
    if (!format) throw new Error(name);
    const timeBase = { num: 1, den: 25 };
    const pool = new FramePool(
      { width: 101, height: 67, format, colour: COLOUR, timeBase, frameRate: null },
      1,
    );
    const detector = new SceneCutDetector();
    const found: number[] = [];
    for (let n = 0; n < count; n++) {
      const frame = await pool.take({ pts: n, duration: 1 });
      frame.planes[0]?.data.forEach((_, index, data) => {
        data[index] = luma(index % 101, Math.floor(index / 101), n) * 2 ** (format.bitDepth - 8);
      });
      if (detector.look(frame)) found.push(n);
      frame.release();
    }
    return found;
  }
  const scene = (x: number, y: number): number => 128 + 100 * Math.sin(x / 9) * Math.cos(y / 7);

  it.each(['gray', 'gray10le'])('are found where one picture gives way to another (%s)', async (name) => {
    expect(await cuts(20, (x, y, n) => (n < 12 ? scene(x, y) : (x * y) % 80), name)).toEqual([12]);
  });

  it('are not seen in motion, noise or a fade', async () => {
    expect(await cuts(30, (x, y, n) => scene(x + 2 * n, y))).toEqual([]);
    expect(
      await cuts(30, (x, y, n) => scene(x, y) * 0.8 + ((x * 7919 + y * 104_729 + n * 1299) % 40)),
    ).toEqual([]);
    expect(await cuts(30, (x, y, n) => (scene(x, y) * (30 - n)) / 30)).toEqual([]);
  });
});

describe('names and tags', () => {
  it('knows the containers by their extensions', () => {
    expect(['a.MKV', 'b.m4v', 'c.mov', 'd.webm', 'e.avi', 'f.xyz', 'mp4'].map(containerOf)).toEqual([
      'mkv',
      'mp4',
      'mov',
      'webm',
      'avi',
      null,
      null,
    ]);
  });

  it('states the colours that are known and no others', () => {
    expect(colourArguments(COLOUR, ':2')).toEqual([
      ...['-colorspace:2', 'bt709', '-color_primaries:2', 'bt709'],
      ...['-color_range:2', 'tv', '-chroma_sample_location:2', 'left'],
    ]);
    expect(colourArguments({ ...COLOUR, rangeStated: false })).not.toContain('-color_range');
  });
});
