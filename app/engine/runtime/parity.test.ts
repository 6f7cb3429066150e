import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chooseBackend } from './backend';
import { findModel } from './enhance-models';
import { openModel } from './session';

const paritySchema = z.object({
  width: z.int(),
  height: z.int(),
  codes: z.base64(),
  output: z.base64(),
});

describe('the shipped network', () => {
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
