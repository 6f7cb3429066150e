import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { H264, picture, withBothFfmpegs } from '../../../tests/support/both-ffmpegs';
import { poster, probe } from '.';

const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=2'] as const;
const SUBTITLES = '1\n00:00:00,500 --> 00:00:01,000\nHello\n\n2\n00:00:01,500 --> 00:00:01,900\nYou\n';
const METADATA = [
  ...[';FFMETADATA1', 'title=Ünï title', 'creation_time=2020-01-02T03:04:05.000000Z'],
  ...['[CHAPTER]', 'TIMEBASE=1/1000', 'START=0', 'END=1000', 'title=One'],
  ...['[CHAPTER]', 'TIMEBASE=1/1000', 'START=1000', 'END=2000', 'title=Two', ''],
].join('\n');

await withBothFfmpegs((bench) => {
  const { tools } = bench;

  /** A Matroska file with all that one can hold. */
  const everything = async (): Promise<string> => {
    await writeFile(bench.at('a.srt'), SUBTITLES);
    await writeFile(bench.at('meta.txt'), METADATA);
    const cover = await bench.make('cover.jpg', ...picture('100x80'), '-frames:v', '1');
    const late = ['-itsoffset', '0.7', ...SOUND];
    return bench.make(
      'everything.mkv',
      ...[...picture(), ...late, ...SOUND, '-i', bench.at('a.srt'), '-i', bench.at('meta.txt')],
      ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map_metadata', '4', '-map_chapters', '4'],
      ...[...H264, '-c:a:0', 'aac', '-c:a:1', 'flac', '-c:s', 'ass', '-aspect', '16:9'],
      ...[
        '-metadata:s:a:0',
        'language=fra',
        '-metadata:s:a:1',
        'title=Comments',
        '-metadata:s:v',
        'title=Eye',
      ],
      ...['-disposition:a:0', '0', '-disposition:a:1', 'default', '-disposition:s:0', 'forced'],
      ...['-attach', bench.at('a.srt'), '-metadata:s:t:0', 'mimetype=application/x-truetype-font'],
      ...['-metadata:s:t:0', 'filename=font.ttf'],
      ...[
        '-attach',
        cover,
        '-metadata:s:t:1',
        'mimetype=image/jpeg',
        '-metadata:s:t:1',
        'filename=cover.jpg',
      ],
    );
  };

  it.each([
    ['mp4', 'h264'],
    ['mkv', 'h264'],
    ['mov', 'prores'],
    ['webm', 'vp9'],
    ['mp4', 'av1'],
  ] as const)('keeps the times of a variable frame rate in .%s with %s', async (extension, codec) => {
    const vary = ['-vf', "setpts='if(lt(N,40),N*2,N*3+17+mod(N,3))/50/TB'", '-vsync', 'vfr'];
    const path = await bench.make('vfr.mp4', ...picture('64x64', '25', '4'), ...vary, ...H264);
    const info = await probe(tools, path);
    expect(info.video.variableFrameRate).toBe(true);
    const output = bench.at(`vfr-out-${codec}.${extension}`);
    await bench.passThrough(path, output, codec);
    const [before, after] = [await bench.packetTimes(path), await bench.packetTimes(output)];
    expect(after).toHaveLength(before.length);
    const digits = extension === 'mkv' || extension === 'webm' ? 2 : 5;
    after.forEach((time, index) => {
      expect(time).toBeCloseTo(before[index] ?? 0, digits);
    });
  });

  it.each([
    ['bt709', 'tv', 'yuv420p'],
    ['smpte170m', 'tv', 'yuv420p'],
    ['bt2020nc', 'tv', 'yuv420p10le'],
    ['bt709', 'pc', 'yuv420p'],
    ['smpte170m', 'pc', 'yuv444p'],
    ['bt709', 'tv', 'yuv422p10le'],
    ['bt709', 'tv', 'gray'],
  ])('changes no sample of %s, %s range, %s, and keeps its tags', async (matrix, range, format) => {
    const name = `${matrix}-${range}-${format}`;
    const tags = [
      '-colorspace',
      matrix,
      '-color_range',
      range,
      '-color_primaries',
      'bt709',
      '-color_trc',
      'bt709',
    ];
    const ffv1 = ['-pix_fmt', format, '-c:v', 'ffv1', '-level', '3'];
    const path = await bench.make(`${name}.mkv`, ...picture('64x48', '25', '1'), ...ffv1, ...tags);
    const output = bench.at(`${name}-out.mkv`);
    expect(await bench.passThrough(path, output, 'ffv1')).toEqual([]);
    expect((await bench.decode(output)).frames).toEqual((await bench.decode(path)).frames);
    const [before, after] = [(await probe(tools, path)).video, (await probe(tools, output)).video];
    expect(before.colour).toMatchObject({ matrix, range: range === 'pc' ? 'full' : 'limited' });
    expect(after).toMatchObject({ pixelFormat: format, bitDepth: before.bitDepth, colour: before.colour });
    expect(after.frameRate).toEqual(before.frameRate);
  });

  it.each([
    ['h264', 'mp4', 'pc'],
    ['h264', 'avi', 'tv'],
    ['hevc', 'mp4', 'pc'],
    ['vp9', 'webm', 'pc'],
    ['av1', 'mkv', 'pc'],
    ['prores', 'mov', 'tv'],
  ] as const)('tags %s in .%s with the colours of a video of %s range', async (codec, extension, range) => {
    const tags = [
      '-colorspace',
      'bt709',
      '-color_range',
      range,
      '-color_primaries',
      'bt709',
      '-color_trc',
      'bt709',
    ];
    const ffv1 = ['-pix_fmt', 'yuv420p', '-c:v', 'ffv1', '-level', '3'];
    const path = await bench.make(`tags-${range}.mkv`, ...picture('96x80', '25', '0.4'), ...ffv1, ...tags);
    const output = bench.at(`tags-${codec}.${extension}`);
    await bench.passThrough(path, output, codec);
    const { colour } = (await probe(tools, output)).video;
    const wanted = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' };
    expect(colour).toMatchObject({ ...wanted, range: range === 'pc' ? 'full' : 'limited' });
    expect((await bench.decode(output)).frames).toHaveLength(10);
  });

  it('keeps 10 bits in H.264, HEVC, VP9 and ProRes', async () => {
    const ffv1 = ['-pix_fmt', 'yuv420p10le', '-c:v', 'ffv1', '-level', '3'];
    const path = await bench.make('ten.mkv', ...picture('64x48', '25', '0.4'), ...ffv1);
    for (const [codec, extension] of [
      ['h264', 'mov'],
      ['hevc', 'mp4'],
      ['vp9', 'mkv'],
      ['prores', 'mov'],
    ] as const) {
      const output = bench.at(`ten-${codec}.${extension}`);
      await bench.passThrough(path, output, codec);
      expect((await probe(tools, output)).video.bitDepth, codec).toBe(10);
    }
  });

  it('changes nothing of a Matroska file but its video', async () => {
    const path = await everything();
    const output = bench.at('everything-out.mkv');
    expect(await bench.passThrough(path, output, 'h264')).toEqual([]);
    const [before, after] = [await probe(tools, path), await probe(tools, output)];
    expect(after.others).toEqual(before.others);
    expect(after.chapters).toBe(2);
    expect(after.video.sampleAspectRatio).toEqual(before.video.sampleAspectRatio);
    // In the codec's own header too, for players that pass over the container's.
    const segment = await probe(tools, `${output}.0.nut`);
    expect(segment.video.sampleAspectRatio).toEqual({ num: 4, den: 3 });
    expect(await bench.otherPackets(output)).toBe(await bench.otherPackets(path));
    expect(await bench.packetTimes(output)).toEqual(await bench.packetTimes(path));
    const sections = ['chapter=start,end:chapter_tags:format_tags=title,creation_time'];
    const dispositions =
      'stream_disposition=default,forced,attached_pic:stream_tags=language,title,filename,mimetype';
    for (const section of [...sections, dispositions]) {
      const entries = ['-show_entries', section];
      expect(await bench.facts(output, ...entries)).toEqual(await bench.facts(path, ...entries));
    }
  });

  it('says what a container cannot hold, and carries the rest', async () => {
    const path = await everything();
    const kinds = async (file: string): Promise<unknown[]> =>
      (await probe(tools, file)).others.map(({ kind, codec }) => `${kind} ${codec}`);
    const mp4 = bench.at('everything.mp4');
    const notes = await bench.passThrough(path, mp4, 'h264');
    expect(notes).toHaveLength(2);
    expect(notes.join(' ')).toMatch(/Subtitle track.*mov_text.*Attachment.*font\.ttf.*\.mkv/);
    expect(await kinds(mp4)).toEqual(
      expect.arrayContaining(['audio aac', 'audio flac', 'subtitle mov_text', 'video mjpeg']),
    );
    expect((await bench.packetTimes(mp4, 'a:0'))[0]).toBeCloseTo(
      (await bench.packetTimes(path, 'a:0'))[0] ?? 0,
      2,
    );

    const webm = bench.at('everything.webm');
    expect((await bench.passThrough(path, webm, 'vp9')).join(' ')).toMatch(/re-encoded \(libopus\).*cover/i);
    expect(await kinds(webm)).toEqual(['audio opus', 'audio opus', 'subtitle webvtt']);

    const avi = bench.at('everything.avi');
    expect(await bench.passThrough(path, avi, 'h264')).toHaveLength(4);
    expect(await kinds(avi)).toEqual(['audio aac']);
  });

  it('keeps picture and sound of a transport stream together, from zero on', async () => {
    const path = await bench.make('stream.ts', ...picture(), ...SOUND, ...H264, '-c:a', 'mp2');
    const output = bench.at('stream.mp4');
    await bench.passThrough(path, output, 'h264');
    const offset = async (file: string): Promise<number> =>
      ((await bench.packetTimes(file))[0] ?? 0) - ((await bench.packetTimes(file, 'a:0'))[0] ?? 0);
    expect(await offset(output)).toBeCloseTo(await offset(path), 2);
    expect((await bench.packetTimes(output))[0]).toBeLessThan(0.1);
  });

  it.each([90, 180, 270] as const)('keeps a picture turned by %i degrees turned', async (degrees) => {
    const flat = await bench.make('flat.mp4', ...picture(), ...H264);
    const turned =
      tools.avcodecMajor < 60
        ? ['-i', flat, '-c', 'copy', '-metadata:s:v:0', `rotate=${360 - degrees}`]
        : ['-display_rotation', String(-degrees), '-i', flat, '-c', 'copy'];
    const path = await bench.make(`turned-${degrees}.mp4`, ...turned);
    expect((await probe(tools, path)).video.rotation).toBe(degrees);
    const output = bench.at(`turned-${degrees}-out.mp4`);
    await bench.passThrough(path, output, 'h264');
    expect((await probe(tools, output)).video).toMatchObject({ rotation: degrees, width: 64, height: 48 });
    const bmp = Buffer.from(await poster(tools, await probe(tools, output), 1, 32));
    const [width, height] = [bmp.readUInt32LE(18), bmp.readUInt32LE(22)];
    expect([width, height]).toEqual(degrees === 180 ? [32, 24] : [32, 43]);
  });

  it('trims picture, sound and subtitles alike', async () => {
    const path = await everything();
    for (const extension of ['mkv', 'mp4'] as const) {
      const output = bench.at(`trimmed.${extension}`);
      await bench.passThrough(path, output, 'h264', { start: 0.9, end: 1.7 });
      const times = await bench.packetTimes(output);
      expect(times).toHaveLength(20);
      const wanted = (await bench.packetTimes(path))
        .map((time) => time - 0.9)
        .filter((t) => t > -1e-6 && t < 0.8);
      times.forEach((time, index) => {
        expect(time).toBeCloseTo(wanted[index] ?? 0, 2);
      });
      const sound = await bench.packetTimes(output, 'a:1');
      expect(sound[0]).toBeLessThan(0.12);
      expect(sound.at(-1)).toBeGreaterThan(0.6);
      expect(sound.at(-1)).toBeLessThan(0.9);
      // MP4 fills the times without a text with empty ones.
      const subtitles = await bench.packetTimes(output, 's:0');
      expect(subtitles.map((time) => Math.round(time * 100))).toContain(60);
    }
  });

  it.each(['Ünï çödé 日本語 (1) &.mkv', 'it\'s 100% "quoted": -x.mp4', `${'long '.repeat(45)}.mkv`])(
    'takes and gives a file called %s',
    async (name) => {
      const folder = bench.at('-odd: 名前 #1');
      await mkdir(folder, { recursive: true });
      const plain = await bench.make('plain.mkv', ...picture('64x48', '25', '0.4'), ...H264);
      const path = join(folder, name);
      await writeFile(path, await readFile(plain));
      const output = join(folder, `out ${name.slice(5)}`);
      await bench.passThrough(path, output, 'h264');
      expect((await bench.decode(output)).frames).toHaveLength(10);
    },
  );
});
