import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chooseBackend } from './backend';
import { findModel } from './enhance-models';
import { modelsOf } from './manifest';
import { openModel } from './session';
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

const stepParitySchema = z.object({ size: z.int(), codes: z.base64(), output: z.base64() });
const STEP_INPUTS = ['previous', 'next', 'warped_previous', 'warped_next'] as const;
const STEP_OUTPUTS = ['between', 'sharp'] as const;

describe('the shipped networks for motion', () => {
  it('give what their training framework computed for two steps of a shot', async (context) => {
    const models = await modelsOf('interpolate');
    if (models.length === 0) context.skip('no network for motion ships yet');
    for (const model of models) {
      const file = await readFile(join(model.folder, 'parity.json'), 'utf8');
      const parity = stepParitySchema.parse(JSON.parse(file));
      const codes = Buffer.from(parity.codes, 'base64');
      const output = Buffer.from(parity.output, 'base64');
      const samples = 3 * parity.size ** 2;
      const picture = (data: Float32Array): HostTensor => ({
        type: 'float32',
        dims: [1, 3, parity.size, parity.size],
        data,
      });
      const given = (index: number): HostTensor =>
        picture(Float32Array.from(codes.subarray(index * samples, (index + 1) * samples), (c) => c / 255));
      const states: Record<string, HostTensor> = {};
      for (const { name, start } of model.manifest.states)
        states[`state.${name}`] = start === 'frame' ? given(0) : picture(new Float32Array(samples));
      const session = await openModel(model, await chooseBackend('cpu'));
      try {
        let furthest = 0;
        for (let step = 0; step < codes.length / samples / STEP_INPUTS.length; step++) {
          const inputs: Record<string, HostTensor> = {};
          for (const [i, name] of STEP_INPUTS.entries()) inputs[name] = given(step * STEP_INPUTS.length + i);
          const results = await session.run({ ...inputs, ...states });
          for (const [i, name] of STEP_OUTPUTS.entries())
            for (let at = 0; at < samples; at++) {
              const expected = output.readFloatLE(4 * ((step * STEP_OUTPUTS.length + i) * samples + at));
              furthest = Math.max(furthest, Math.abs(expected - Number(results[name]?.data[at])));
            }
          for (const { name } of model.manifest.states) {
            const next = results[`next.${name}`];
            // The session writes its results anew at the next step.
            if (next) states[`state.${name}`] = picture(Float32Array.from(next.data as Float32Array));
          }
        }
        expect(furthest, model.manifest.name).toBeLessThan(1e-4);
      } finally {
        await session.close();
      }
    }
  });
});
