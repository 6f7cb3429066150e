import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Codec, MediaInfo } from '../../shared';
import { FramePool } from '../frames';
import {
  containerOf,
  decodeFormat,
  encoderFor,
  muxResult,
  openDecoder,
  openSegmentEncoder,
  probe,
  resolveTools,
  type MediaTools,
  type SegmentFacts,
} from '.';

const run = promisify(execFile);
const live = new AbortController().signal;

/** The carried ffmpeg is years older than a system's: both must give the same. */
const variants = [
  { name: 'carried', env: carried() },
  { name: 'system', env: { CLEARCUT_FFMPEG: '/usr/bin/ffmpeg', CLEARCUT_FFPROBE: '/usr/bin/ffprobe' } },
];

function carried(): Record<string, string> {
  const platform = `${process.platform}-${process.arch}`;
  return {
    CLEARCUT_FFMPEG: `node_modules/@ffmpeg-installer/${platform}/ffmpeg`,
    CLEARCUT_FFPROBE: `node_modules/@ffprobe-installer/${platform}/ffprobe`,
  };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearcut-media-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function toolsOf(env: Record<string, string>): Promise<MediaTools | null> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await resolveTools();
  } catch {
    return null;
  } finally {
    process.env = before;
  }
}

for (const variant of variants) {
  const tools = await toolsOf(variant.env);
  describe.skipIf(!tools)(`with the ${variant.name} ffmpeg`, () => {
    if (!tools) return;
    const make = async (name: string, ...args: string[]): Promise<string> => {
      const path = join(folder, `${variant.name}-${name}`);
      await run(tools.ffmpeg.path, ['-nostdin', '-loglevel', 'error', '-y', ...args, path]);
      return path;
    };
    const source = (size = '64x48', rate = '25', duration = '2'): string[] => [
      '-f',
      'lavfi',
      '-i',
      `testsrc2=size=${size}:rate=${rate}:duration=${duration}`,
    ];
    const h264 = ['-c:v', 'libx264', '-bf', '3', '-pix_fmt', 'yuv420p'];

    const decode = async (
      info: MediaInfo,
      options: { start?: number; end?: number; after?: number } = {},
    ): Promise<{ pts: number[]; sums: number[]; cuts: number[]; notes: string[] }> => {
      const format = decodeFormat(info);
      if (!format.supported) throw new Error(format.reason);
      const pool = new FramePool(format.stream, 2);
      const decoder = openDecoder(tools, info, { ...format, ...options, pool, signal: live });
      const pts: number[] = [];
      const sums: number[] = [];
      const cuts: number[] = [];
      for await (const frame of decoder) {
        pts.push(frame.pts);
        sums.push(frame.bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7));
        if (frame.sceneCutBefore) cuts.push(frame.pts);
        frame.release();
      }
      expect(pool.held).toBe(0);
      return { pts, sums, cuts, notes: decoder.notes() };
    };

    /** Decoded, encoded in segments of `length` frames, joined: what the pipeline does without a network. */
    const passThrough = async (
      input: string,
      output: string,
      codec: Codec,
      { length = 17, start, end }: { length?: number; start?: number; end?: number } = {},
    ): Promise<string[]> => {
      const info = await probe(tools, input);
      const format = decodeFormat(info);
      if (!format.supported) throw new Error(format.reason);
      const container = containerOf(output);
      const choice = await encoderFor(tools, { codec, stream: format.stream, container });
      if (!choice.supported || !container) throw new Error('unsupported');
      const range = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
      const decoder = openDecoder(tools, info, {
        ...format,
        ...range,
        pool: new FramePool(format.stream, 3),
        signal: live,
      });
      const segments: (SegmentFacts & { path: string })[] = [];
      let open: { encoder: ReturnType<typeof openSegmentEncoder>; path: string; frames: number } | null =
        null;
      const close = async (): Promise<void> => {
        if (open) segments.push({ ...(await open.encoder.finish()), path: open.path });
        open = null;
      };
      for await (const frame of decoder) {
        const path = `${output}.${segments.length}.nut`;
        open ??= {
          encoder: openSegmentEncoder(tools, {
            stream: format.stream,
            encoder: choice.encoder,
            path,
            signal: live,
          }),
          path,
          frames: 0,
        };
        await open.encoder.write(frame);
        frame.release();
        if (++open.frames === length) await close();
      }
      await close();
      return muxResult(tools, {
        segments,
        stream: format.stream,
        info,
        part: output,
        container,
        codec,
        ...range,
        signal: live,
      });
    };

    const frameLines = async (path: string): Promise<string[]> => {
      const { stdout } = await run(
        tools.ffmpeg.path,
        [
          '-nostdin',
          '-loglevel',
          'error',
          '-noautorotate',
          '-i',
          path,
          '-map',
          '0:v:0',
          '-f',
          'framemd5',
          '-',
        ],
        { maxBuffer: 1 << 26 },
      );
      return stdout
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.split(',').at(-1)?.trim() ?? '');
    };
    const packetTimes = async (path: string, stream = 'v:0'): Promise<number[]> => {
      const { stdout } = await run(tools.ffprobe.path, [
        '-v',
        'error',
        '-select_streams',
        stream,
        '-show_entries',
        'packet=pts_time,flags',
        '-of',
        'csv=p=0',
        path,
      ]);
      // Flag D: the file's edit list hides the frame.
      return stdout
        .trim()
        .split('\n')
        .filter((line) => !line.includes('D'))
        .map((line) => Number.parseFloat(line))
        .sort((a, b) => a - b);
    };
    const streamsOf = async (path: string): Promise<Record<string, unknown>[]> => {
      const { stdout } = await run(tools.ffprobe.path, ['-v', 'error', '-show_streams', '-of', 'json', path]);
      return (JSON.parse(stdout) as { streams: Record<string, unknown>[] }).streams;
    };

    it.each([
      ['mp4', '25'],
      ['mkv', '30000/1001'],
      ['avi', '25'],
      ['ts', '50'],
      ['mov', '24000/1001'],
    ])('gives every frame of a .%s at %s fps with its own time', async (extension, rate) => {
      const path = await make(`cfr.${extension}`, ...source('64x48', rate, '2'), ...h264);
      const info = await probe(tools, path);
      const { pts } = await decode(info);
      const [num = 1, den = 1] = rate.split('/').map(Number);
      expect(pts).toHaveLength(Math.ceil((2 * num) / den));
      const step = (info.video.timeBase.den * den) / (info.video.timeBase.num * num);
      pts.forEach((time, index) => {
        expect(Math.abs(time - (pts[0] ?? 0) - index * step)).toBeLessThanOrEqual(1);
      });
    });

    it('keeps the times of a variable frame rate exactly, through segments and joining', async () => {
      const path = await make(
        'vfr.mp4',
        ...source('64x48', '25', '4'),
        '-vf',
        "setpts='if(lt(N,40),N*2,N*3+17+mod(N,3))/50/TB'",
        '-vsync',
        'vfr',
        ...h264,
      );
      const info = await probe(tools, path);
      expect(info.video.variableFrameRate).toBe(true);
      const times = await packetTimes(path);
      const output = join(folder, `${variant.name}-vfr-out.mp4`);
      await passThrough(path, output, 'h264');
      const after = await packetTimes(output);
      expect(after).toHaveLength(times.length);
      after.forEach((time, index) => {
        expect(time - (after[0] ?? 0)).toBeCloseTo((times[index] ?? 0) - (times[0] ?? 0), 4);
      });
    });

    it('gives exactly the frames after a given one, and those in a range', async () => {
      const path = await make('seek.mp4', ...source('64x48', '25', '12'), ...h264, '-g', '50');
      const info = await probe(tools, path);
      const all = await decode(info);
      const after = all.pts[222] ?? 0;
      const rest = await decode(info, { after });
      expect(rest.pts).toEqual(all.pts.slice(223));
      expect(rest.sums).toEqual(all.sums.slice(223));
      const range = await decode(info, { start: 3.02, end: 4 });
      const seconds = range.pts.map(
        (pts) => ((pts - (all.pts[0] ?? 0)) * info.video.timeBase.num) / info.video.timeBase.den,
      );
      expect(seconds[0]).toBeCloseTo(3.04, 3);
      expect(seconds.at(-1)).toBeCloseTo(3.96, 3);
    });

    it.each([
      ['bt709', 'tv', 'yuv420p'],
      ['smpte170m', 'tv', 'yuv420p'],
      ['bt2020nc', 'tv', 'yuv420p10le'],
      ['bt709', 'pc', 'yuv420p'],
      ['smpte170m', 'pc', 'yuv444p'],
      ['bt709', 'tv', 'yuv422p10le'],
    ])('changes no sample of %s, %s range, %s, and keeps its tags', async (matrix, range, format) => {
      const path = await make(
        `colour-${matrix}-${range}-${format}.mkv`,
        ...source('64x48', '25', '1'),
        '-pix_fmt',
        format,
        '-c:v',
        'ffv1',
        '-level',
        '3',
        '-colorspace',
        matrix,
        '-color_range',
        range,
      );
      const output = join(folder, `${variant.name}-colour-out-${matrix}-${range}-${format}.mkv`);
      await passThrough(path, output, 'ffv1');
      expect(await frameLines(output)).toEqual(await frameLines(path));
      const [before, after] = [await probe(tools, path), await probe(tools, output)];
      expect(after.video).toMatchObject({
        pixelFormat: before.video.pixelFormat,
        bitDepth: before.video.bitDepth,
        colour: { matrix: before.video.colour.matrix, range: before.video.colour.range },
      });
    });

    it('keeps 10 bits in H.264, HEVC and ProRes, or says that it cannot', async () => {
      const path = await make(
        'ten.mkv',
        ...source('64x48', '25', '0.4'),
        '-pix_fmt',
        'yuv420p10le',
        '-c:v',
        'ffv1',
      );
      const format = decodeFormat(await probe(tools, path));
      if (!format.supported) throw new Error(format.reason);
      for (const codec of ['h264', 'hevc', 'prores'] as const) {
        const output = join(folder, `${variant.name}-ten-${codec}.mov`);
        await passThrough(path, output, codec);
        expect((await probe(tools, output)).video.bitDepth, codec).toBeGreaterThanOrEqual(10);
      }
      const refused = await encoderFor(tools, {
        codec: 'h264',
        stream: { ...format.stream, format: { ...format.stream.format, name: 'yuv420p12le', bitDepth: 12 } },
        container: 'mkv',
      });
      expect(refused).toMatchObject({ supported: false, reason: expect.stringContaining('ffv1') as unknown });
    });

    it('carries sound that starts late, subtitles, chapters, attachments, languages and metadata', async () => {
      await writeFile(join(folder, 'subs.srt'), '1\n00:00:00,500 --> 00:00:01,000\nHello\n');
      await writeFile(join(folder, 'font.ttf'), 'not really a font');
      await writeFile(
        join(folder, 'meta.txt'),
        ';FFMETADATA1\ntitle=Ünï title\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n',
      );
      const path = await make(
        'full.mkv',
        ...source(),
        '-itsoffset',
        '0.7',
        '-f',
        'lavfi',
        '-i',
        'sine=duration=1',
        '-i',
        join(folder, 'subs.srt'),
        '-i',
        join(folder, 'meta.txt'),
        '-map',
        '0',
        '-map',
        '1',
        '-map',
        '2',
        '-map_metadata',
        '3',
        '-map_chapters',
        '3',
        '-metadata:s:a:0',
        'language=fra',
        '-attach',
        join(folder, 'font.ttf'),
        '-metadata:s:t',
        'mimetype=font/ttf',
        ...h264,
        '-c:a',
        'aac',
        '-c:s',
        'srt',
        '-aspect',
        '16:9',
      );
      const output = join(folder, `${variant.name}-full-out.mkv`);
      expect(await passThrough(path, output, 'h264')).toEqual([]);
      const [before, after] = [await probe(tools, path), await probe(tools, output)];
      expect(after.others).toEqual(before.others);
      expect(after.chapters).toBe(2);
      expect(after.video.sampleAspectRatio).toEqual(before.video.sampleAspectRatio);
      expect((await packetTimes(output, 'a:0'))[0]).toBeCloseTo((await packetTimes(path, 'a:0'))[0] ?? 0, 2);
      expect((await packetTimes(output))[0]).toBeCloseTo((await packetTimes(path))[0] ?? 0, 2);
      const { stdout } = await run(tools.ffprobe.path, [
        '-v',
        'error',
        '-show_entries',
        'format_tags=title:chapter_tags=title',
        '-of',
        'csv=p=0',
        output,
      ]);
      expect(stdout).toContain('Ünï title');
      expect(stdout).toContain('Two');
    });

    it('says what a container cannot hold, and carries the rest', async () => {
      await writeFile(join(folder, 'subs2.srt'), '1\n00:00:00,500 --> 00:00:01,000\nHello\n');
      const path = await make(
        'subs.mkv',
        ...source(),
        '-i',
        join(folder, 'subs2.srt'),
        '-map',
        '0',
        '-map',
        '1',
        ...h264,
        '-c:s',
        'srt',
        '-attach',
        join(folder, 'subs2.srt'),
        '-metadata:s:t',
        'mimetype=text/plain',
      );
      const output = join(folder, `${variant.name}-subs-out.mp4`);
      const notes = await passThrough(path, output, 'h264');
      expect(notes).toHaveLength(2);
      expect(notes.join(' ')).toMatch(/Attachment.*\.mkv/);
      expect((await streamsOf(output)).map((stream) => stream['codec_name'])).toEqual(['h264', 'mov_text']);
    });

    it('keeps a turned picture turned', async () => {
      const flat = await make('flat.mp4', ...source(), ...h264);
      const path =
        tools.avcodecMajor < 60
          ? await make('turned.mp4', '-i', flat, '-c', 'copy', '-metadata:s:v:0', 'rotate=270')
          : await make('turned.mp4', '-display_rotation', '-90', '-i', flat, '-c', 'copy');
      expect((await probe(tools, path)).video.rotation).toBe(90);
      const output = join(folder, `${variant.name}-turned-out.mp4`);
      await passThrough(path, output, 'h264');
      expect((await probe(tools, output)).video).toMatchObject({ rotation: 90, width: 64, height: 48 });
    });

    it('trims sound and picture alike', async () => {
      const path = await make(
        'trim.mp4',
        ...source('64x48', '25', '6'),
        '-f',
        'lavfi',
        '-i',
        'sine=duration=6',
        ...h264,
        '-c:a',
        'aac',
      );
      const output = join(folder, `${variant.name}-trim-out.mp4`);
      await passThrough(path, output, 'h264', { start: 2.1, end: 4 });
      const info = await probe(tools, output);
      expect(info.video.frameCount).toBe(47);
      expect(info.durationSeconds).toBeCloseTo(1.9, 1);
      expect((await streamsOf(output)).map((stream) => stream['codec_type'])).toEqual(['video', 'audio']);
    });

    it('finds the cut between two scenes and none within them', async () => {
      const path = await make(
        'cut.mp4',
        ...source('96x64', '25', '1'),
        '-f',
        'lavfi',
        '-i',
        'mandelbrot=size=96x64:rate=25',
        '-filter_complex',
        '[1:v]trim=duration=1[b];[0:v][b]concat',
        ...h264,
      );
      const info = await probe(tools, path);
      const { cuts, pts } = await decode(info);
      expect(cuts).toEqual([pts[25]]);
    });
  });
}
