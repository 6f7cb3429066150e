import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installToy, toyNetwork } from '../../../../tests/support/toy-network';
import { pixelFormat, type StreamFormat } from '../../frames';
import { chooseSynthesizer } from './choose-synthesizer';
import type { InterpolateRequest } from './interpolate';

const INPUT: StreamFormat = {
  ...{ width: 64, height: 64, format: pixelFormat('yuv420p')!, timeBase: { num: 1, den: 25 } },
  frameRate: { num: 25, den: 1 },
  colour: {
    ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'bt709' },
    ...{ chromaLocation: 'left', rangeStated: true },
  },
};

describe('the network for motion', () => {
  const before = process.env['CLEARCUT_MODELS'];
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'clearcut-motion-'));
    process.env['CLEARCUT_MODELS'] = root;
    const toy = toyNetwork();
    for (const size of ['light', 'standard'] as const)
      await installToy(root, { ...toy, manifest: { ...toy.manifest, name: `toy-${size}`, size } });
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['CLEARCUT_MODELS'];
    else process.env['CLEARCUT_MODELS'] = before;
    await rm(root, { recursive: true, force: true });
  });

  async function chosen(request: Partial<InterpolateRequest>): Promise<string | undefined> {
    const { synthesizer, choice } = await chooseSynthesizer(
      { kind: 'interpolate', factor: 2, ...request },
      { input: INPUT, backend: 'cpu', note: () => undefined },
    );
    await synthesizer.close();
    return choice?.model;
  }

  it('is the light one, the one of a size, the next one to it, or the one that is named', async () => {
    expect(await chosen({})).toBe('toy-light');
    expect(await chosen({ quality: 'standard' })).toBe('toy-standard');
    expect(await chosen({ deblur: true, quality: 'fast' })).toBe('toy-light');
    expect(await chosen({ model: 'toy-standard' })).toBe('toy-standard');
    expect(await chosen({ method: 'motion' })).toBe(undefined);
    await expect(chosen({ model: 'toy-fast' })).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('toy-light, toy-standard') as string,
    });
  });
});
