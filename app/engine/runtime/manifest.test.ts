import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelSize } from '../../shared';
import { findModel, modelScales, modelsFor, ofSize } from './enhance-models';
import { listModels, readModelFile } from './manifest';

const BYTES = Buffer.from('not a network, but bytes with a hash');

describe('installed models', () => {
  let root = '';
  const before = process.env['CLEARCUT_MODELS'];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'clearcut-models-'));
    process.env['CLEARCUT_MODELS'] = root;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['CLEARCUT_MODELS'];
    else process.env['CLEARCUT_MODELS'] = before;
    await rm(root, { recursive: true });
  });

  const install = async (
    name: string,
    scale: number,
    psnrY: number,
    size: ModelSize = 'light',
    restore = false,
  ): Promise<void> => {
    const folder = join(root, name);
    await mkdir(folder);
    await writeFile(join(folder, 'model.onnx'), BYTES);
    const tensor = { name: 'y', type: 'float32', shape: [1, 1, 'H', 'W'], layout: 'NCHW' };
    const manifest = {
      name,
      title: name,
      version: '1.0.0',
      task: 'enhance',
      file: 'model.onnx',
      sha256: createHash('sha256').update(BYTES).digest('hex'),
      scale,
      size,
      restore,
      halo: 19,
      inputs: [tensor],
      outputs: [tensor],
      colour: { plane: 'luma', matrix: 'bt601', range: 'limited' },
      operations: { adder: 1, mac: 1 },
      parameters: 1,
      licence: { weights: 'MIT', data: [] },
      training: {},
      quality: [
        { dataset: 'Set5', scale, precision: 'uint8', psnrY, ssimY: 0.9 },
        { dataset: 'Set5', scale, precision: 'float32', psnrY: 99, ssimY: 0.9 },
      ],
    };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  };

  it('are listed by name', async () => {
    await install('b-x2', 2, 37);
    await install('a-x3', 3, 33);
    await mkdir(join(root, 'no-model-in-here'));
    expect((await listModels()).map((model) => model.name)).toEqual(['a-x3', 'b-x2']);
  });

  it('are chosen by name, or by scale, size and the quality that was measured', async () => {
    await install('a-x2', 2, 37);
    await install('b-x2', 2, 37.5);
    await install('c-x3', 3, 40);
    expect((await findModel(2)).manifest.name).toBe('b-x2');
    await install('fast-x2', 2, 38, 'fast');
    expect((await findModel(2)).manifest.name).toBe('b-x2');
    await install('standard-x2', 2, 36, 'standard');
    await install('restore-x2', 2, 50, 'standard', true);
    expect((await findModel(2)).manifest.name).toBe('standard-x2');
    expect((await findModel(2, 'a-x2')).manifest.name).toBe('a-x2');
    await expect(findModel(4)).rejects.toMatchObject({ code: 'model-missing' });
    await expect(findModel(2, 'c-x3')).rejects.toThrow('enlarges by 3, not by 2');
    await expect(findModel(2, 'd')).rejects.toThrow('a-x2, b-x2, c-x3');
  });

  it('are there one a size for what is wished, and say what there is where they are not', async () => {
    for (const size of ['fast', 'light', 'standard'] as const) await install(`${size}-x2`, 2, 37, size);
    await install('other-light-x2', 2, 36, 'light');
    await install('light-x3', 3, 33, 'light');
    await install('restore-x2', 2, 36, 'fast', true);
    const names = async (...wish: Parameters<typeof modelsFor>): Promise<string[]> =>
      (await modelsFor(...wish)).map(({ manifest }) => manifest.name);
    expect(await names({ scale: 2 })).toEqual(['standard-x2', 'light-x2', 'fast-x2']);
    expect(await names({ scale: 2, restore: true })).toEqual(['restore-x2']);
    await expect(modelsFor({ scale: 4 })).rejects.toThrow('(there are: ×2, ×3)');
    await expect(modelsFor({ scale: 3, restore: true })).rejects.toThrow(
      /no restoring model that enlarges by 3 \(there are: ×2\): .*leave out --restore\.$/,
    );
    await rm(join(root, 'restore-x2'), { recursive: true });
    await expect(modelsFor({ scale: 2, restore: true })).rejects.toThrow(
      'There is no restoring model: leave out --restore.',
    );
    await install('restore-x2', 2, 36, 'fast', true);
    expect(await modelScales(false)).toEqual([2, 3]);
    expect(await modelScales(true)).toEqual([2]);
  });

  it('stand in for the nearest size, the smaller one first', async () => {
    await install('fast-x2', 2, 37, 'fast');
    await install('standard-x2', 2, 37, 'standard');
    await install('light-x3', 3, 37, 'light');
    const nearest = async (scale: number, size: ModelSize): Promise<string | undefined> =>
      ofSize(await modelsFor({ scale }), size)?.manifest.name;
    expect(await nearest(2, 'standard')).toBe('standard-x2');
    expect(await nearest(2, 'light')).toBe('fast-x2');
    expect(await nearest(3, 'fast')).toBe('light-x3');
    expect(await nearest(3, 'standard')).toBe('light-x3');
  });

  it('are read where they are what their manifest says', async () => {
    await install('a-x2', 2, 37);
    const model = await findModel(2);
    expect(Buffer.from(await readModelFile(model.folder, model.manifest))).toEqual(BYTES);
    await writeFile(join(root, 'a-x2', 'model.onnx'), 'something else');
    await expect(readModelFile(model.folder, model.manifest)).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining(join(root, 'a-x2')) as string,
    });
    await rm(join(root, 'a-x2', 'model.onnx'));
    await expect(readModelFile(model.folder, model.manifest)).rejects.toMatchObject({
      code: 'model-missing',
    });
  });

  it('with a broken manifest are named', async () => {
    await install('a-x2', 2, 37);
    await writeFile(join(root, 'a-x2', 'manifest.json'), '{"name": "a-x2"');
    await expect(listModels()).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining('a-x2') as string,
    });
  });

  it('are missed where there is no folder', async () => {
    process.env['CLEARCUT_MODELS'] = join(root, 'nowhere');
    await expect(listModels()).rejects.toMatchObject({ code: 'model-missing' });
  });
});
