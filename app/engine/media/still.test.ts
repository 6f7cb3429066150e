import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpeg } from '../../../tests/support/media';
import { resolveTools, probe, readStill, writeStill, poster, type MediaTools } from '.';

const [WIDTH, HEIGHT] = [67, 43] as const;
/** Noise, so that every code of every channel meets many others. */
const RGBA = Uint8Array.from(
  { length: WIDTH * HEIGHT * 4 },
  (_, index) => ((index * 2_654_435_761) >>> 13) & 255,
);

let folder: string;
let tools: MediaTools;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearcut-stills-'));
  tools = await resolveTools();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rgba = (): Sharp => sharp(RGBA, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } });
const rgb = (): Sharp => rgba().removeAlpha();
const greyAlpha = (): Sharp =>
  sharp(RGBA, { raw: { width: 2 * WIDTH, height: HEIGHT, channels: 2 } }).toColourspace('b-w');
/** The same noise in 16 bits, low bytes and all. */
const deep = (channels: 1 | 2 | 3 | 4): Sharp => {
  const samples = Uint16Array.from(
    { length: WIDTH * HEIGHT * channels },
    (_, index) => ((index * 2_654_435_761) >>> 9) & 65_535,
  );
  return sharp(samples, { raw: { width: WIDTH, height: HEIGHT, channels } }).toColourspace(
    channels < 3 ? 'grey16' : 'rgb16',
  );
};

/** A profile of RGB is none of grey's. */
const deepWithProfile = (channels: 1 | 2 | 3 | 4): Sharp =>
  channels < 3 ? deep(channels) : deep(channels).withIccProfile('p3');

/** Samples of 16 bits: those of all channels of colour, and of alpha. */
async function deepSamples(path: string): Promise<number[]> {
  const { space, hasAlpha } = await sharp(path).metadata();
  const image = sharp(path, { ignoreIcc: true });
  const parts = [[image.clone().removeAlpha(), space] as const];
  if (hasAlpha) parts.push([image.clone().extractChannel('alpha'), 'grey16']);
  const samples: number[] = [];
  for (const [part, as] of parts) {
    const data = await part.toColourspace(as).raw({ depth: 'ushort' }).toBuffer();
    samples.push(...new Uint16Array(data.buffer, data.byteOffset, data.length / 2));
  }
  return samples;
}

async function save(name: string, picture: Sharp): Promise<string> {
  const path = join(folder, name);
  await picture.toFile(path);
  return path;
}

/** Read, and written again as it was read. */
async function passThrough(path: string, name: string): Promise<{ path: string; notes: readonly string[] }> {
  const still = await readStill(tools, await probe(tools, path));
  const output = join(folder, name);
  const part = join(folder, 'result.part');
  const notes = await writeStill(still.frame, still, part, output);
  await writeFile(output, await readFile(part));
  return { path: output, notes: [...still.notes, ...notes] };
}

const pixelsOf = (path: string): Promise<Buffer> => sharp(path, { ignoreIcc: true }).raw().toBuffer();

