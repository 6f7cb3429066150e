import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findModel, listModels, readModel } from './manifest';

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

  const install = async (name: string, scale: number, psnrY: number): Promise<void> => {
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

  it('are chosen by name, or by scale and the quality that was measured', async () => {
    await install('a-x2', 2, 37);
    await install('b-x2', 2, 37.5);
    await install('c-x3', 3, 40);
    expect((await findModel('enhance', 2)).manifest.name).toBe('b-x2');
    expect((await findModel('enhance', 2, 'a-x2')).manifest.name).toBe('a-x2');
    await expect(findModel('enhance', 4)).rejects.toMatchObject({ code: 'model-missing' });
    await expect(findModel('enhance', 2, 'c-x3')).rejects.toThrow('enlarges by 3, not by 2');
    await expect(findModel('enhance', 2, 'd')).rejects.toThrow('a-x2, b-x2, c-x3');
  });

  it('are read where they are what their manifest says', async () => {
    await install('a-x2', 2, 37);
    const model = await findModel('enhance', 2);
    expect(Buffer.from(await readModel(model))).toEqual(BYTES);
    await writeFile(join(root, 'a-x2', 'model.onnx'), 'something else');
    await expect(readModel(model)).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining(join(root, 'a-x2')) as string,
    });
    await rm(join(root, 'a-x2', 'model.onnx'));
    await expect(readModel(model)).rejects.toMatchObject({ code: 'model-missing' });
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
