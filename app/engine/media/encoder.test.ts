import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { H264, picture, withBothFfmpegs } from '../../../tests/support/both-ffmpegs';
import { CancelledError, type Codec } from '../../shared';
import { FramePool, pixelFormat, type StreamFormat } from '../frames';
import { decodeFormat, encoderFor, muxResult, openDecoder, openSegmentEncoder, probe, SegmentSpan } from '.';

await withBothFfmpegs((bench) => {
  const { tools } = bench;

  it.each([
    ['1x1', ['vp9', 'prores', 'ffv1']],
    ['3x5', ['vp9', 'ffv1', 'prores']],
    ['2x2', ['h264', 'vp9', 'prores', 'ffv1']],
    ['101x67', ['vp9', 'ffv1', 'prores']],
    ['641x359', ['vp9', 'ffv1', 'prores']],
    ['62x38', ['h264', 'hevc', 'vp9', 'av1', 'prores', 'ffv1']],
  ] as const)('writes %s with every codec that can, and refuses the others', async (size, able) => {
    const scale = `scale=${size.replace('x', ':')}`;
    const ffv1 = ['-vf', `${scale},format=yuv420p`, '-c:v', 'rawvideo'];
    const path = await bench.make(`size-${size}.nut`, ...picture('64x64', '25', '0.2'), ...ffv1);
    const [width, height] = size.split('x').map(Number);
    const containers = {
      h264: 'mp4',
      hevc: 'mp4',
      vp9: 'webm',
      av1: 'mp4',
      prores: 'mov',
      ffv1: 'mkv',
    } as const;
    for (const codec of Object.keys(containers) as Codec[]) {
      const output = bench.at(`size-${size}-${codec}.${containers[codec]}`);
      const passing = bench.passThrough(path, output, codec);
      if (codec === 'av1' && !(able as readonly string[]).includes('av1')) {
        await passing.catch(() => undefined);
        continue;
      }
      if (!(able as readonly string[]).includes(codec)) {
        await expect(passing).rejects.toThrow(/can't write .*choose --codec/);
        continue;
      }
      await passing;
      expect((await probe(tools, output)).video).toMatchObject({ width, height });
      expect((await bench.decode(output)).frames, codec).toHaveLength(5);
    }
  });

  it('encodes the same frames to the same bytes', async () => {
    const path = await bench.make('same.mkv', ...picture('64x48', '25', '1'), ...H264);
    await bench.passThrough(path, bench.at('same-1.mkv'), 'h264');
    await bench.passThrough(path, bench.at('same-2.mkv'), 'h264');
    const pieces = await Promise.all([1, 2].map((n) => readFile(bench.at(`same-${n}.mkv.1.nut`))));
    expect(pieces[0]?.equals(pieces[1] ?? Buffer.alloc(0))).toBe(true);
  });

  it('stops encoding and joining at once when cancelled', async () => {
    const path = await bench.make('stop.mkv', ...picture('320x240', '25', '4'), ...H264);
    const info = await probe(tools, path);
    const format = decodeFormat(info);
    if (!format.supported) throw new Error(format.reason);
    const { stream } = format;
    const choice = await encoderFor(tools, { codec: 'h264', stream, container: 'mkv' });
    if (!choice.supported) throw new Error(choice.reason);
    const live = new AbortController().signal;
    const abort = new AbortController();
    const pool = new FramePool(stream, 3);
    const common = { stream, encoder: choice.encoder };
    const whole = openSegmentEncoder(tools, { ...common, path: bench.at('stop.nut'), signal: live });
    const stopped = openSegmentEncoder(tools, {
      ...common,
      path: bench.at('stopped.nut'),
      signal: abort.signal,
    });
    const span = new SegmentSpan();
    let written = 0;
    let refusal: unknown = null;
    for await (const frame of openDecoder(tools, info, { ...format, pool, signal: live })) {
      await whole.write(frame);
      span.add(frame);
      if (written++ === 10) abort.abort();
      if (refusal === null) await stopped.write(frame).catch((error: unknown) => (refusal = error));
      frame.release();
    }
    expect(refusal).toBeInstanceOf(CancelledError);
    await expect(stopped.finish()).rejects.toBeInstanceOf(CancelledError);
    await whole.finish();
    const segments = [{ ...span.facts, path: bench.at('stop.nut') }];
    const plan = {
      segments,
      stream,
      info,
      part: bench.at('stop.part'),
      container: 'mkv',
      codec: 'h264',
    } as const;
    await expect(muxResult(tools, { ...plan, signal: abort.signal })).rejects.toBeInstanceOf(CancelledError);
    const during = new AbortController();
    const fractions: number[] = [];
    const onProgress = (fraction: number): void => {
      fractions.push(fraction);
      if (fractions.length === 5) during.abort();
    };
    await expect(muxResult(tools, { ...plan, signal: during.signal, onProgress })).rejects.toBeInstanceOf(
      CancelledError,
    );
    expect(fractions.at(-1)).toBeLessThan(1);
  });

  it('says why an encoder failed, in one sentence', async () => {
    const stream = await streamOf('yuv420p');
    const choice = await encoderFor(tools, { codec: 'h264', stream, container: 'mkv' });
    if (!choice.supported) throw new Error(choice.reason);
    const encoder = { ...choice.encoder, args: [...choice.encoder.args, '-profile:v', 'nonsense'] };
    const { signal } = new AbortController();
    const segment = openSegmentEncoder(tools, { stream, encoder, path: bench.at('fails.nut'), signal });
    const pool = new FramePool(stream, 1);
    const writing = async (): Promise<unknown> => {
      for (let pts = 0; pts < 1000; pts++) {
        const frame = await pool.take({ pts, duration: 1 });
        try {
          await segment.write(frame);
        } finally {
          frame.release();
        }
      }
      return segment.finish();
    };
    await expect(writing()).rejects.toMatchObject({
      code: 'tool-failed',
      message: expect.stringMatching(/^Encoding h264 failed \(.+\): try another --codec\.$/) as unknown,
    });
    await segment.abort();
  });

  async function streamOf(name: string): Promise<StreamFormat> {
    const path = await bench.make('stream.mkv', ...picture('64x48', '25', '0.2'), ...H264);
    const format = decodeFormat(await probe(tools, path));
    const found = pixelFormat(name);
    if (!format.supported || !found) throw new Error(name);
    return { ...format.stream, format: found };
  }

  it('refuses what a codec cannot keep and names one that can', async () => {
    const stream = await streamOf('yuv420p12le');
    expect(await encoderFor(tools, { codec: 'h264', stream, container: 'mkv' })).toMatchObject({
      supported: false,
      reason: expect.stringMatching(/h264 can't keep yuv420p12le: choose .*--codec ffv1/) as unknown,
    });
    const plain = await streamOf('yuv420p');
    const full: StreamFormat = { ...plain, colour: { ...plain.colour, range: 'full', rangeStated: true } };
    const odd = { ...plain, width: 9, height: 9 };
    const deep = await streamOf('yuva420p10le');
    for (const [wish, reason] of [
      [{ codec: 'vp9', stream: plain, container: 'mov' }, /\.mov can't hold vp9: name the output \.webm/],
      [{ codec: 'ffv1', stream: plain, container: 'mkv', crf: 3 }, /no CRF/],
      [{ codec: 'h264', stream: plain, container: 'mp4', crf: 60 }, /0 to 51/],
      [{ codec: 'h264', stream: plain, container: null }, /\.mp4, \.mov, \.mkv, \.webm, \.avi/],
      [{ codec: 'ffv1', stream: full, container: 'mov' }, /full range/],
      // What is proposed can be had in that container, or names another.
      [{ codec: 'h264', stream, container: 'mov' }, /choose --codec hevc or --codec ffv1\.$/],
      [{ codec: 'h264', stream: odd, container: 'mp4' }, /9×9: choose --codec vp9/],
      [{ codec: 'h264', stream: odd, container: 'avi' }, /9×9: choose --codec ffv1\.$/],
      [
        { codec: 'vp9', stream: deep, container: 'webm' },
        /choose --codec prores in \.mov or --codec ffv1 in \.mkv/,
      ],
    ] as const) {
      const choice = await encoderFor(tools, wish);
      expect(choice.supported ? 'supported' : choice.reason).toMatch(reason);
    }
  });

  it('samples colours as players expect it where that is allowed', async () => {
    const formatOf = async (name: string, more: object = {}, playable = true): Promise<string> => {
      const stream = { ...(await streamOf(name)), ...more };
      const wish = { codec: 'h264', stream, container: 'mkv', playable } as const;
      const choice = await encoderFor(tools, { ...wish, ...more });
      return choice.supported ? `${choice.encoder.pixelFormat} ${choice.notes.join()}` : choice.reason;
    };
    const keeps = /^yuv4[24]{2}p.*few players/;
    expect(await formatOf('yuv422p')).toMatch(/^yuv420p .*yuv420p for yuv422p.*--chroma keep/);
    expect(await formatOf('yuv422p', {}, false)).toMatch(keeps);
    expect(await formatOf('yuv420p')).toBe('yuv420p ');
    expect(await formatOf('gray')).not.toContain('--chroma');
    expect(await formatOf('yuv444p', { width: 9, height: 9 })).toMatch(keeps);
    expect(await formatOf('yuv422p10le', { codec: 'prores', container: 'mov' })).toBe('yuv422p10le ');
  });

  it('writes full range as limited range with more bits where a file cannot say it', async () => {
    const args = ['-color_range', 'pc', '-pix_fmt', 'yuv420p', '-c:v', 'ffv1', '-level', '3'];
    const path = await bench.make('wide.mkv', ...picture('64x48', '25', '0.2'), ...args);
    const output = bench.at('wide.mov');
    expect((await bench.passThrough(path, output, 'prores')).join()).toContain('limited range with 10 bits');
    const mean = async (file: string, black: number, span: number): Promise<number> => {
      const raw = await readFile(
        await bench.make(`mean-${span}.yuv`, '-i', file, '-frames:v', '1', '-f', 'rawvideo'),
      );
      let sum = 0;
      for (let index = 0; index < 64 * 48; index++)
        sum += black === 0 ? (raw[index] ?? 0) : raw.readUInt16LE(2 * index);
      return (sum / (64 * 48) - black) / span;
    };
    expect(await mean(output, 64, 876)).toBeCloseTo(await mean(path, 0, 255), 2);
  });
});
