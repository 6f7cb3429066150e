import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { REFINE_INPUTS, type InterpolateManifest, type ModelFile } from '../../shared';
import { chooseBackend } from './backend';
import { HybridSession } from './backends/cpu';
import { findModel } from './enhance-models';
import { modelsOf, readModelFile, type InstalledModel } from './manifest';
import { kernelOperators } from './operators';
import { processKernels } from './process-kernels';
import { fileFor, openModel } from './session';
import type { HostTensor } from './tensor';

const paritySchema = z.object({
  width: z.int(),
  height: z.int(),
  codes: z.base64(),
  output: z.base64(),
});

describe('the shipped network for enlarging', () => {
  it('gives what its training framework computed for it', async () => {
    const model = await findModel(2, 'addersr-light-x2');
    const parity = paritySchema.parse(JSON.parse(await readFile(join(model.folder, 'parity.json'), 'utf8')));
    const codes = Buffer.from(parity.codes, 'base64');
    const output = Buffer.from(parity.output, 'base64');
    const expected = Float32Array.from({ length: output.length / 4 }, (_, index) =>
      output.readFloatLE(4 * index),
    );
    const session = await openModel(model, await chooseBackend('cpu'));
    try {
      const data = Float32Array.from(codes, (code) => code / 255);
      const feed = { type: 'float32', dims: [1, 1, parity.height, parity.width], data } as const;
      const { y_up: result } = await session.run({ y: feed });
      expect(result?.dims).toEqual([1, 1, 2 * parity.height, 2 * parity.width]);
      const furthest = expected.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - Number(result?.data[index]))),
        0,
      );
      // One step of any body code moves some result by at least 4e-5: this holds all of them equal.
      expect(furthest).toBeLessThan(1e-5);
    } finally {
      await session.close();
    }
  });
});

const stepParitySchema = z.object({
  size: z.int(),
  codes: z.base64(),
  output: z.base64(),
  eightBitDifference: z.number().optional(),
  /** Of the graph that makes new frames once more. */
  refine: z.object({ codes: z.base64(), output: z.base64(), eightBitDifference: z.number() }).optional(),
});
const STEP_INPUTS = ['previous', 'next', 'warped_previous', 'warped_next'] as const;
const STEP_OUTPUTS = ['between', 'sharp'] as const;

/** What the steps of a parity file differ by from what `file` makes of them. */
async function differences(
  { manifest, folder }: InstalledModel<InterpolateManifest>,
  file: ModelFile,
  { size, codes: given, output }: { size: number; codes: string; output: string },
): Promise<number[]> {
  const codes = Buffer.from(given, 'base64');
  const expected = Buffer.from(output, 'base64');
  const samples = 3 * size ** 2;
  const picture = (data: Float32Array): HostTensor => ({ type: 'float32', dims: [1, 3, size, size], data });
  const input = (index: number): HostTensor =>
    picture(Float32Array.from(codes.subarray(index * samples, (index + 1) * samples), (code) => code / 255));
  const states: Record<string, HostTensor> = {};
  for (const { name, start } of manifest.states)
    states[`state.${name}`] = start === 'frame' ? input(0) : picture(new Float32Array(samples));
  const kernels = processKernels();
  const session = await HybridSession.create(await readModelFile(folder, file), {
    threads: kernels.threads,
    operators: kernelOperators(kernels),
  });
  const found: number[] = [];
  try {
    for (let step = 0; step < codes.length / samples / STEP_INPUTS.length; step++) {
      const inputs: Record<string, HostTensor> = {};
      for (const [i, name] of STEP_INPUTS.entries()) inputs[name] = input(step * STEP_INPUTS.length + i);
      const results = await session.run({ ...inputs, ...states });
      for (const [i, name] of STEP_OUTPUTS.entries())
        for (let at = 0; at < samples; at++) {
          const value = expected.readFloatLE(4 * ((step * STEP_OUTPUTS.length + i) * samples + at));
          found.push(Math.abs(value - Number(results[name]?.data[at])));
        }
      for (const { name } of manifest.states) {
        const next = results[`next.${name}`];
        // The session writes its results anew at the next step.
        if (next) states[`state.${name}`] = picture(Float32Array.from(next.data as Float32Array));
      }
    }
  } finally {
    await session.close();
  }
  return found;
}

