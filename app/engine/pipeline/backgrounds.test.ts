import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ellipse } from '../../../tests/support/hand-made';
import { finds } from '../../../tests/support/made-source';
import { ffmpeg, ffprobe, makeClip } from '../../../tests/support/media';
import { scratchFolder } from '../../../tests/support/scratch';
import { AREA, HEIGHT, job, pixel, rawFrames, twoObjects, WIDTH } from '../../../tests/support/segment-jobs';

vi.mock('../stages/segment/open-source', () => import('../../../tests/support/made-source'));

const at = scratchFolder();

describe('another background', () => {
  let clip: string;
  beforeAll(async () => {
    clip = await makeClip(at('b.mkv'), {
      ...{ width: WIDTH, height: HEIGHT, rate: 10, seconds: 0.5, sound: false },
      args: ['-c:v', 'ffv1', '-pix_fmt', 'yuv444p'],
    });
    finds(twoObjects);
  });

  it.each(['yuv420p', 'yuv422p10le', 'yuv444p'])(
    'leaves the object alone and is flat elsewhere in %s',
    async (format) => {
      const source = at(`b-${format}.mkv`);
      await ffmpeg('-i', clip, '-pix_fmt', format, '-c:v', 'ffv1', source);
      const output = at(`flat-${format}.mkv`);
      const background = { colour: { red: 0, green: 0, blue: 255 } };
      await job(source, output, { output: 'replace', background }, { codec: 'ffv1' });
      const { streams } = await ffprobe(output, '-show_streams');
      expect(streams![0]).toMatchObject({ pix_fmt: format });
      const [[before], [after]] = [
        await rawFrames(source, 'yuv444p', 3 * AREA),
        await rawFrames(output, 'yuv444p', 3 * AREA),
      ];
      for (let plane = 0; plane < 3; plane++)
        expect(
          Math.abs(after![plane * AREA + pixel(30, 30)]! - before![plane * AREA + pixel(30, 30)]!),
        ).toBeLessThan(2);
      // Blue by BT.601 in limited range.
      expect(Math.abs(after![pixel(80, 5)]! - 41)).toBeLessThan(2);
      expect(Math.abs(after![AREA + pixel(80, 5)]! - 240)).toBeLessThan(2);
    },
  );

  it('is an image, cut to fill the frame', async () => {
    await sharp({ create: { width: 300, height: 40, channels: 3, background: '#ff0000' } })
      .composite([
        {
          input: { create: { width: 60, height: 40, channels: 3, background: '#00ff00' } },
          left: 120,
          top: 0,
        },
      ])
      .png()
      .toFile(at('Hintergründe.png'));
    const background = { image: at('Hintergründe.png') };
    await job(clip, at('image.mkv'), { output: 'replace', background }, { codec: 'ffv1' });
    const [frame] = await rawFrames(at('image.mkv'), 'rgb24', 3 * AREA);
    // 96:64 of 300×40 is its middle 60 pixels.
    for (const [x, y] of [
      [3, 3],
      [92, 60],
    ] as const)
      expect(
        [...frame!.subarray(3 * pixel(x, y), 3 * pixel(x, y) + 3)].map((v) => Math.round(v / 255)),
      ).toEqual([0, 1, 0]);
    const missing = { image: at('none.png') };
    await expect(job(clip, at('x.mkv'), { output: 'replace', background: missing })).rejects.toMatchObject({
      code: 'no-such-file',
    });
    await expect(
      job(clip, at('x.mkv'), { output: 'replace', background: { image: clip } }),
    ).rejects.toMatchObject({ code: 'not-media' });
  });

  it('hides the old one’s texture where the object is but a trace', async () => {
    const trace = 4;
    const object = ellipse({ track: 1, x: 48, y: 32, a: 14, b: 14 });
    finds(() => [
      {
        ...object,
        matte: { ...object.matte, data: object.matte.data.map((cover) => Math.max(trace, cover)) },
      },
    ]);
    await writeFile(
      at('checks.gray'),
      Buffer.from(
        Array.from({ length: AREA }, (_, i) => (((i % WIDTH) + Math.floor(i / WIDTH)) % 2 === 0 ? 20 : 220)),
      ),
    );
    await ffmpeg(
      ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${WIDTH}x${HEIGHT}`, '-r', '10'],
      ...['-i', at('checks.gray'), '-c:v', 'ffv1', at('checks.mkv')],
    );
    const background = { colour: { red: 128, green: 128, blue: 128 } };
    await job(at('checks.mkv'), at('plain.mkv'), { output: 'replace', background }, { codec: 'ffv1' });
    const [frame] = await rawFrames(at('plain.mkv'), 'gray', AREA);
    const fresh = frame![0]!;
    const { matte } = object;
    for (let row = 0; row < matte.height; row++)
      for (let column = 0; column < matte.width; column++)
        if (matte.data[row * matte.width + column]! < trace)
          expect(Math.abs(frame![pixel(matte.x + column, matte.y + row)]! - fresh)).toBeLessThan(trace + 2);
    finds(twoObjects);
  });

  it('is itself, blurred without the object bleeding into it', async () => {
    // White object, black around: what is blurred stays black.
    const object = ellipse({ track: 1, x: 48, y: 32, a: 16, b: 16 });
    finds(() => [object]);
    const picture = Buffer.alloc(AREA, 20);
    for (let y = 0; y < object.matte.height; y++)
      for (let x = 0; x < object.matte.width; x++) {
        const alpha = (object.matte.data[y * object.matte.width + x] ?? 0) / 255;
        picture[pixel(object.matte.x + x, object.matte.y + y)] = Math.round(20 + alpha * 200);
      }
    await writeFile(at('white.gray'), picture);
    await ffmpeg(
      ...[
        '-f',
        'rawvideo',
        '-pix_fmt',
        'gray',
        '-s',
        `${WIDTH}x${HEIGHT}`,
        '-r',
        '10',
        '-i',
        at('white.gray'),
      ],
      ...['-c:v', 'ffv1', at('white.mkv')],
    );
    await job(at('white.mkv'), at('blurred.mkv'), { output: 'blur', blurRadius: 12 }, { codec: 'ffv1' });
    const [frame] = await rawFrames(at('blurred.mkv'), 'gray', AREA);
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        const away = Math.hypot(x + 0.5 - 48, y + 0.5 - 32);
        if (away > 19) expect(frame![pixel(x, y)]).toBeLessThan(24);
        if (away < 13) expect(frame![pixel(x, y)]).toBeGreaterThan(216);
      }
    finds(twoObjects);
    await job(clip, at('blur.mkv'), { output: 'blur' }, { codec: 'ffv1' });
    expect(await rawFrames(at('blur.mkv'), 'yuv444p', 3 * AREA)).toHaveLength(5);
  });
});

describe('an overlay', () => {
  it.each(['yuv420p', 'yuv422p10le', 'yuv444p', 'gray'])(
    'outlines, tints and names objects in %s',
    async (format) => {
      const clip = at(`o-${format}.mkv`);
      await ffmpeg(
        ...['-f', 'lavfi', '-i', `color=gray:size=${WIDTH}x${HEIGHT}:rate=10:duration=0.3`],
        ...['-pix_fmt', format, '-c:v', 'ffv1', clip],
      );
      finds(twoObjects);
      await job(clip, at(`over-${format}.mkv`), { output: 'overlay' }, { codec: 'ffv1' });
      const [before] = await rawFrames(clip, 'yuv444p', 3 * AREA);
      const [after] = await rawFrames(at(`over-${format}.mkv`), 'yuv444p', 3 * AREA);
      const change = (x: number, y: number): number =>
        Math.max(
          ...[0, 1, 2].map((plane) =>
            Math.abs(after![plane * AREA + pixel(x, y)]! - before![plane * AREA + pixel(x, y)]!),
          ),
        );
      expect(change(2, 60)).toBe(0);
      expect(change(30, 30)).toBeGreaterThan(3);
      expect(change(30 - 14, 30)).toBeGreaterThan(change(30, 30) + 10);
      // The board of the label above it.
      expect(change(20, 8)).toBeGreaterThan(10);
    },
  );
});
