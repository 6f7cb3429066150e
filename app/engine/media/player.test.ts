import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/media';
import { splitJpegs } from '../../shared';
import { playerFrames, poster, probe, resolveTools, soundPeaks, soundPiece, type MediaTools } from '.';
import { peaksOf } from './sound';

describe('what a player is given', () => {
  let folder: string;
  let cleanUp: () => Promise<void>;
  let tools: MediaTools;
  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
    tools = await resolveTools();
  });
  afterAll(() => cleanUp());

  function make(name: string, ...words: readonly string[]): string {
    const path = join(folder, name);
    execFileSync(tools.ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=2'],
      ...['-f', 'lavfi', '-i', 'sine=440:d=2', ...words, path],
    ]);
    return path;
  }

  it.each([
    ['ProRes', 'a.mov', ['-c:v', 'prores_ks', '-c:a', 'pcm_s16le']],
    ['HEVC', 'a.mkv', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-c:a', 'aac']],
    ['AVI', 'a.avi', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame']],
  ])('is frames, peaks and sound, of %s too', async (_, name, words) => {
    const path = make(name, ...words);
    const info = await probe(tools, path);
    const frames = splitJpegs(
      await playerFrames(tools, info, { path, start: 0.5, seconds: 1, rate: 25, maxWidth: 80 }),
    );
    expect(frames).toHaveLength(25);
    // The size in a JPEG's SOF0: no wider than asked for, in the shape of the picture.
    const first = Buffer.from(frames[0] ?? []);
    const sof = first.indexOf(Buffer.from([0xff, 0xc0]));
    expect([first.readUInt16BE(sof + 7), first.readUInt16BE(sof + 5)]).toEqual([80, 46]);
    const peaks = await soundPeaks(tools, info, { path, start: 0, seconds: 2, count: 10 });
    expect(peaks).toHaveLength(10);
    expect(Math.min(...peaks)).toBeGreaterThan(20);
    const wav = Buffer.from(await soundPiece(tools, info, { path, start: 1, seconds: 0.5 }));
    expect(Math.abs(wav.length - 96_000)).toBeLessThan(6000);
  });

  it('ends where the file ends, and is nothing where there is no sound', async () => {
    const path = make('silent.mp4', '-map', '0:v', '-pix_fmt', 'yuv420p');
    const info = await probe(tools, path);
    const late = await playerFrames(tools, info, { path, start: 1.8, seconds: 2, rate: 25, maxWidth: 80 });
    expect(splitJpegs(late)).toHaveLength(5);
    expect(await soundPeaks(tools, info, { path, start: 0, seconds: 1, count: 4 })).toHaveLength(0);
    expect(await soundPiece(tools, info, { path, start: 0, seconds: 1 })).toHaveLength(0);
  });

  it.each([
    ['of a steady rate', 'steady.mkv', 'fps=30000/1001'],
    ['of a varying rate', 'varying.mp4', "setpts='if(lt(N,20),N,20+3*(N-20))/25/TB'"],
    ['whose picture comes after the sound', 'late.mkv', 'setpts=PTS+0.7/TB'],
  ])('ends with the last frame %s, which a time past the end gives too', async (_, name, filter) => {
    const path = make(name, '-vf', filter, '-vsync', 'vfr', '-bf', '0', '-pix_fmt', 'yuv420p');
    const info = await probe(tools, path);
    const { rate, length } =
      name === 'steady.mkv' ? { rate: 30000 / 1001, length: 60 } : { rate: 25, length: 50 };
    const expected = info.video.lastSeconds ?? (length - 1) / rate;
    if (name === 'varying.mp4') expect(expected).toBeCloseTo((20 + 3 * 29) / 25, 2);
    const picture = async (seconds: number): Promise<Buffer> =>
      Buffer.from(await poster(tools, info, seconds, 160));
    const last = await picture(expected);
    expect(await picture(99)).toEqual(last);
    const before = await picture(expected - 0.9 / rate);
    if (name === 'varying.mp4') expect(before).toEqual(last);
    expect(await picture(expected - (name === 'varying.mp4' ? 3 : 1) / rate)).not.toEqual(last);
    expect(await picture(0)).not.toEqual(last);
    const frames = splitJpegs(
      await playerFrames(tools, info, { path, start: 0, seconds: 9, rate, maxWidth: 80 }),
    );
    if (name !== 'varying.mp4') expect(frames).toHaveLength(length);
  });

  it('has the loudest sample of each part, whichever sign it has', () => {
    const samples = Int16Array.from([0, 100, -32_768, 5, 16_384, 0]);
    expect([...peaksOf(new Uint8Array(samples.buffer), 2, 3)]).toEqual([0, 255, 128]);
  });
});