/** What a refined frame of a parity file differs by from what `file` makes. */
async function refinedDifferences(
  folder: string,
  file: ModelFile,
  size: number,
  { codes: given, output }: { codes: string; output: string },
): Promise<number[]> {
  const [codes, expected] = [Buffer.from(given, 'base64'), Buffer.from(output, 'base64')];
  const samples = 3 * size ** 2;
  const feeds = Object.fromEntries(
    REFINE_INPUTS.map((name, i): [string, HostTensor] => {
      const data = Float32Array.from(codes.subarray(i * samples, (i + 1) * samples), (code) => code / 255);
      return [name, { type: 'float32', dims: [1, 3, size, size], data }];
    }),
  );
  const kernels = processKernels();
  const session = await HybridSession.create(await readModelFile(folder, file), {
    threads: kernels.threads,
    operators: kernelOperators(kernels),
  });
  try {
    const { refined } = await session.run(feeds);
    return Array.from({ length: samples }, (_, at) =>
      Math.abs(expected.readFloatLE(4 * at) - Number(refined?.data[at])),
    );
  } finally {
    await session.close();
  }
}

describe('the shipped networks for motion', () => {
  it('give what their training framework computed for two steps of a shot, on 8-bit codes about as near as there', async (context) => {
    const models = await modelsOf('interpolate');
    if (models.length === 0) context.skip('no network for motion ships yet');
    for (const model of models) {
      const { manifest, folder } = model;
      const parity = stepParitySchema.parse(JSON.parse(await readFile(join(folder, 'parity.json'), 'utf8')));
      expect(Math.max(...(await differences(model, manifest, parity))), manifest.name).toBeLessThan(1e-4);
      const { eightBit } = manifest;
      const { eightBitDifference: asTrained } = parity;
      // Without dot products the sums of two products may be cut off, so that nobody runs it.
      if (!eightBit || asTrained === undefined || !processKernels().hasDotProducts) continue;
      const found = await differences(model, eightBit, parity);
      const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
      expect(mean / asTrained, manifest.name).toBeLessThan(1.5);
    }
  });

  it('give what their training framework computed for new frames made once more, too', async () => {
    const models = await modelsOf('interpolate');
    for (const { manifest, folder } of models) {
      const { refine } = manifest;
      const { size, refine: parity } = stepParitySchema.parse(
        JSON.parse(await readFile(join(folder, 'parity.json'), 'utf8')),
      );
      if (!refine || !parity) throw new Error(`${manifest.name} ships without its refine graph.`);
      const found = await refinedDifferences(folder, refine, size, parity);
      expect(Math.max(...found), manifest.name).toBeLessThan(1e-4);
      if (!refine.eightBit || !processKernels().hasDotProducts) continue;
      const onCodes = await refinedDifferences(folder, refine.eightBit, size, parity);
      const mean = onCodes.reduce((sum, one) => sum + one, 0) / onCodes.length;
      expect(mean / parity.eightBitDifference, manifest.name).toBeLessThan(1.5);
    }
  });

  it('run on 8-bit codes where the processor is fast with them', () => {
    const eightBit = { file: 'b.onnx', sha256: '' };
    const file = { file: 'a.onnx', sha256: '', eightBit };
    expect(fileFor(file, { hasDotProducts: true })).toBe(eightBit);
    expect(fileFor(file, { hasDotProducts: false })).toBe(file);
    expect(fileFor(eightBit, { hasDotProducts: true })).toBe(eightBit);
  });
});
