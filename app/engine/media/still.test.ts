import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

async function save(name: string, picture: Sharp): Promise<string> {
  const path = join(folder, name);
  await picture.toFile(path);
  return path;
}

/** Read, and written again as it was read. */
async function passThrough(path: string, name: string): Promise<{ path: string; notes: readonly string[] }> {
  const still = await readStill(await probe(tools, path));
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

  it('says what a format cannot keep', async () => {
    const path = await save('clear.png', rgba().png());
    expect((await passThrough(path, 'clear.jpg')).notes.join()).toMatch(/JPEG has no transparency/);
    await expect(passThrough(path, 'clear.xyz')).rejects.toMatchObject({ code: 'unsupported-output' });
    const deep = await save('deep.png', rgb().toColourspace('rgb16').png());
    await expect(passThrough(deep, 'deep-out.png')).rejects.toMatchObject({ code: 'unsupported-input' });
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

  it('has an upright poster of the wanted width', async () => {
    const path = await save('poster.jpg', rgb().withMetadata({ orientation: 6 }).jpeg());
    const { width, height } = await sharp(await poster(tools, await probe(tools, path), 0, 20)).metadata();
    expect([width, height]).toEqual([20, Math.round((20 * WIDTH) / HEIGHT)]);
  });
});
