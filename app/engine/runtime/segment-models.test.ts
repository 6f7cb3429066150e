import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelSize } from '../../shared';
import { listModels } from './manifest';
import { findSegmentModel } from './segment-models';

describe('models that find objects', () => {
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

  const install = async (name: string, size: ModelSize, change: object = {}): Promise<void> => {
    const file = (graph: string): object => ({ file: `${graph}.onnx`, sha256: '0'.repeat(64) });
    const manifest = {
      name,
      title: name,
      version: '1.0.0',
      task: 'segment',
      size,
      graphs: {
        detector: file('detector'),
        extreme: file('extreme'),
        contour: file('contour'),
        points: file('points'),
      },
      colour: { plane: 'rgb' },
      multiple: 32,
      workingSize: 512,
      points: { diamond: 40, contour: 128 },
      operations: { detector: 3e9, contours: 7e8, points: 15000 },
      parameters: 4e6,
      licence: { weights: 'MIT', data: [] },
      startedFrom: { name: 'a detector', licence: 'MIT' },
      training: {},
      classes: [
        { index: 0, name: 'person', ap50: 0.6, shown: true },
        { index: 2, name: 'car', ap50: null, shown: false },
      ],
      ...change,
    };
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'manifest.json'), JSON.stringify(manifest));
  };

  it('are listed with the others, and their manifests keep what they say', async () => {
    await install('deepsnake-standard', 'standard');
    const [manifest] = await listModels();
    expect(manifest).toMatchObject({
      task: 'segment',
      graphs: { contour: { file: 'contour.onnx' } },
      classes: [{ name: 'person', ap50: 0.6, shown: true }, { name: 'car' }],
    });
  });

  it('are found by name or size, else the largest', async () => {
    await install('deepsnake-light', 'light');
    await install('deepsnake-standard', 'standard');
    const found = async (wish?: Parameters<typeof findSegmentModel>[0]): Promise<string> =>
      (await findSegmentModel(wish)).manifest.name;
    expect(await found()).toBe('deepsnake-standard');
    expect(await found({ size: 'light' })).toBe('deepsnake-light');
    expect(await found({ size: 'fast' })).toBe('deepsnake-light');
    expect(await found({ name: 'deepsnake-light' })).toBe('deepsnake-light');
    await expect(found({ name: 'yolo' })).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('deepsnake-light, deepsnake-standard') as string,
    });
  });

  it('are missed by name where there is none, and damaged where a class is none of COCO’s', async () => {
    await expect(findSegmentModel()).rejects.toMatchObject({ code: 'model-missing' });
    await install('bad', 'light', { classes: [{ index: 0, name: 'people', ap50: 1, shown: true }] });
    await expect(findSegmentModel()).rejects.toMatchObject({ code: 'model-damaged' });
  });
});