describe('a still picture', () => {
  it.each([
    ['rgb.png', (): Sharp => rgb().png(), 'png'],
    ['rgba.png', (): Sharp => rgba().png(), 'png'],
    ['rgba.png', (): Sharp => rgba().png(), 'tiff'],
    ['grey.png', (): Sharp => rgb().toColourspace('b-w').png(), 'png'],
    ['palette.png', (): Sharp => rgb().png({ palette: true }), 'png'],
    ['clear-palette.png', (): Sharp => rgba().png({ palette: true, colours: 32 }), 'png'],
    ['grey-alpha.png', (): Sharp => greyAlpha().png(), 'png'],
    ['grey-alpha.tiff', (): Sharp => greyAlpha().tiff(), 'tiff'],
    ['bilevel.png', (): Sharp => rgb().threshold().png({ palette: true, colours: 2 }), 'png'],
    ['one.png', (): Sharp => rgb().extract({ left: 3, top: 5, width: 1, height: 1 }).png(), 'png'],
    ['p3.png', (): Sharp => rgb().withIccProfile('p3').png(), 'png'],
    [
      'exif.jpg',
      (): Sharp =>
        rgb()
          .withExif({ IFD0: { Copyright: 'Me' } })
          .jpeg(),
      'png',
    ],
    ['rgb.webp', (): Sharp => rgb().webp({ lossless: true }), 'png'],
  ])('%s comes back with the same bytes', async (name, picture, extension) => {
    const path = await save(name, picture());
    const result = await passThrough(path, `out-${name}.${extension}`);
    expect((await pixelsOf(result.path)).equals(await pixelsOf(path))).toBe(true);
    expect(result.notes).toEqual([]);
  });

  it('keeps its colour profile, EXIF, orientation and resolution', async () => {
    const turned = rgb()
      .withMetadata({ orientation: 6, density: 300 })
      .withIccProfile('p3')
      .withExifMerge({ IFD0: { Copyright: 'Me' } });
    const path = await save('turned.jpg', turned.jpeg());
    const before = await sharp(path).metadata();
    expect((await probe(tools, path)).video.rotation).toBe(90);
    for (const extension of ['jpg', 'png', 'webp', 'tiff']) {
      const after = await sharp((await passThrough(path, `turned-out.${extension}`)).path).metadata();
      expect(after.orientation, extension).toBe(6);
      expect(after.icc?.equals(before.icc ?? Buffer.alloc(0)), extension).toBe(true);
      if (extension !== 'tiff') expect(after.exif?.toString('latin1'), extension).toContain('Me');
    }
    const avif = await sharp((await passThrough(path, 'turned-out.avif')).path).metadata();
    expect([avif.width, avif.height]).toEqual([HEIGHT, WIDTH]);
  });

  it.each([
    [1, 'png'],
    [2, 'png'],
    [3, 'png'],
    [4, 'png'],
    [4, 'tiff'],
  ] as const)(
    'of %i channels of 16 bits keeps them in .%s, to within two steps',
    async (channels, extension) => {
      const path = await save(`deep-${channels}.png`, deepWithProfile(channels).png());
      const result = await passThrough(path, `deep-${channels}-out.${extension}`);
      expect(result.notes).toEqual([]);
      const metadata = await sharp(result.path).metadata();
      expect(metadata).toMatchObject({ depth: 'ushort', channels });
      const before = await deepSamples(path);
      const after = await deepSamples(result.path);
      expect(after).toHaveLength(before.length);
      const furthest = after.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - before[index]!)),
        0,
      );
      expect(furthest).toBeLessThanOrEqual(2);
    },
  );

  it('in CMYK is converted by its profile, with a note', async () => {
    const path = await save('print.jpg', rgb().withIccProfile('cmyk').toColourspace('cmyk').jpeg());
    expect((await sharp(path).metadata()).space).toBe('cmyk');
    const result = await passThrough(path, 'print-out.jpg');
    expect(result.notes).toEqual(['CMYK was converted to RGB (sRGB).']);
    expect(await sharp(result.path).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
  });

  it('is as large as it is seen, whichever of the eight orientations it has', async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const path = await save(`turned-${orientation}.jpg`, rgb().withMetadata({ orientation }).jpeg());
      const { rotation } = (await probe(tools, path)).video;
      expect([orientation, rotation % 180]).toEqual([orientation, orientation > 4 ? 90 : 0]);
    }
  });

  it('says what a format cannot keep', async () => {
    const path = await save('clear.png', rgba().png());
    expect((await passThrough(path, 'clear.jpg')).notes.join()).toMatch(/JPEG has no transparency/);
    await expect(passThrough(path, 'clear.xyz')).rejects.toMatchObject({ code: 'unsupported-output' });
    const full = await save('full.png', deep(3).png());
    expect((await passThrough(full, 'full.webp')).notes).toEqual([
      'WebP holds 8 bits per channel here: choose .png or .tiff to keep all 16.',
    ]);
    const float = await save('float.tiff', rgb().toColourspace('scrgb').tiff());
    if ((await sharp(float).metadata()).depth === 'float')
      await expect(passThrough(float, 'float-out.png')).rejects.toMatchObject({ code: 'unsupported-input' });
  });

  it('is refused by name when it is damaged or none', async () => {
    const path = await save('whole.png', rgb().png());
    const bytes = await readFile(path);
    await writeFile(join(folder, 'cut.png'), bytes.subarray(0, bytes.length / 2));
    await expect(passThrough(join(folder, 'cut.png'), 'cut-out.png')).rejects.toMatchObject({
      code: 'damaged-input',
    });
    await writeFile(join(folder, 'text.png'), 'Hello');
    await expect(probe(tools, join(folder, 'text.png'))).rejects.toMatchObject({ code: 'not-media' });
  });

  it.each(['bmp', 'tga', 'ppm', 'jp2'])('is read by ffmpeg where it is a .%s', async (extension) => {
    const plain = await save('plain.png', rgb().png());
    const path = join(folder, `plain.${extension}`);
    await ffmpeg('-i', plain, ...(extension === 'jp2' ? ['-pix_fmt', 'rgb24', '-pred', '1'] : []), path);
    expect(await probe(tools, path)).toMatchObject({ kind: 'still', container: extension, path });
    const result = await passThrough(path, `${extension}-out.png`);
    const samples = async (file: string): Promise<Buffer> => sharp(file).raw().toBuffer();
    const [before, after] = [await samples(plain), await samples(result.path)];
    const most = after.reduce((furthest, code, i) => Math.max(furthest, Math.abs(code - before[i]!)), 0);
    expect(most).toBeLessThanOrEqual(extension === 'jp2' ? 4 : 0);
    expect((await poster(tools, await probe(tools, path), 0, 20)).length).toBeGreaterThan(0);
    await writeFile(path, 'Hello');
    await expect(probe(tools, path)).rejects.toMatchObject({ code: 'not-media' });
  });

  it('is refused by name where no program here reads it', async () => {
    const pages = await Promise.all([rgb(), rgb().negate()].map((page) => page.png().toBuffer()));
    const animated = join(folder, 'animated.webp');
    await sharp(pages, { join: { animated: true } })
      .webp()
      .toFile(animated);
    await expect(probe(tools, animated)).rejects.toThrow(/animated.webp is an animated WebP/);
    const heic = join(folder, 'phone.heic');
    await writeFile(heic, Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
    await expect(probe(tools, heic)).rejects.toThrow(/HEIC picture.*JPEG/);
  });

  it('has an upright poster of the wanted width', async () => {
    const path = await save('poster.jpg', rgb().withMetadata({ orientation: 6 }).jpeg());
    const { width, height } = await sharp(await poster(tools, await probe(tools, path), 0, 20)).metadata();
    expect([width, height]).toEqual([20, Math.round((20 * WIDTH) / HEIGHT)]);
  });
});
