import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeClip, temporaryFolder, tools } from '../../../../tests/support/media';
import { testData, type Task, type TestData } from './test-data';
import { TRIPLET_FILES } from './triplets';

const live = new AbortController().signal;

let folder = '';
let cleanUp: () => Promise<void>;
beforeEach(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
});
afterEach(() => cleanUp());

const at = (...names: string[]): string => join(folder, ...names);
const data = async (task: Task, factor?: number): Promise<TestData> =>
  testData(await tools(), folder, task, factor);
const frame = (path: string, value: number, width = 16, height = 12): Promise<unknown> =>
  sharp({ create: { width, height, channels: 3, background: { r: value, g: value, b: 7 } } })
    .png()
    .toFile(path);

async function triplet(name: string, ...values: readonly number[]): Promise<void> {
  await mkdir(at(name));
  for (const [index, file] of TRIPLET_FILES.entries()) await frame(at(name, file), values[index] ?? 0);
}

/** [input, ...truths] by the first sample. */
async function stepsOf(found: TestData, index = 0): Promise<(number | undefined)[][]> {
  const steps = [];
  for await (const { input, truths } of found.sequences[index]!.steps(live))
    steps.push([input.data[0], ...truths.map(({ data: samples }) => samples[0])]);
  return steps;
}

describe('a folder of triplets', () => {
  it('gives a sequence each, by name; other folders and files are passed over', async () => {
    await triplet('b', 1, 2, 3);
    await triplet('a', 10, 20, 30);
    await mkdir(at('notes'));
    await writeFile(at('index.tsv'), 'file\n');
    const found = await data('interp');
    expect(found.sequences.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await stepsOf(found)).toEqual([[10], [30, 20]]);
    await expect(data('interp', 4)).rejects.toThrow('know the frame in the middle alone');
  });

  it('names what is missing of one, what differs in size and what is no picture', async () => {
    await triplet('a', 1, 2, 3);
    await frame(at('a', 'frame11.png'), 3, 18);
    await expect(stepsOf(await data('interp'))).rejects.toThrow(
      /frame11\.png \(18×12\) and .*frame10\.png \(16×12\)/,
    );
    await writeFile(at('a', 'frame11.png'), 'no picture');
    await expect(stepsOf(await data('interp'))).rejects.toMatchObject({ code: 'damaged-input' });
    await rm(at('a', 'frame10i11.png'));
    await expect(data('interp')).rejects.toMatchObject({
      code: 'no-such-file',
      message: expect.stringContaining(at('a', 'frame10i11.png')) as string,
    });
  });
});

describe('a folder of clips', () => {
  const clip = (name: string): Promise<string> =>
    makeClip(at(name), { width: 32, height: 24, seconds: 0.4, sound: false });
  const index = (...lines: readonly string[]): Promise<void> =>
    writeFile(at('index.tsv'), lines.join('\n') + '\n');

  it('is blurred as its index says', async () => {
    await clip('one.mp4');
    await clip('two.mp4');
    await index('width\tfile\tblur_window\tblur_step', '32\tone.mp4\t3\t2');
    const blurred = await data('deblur');
    expect(blurred.sequences.map(({ name }) => name)).toEqual(['one.mp4']);
    expect(await stepsOf(blurred)).toHaveLength(4);
    expect((await stepsOf(await data('interp'))).map(({ length }) => length)).toEqual([1, 2, 2, 2]);
    await expect(data('interp', 4)).rejects.toThrow(
      'one.mp4 has a frame every 2, so none at every place of ×4',
    );
    const sharpSteps = await stepsOf(await data('sharp'));
    expect(sharpSteps).toHaveLength(4);
    for (const [input, truth] of sharpSteps) expect(input).toBe(truth);
  });

  it('without an index loses every second frame, or gives them all to be left alone', async () => {
    await clip('one.mp4');
    await writeFile(at('notes.txt'), '');
    expect(await stepsOf(await data('interp'))).toHaveLength(5);
    expect((await stepsOf(await data('interp', 4))).map(({ length }) => length)).toEqual([1, 4, 4]);
    expect(await stepsOf(await data('sharp'))).toHaveLength(10);
    await expect(data('deblur')).rejects.toMatchObject({
      code: 'no-such-file',
      message: expect.stringMatching(/no index\.tsv .*--sharp/) as string,
    });
  });

  it('says what is wrong with its index', async () => {
    await clip('one.mp4');
    const refused = async (lines: readonly string[], message: RegExp): Promise<void> => {
      await index(...lines);
      await expect(data('interp')).rejects.toThrow(message);
    };
    const head = 'file\tblur_window\tblur_step';
    await refused([head, 'no.mp4\t3\t2'], /no\.mp4 is missing, which .*index\.tsv names/);
    await refused(
      [head, 'one.mp4\t4\t2'],
      /index\.tsv, clip 1 \(one\.mp4\): blur_window must be an odd .*"4"/,
    );
    await refused([head, 'one.mp4\t3\t2', 'one.mp4\t3\t'], /clip 2 .*blur_step must be an even .*""/);
    await refused(['name\tblur_window\tblur_step', 'one.mp4\t3\t2'], /no column "file"/);
  });
});

it('a folder with nothing in it, or none at all, is named', async () => {
  await expect(data('interp')).rejects.toMatchObject({
    code: 'no-media',
    message: expect.stringContaining('frame10i11.png') as string,
  });
  await expect(data('deblur')).rejects.toMatchObject({ code: 'no-media' });
  await expect(testData(await tools(), at('none'), 'interp')).rejects.toMatchObject({ code: 'no-such-file' });
});
