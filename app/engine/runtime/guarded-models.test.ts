import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../tests/support/gpu';
import { temporaryFolder } from '../../../tests/support/media';
import { installToy, toyNetwork } from '../../../tests/support/toy-network';
import { processGpu } from './process-gpu';
import { openGraphs, type ModelSet } from './session';
import { onHost, type HostTensor, type KeptTensor, type ModelTensor } from './tensor';
import { join } from 'node:path';

const found = await testGpu();
const adapter = (found ? await processGpu().adapters() : [])[0]?.name ?? '';
const STEPS = 3;
const SIZE = { width: 16, height: 8 };

let folder: string;
let cleanUp: () => Promise<void>;
const open: ModelSet<Name>[] = [];
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  await installToy(folder, toyNetwork());
});
afterAll(() => cleanUp());
afterEach(async () => {
  for (const models of open.splice(0)) await models.close();
});

type Name = 'first' | 'second';

/** Twice the same network, by two names. */
async function openTwo(on: { readonly adapter?: string }, notes: string[] = []): Promise<ModelSet<Name>> {
  const { manifest } = toyNetwork();
  const files = { first: manifest, second: manifest };
  const models = await openGraphs(join(folder, manifest.name), files, on, {
    note: (text) => notes.push(text),
  });
  open.push(models);
  return models;
}

function picture(seed: number): HostTensor {
  const { width, height } = SIZE;
  const data = Float32Array.from({ length: 3 * width * height }, (_, at) => (1 + Math.sin(at * seed)) / 2);
  return { type: 'float32', dims: [1, 3, height, width], data };
}

/** Steps by turns through both networks, each with what the other made before; `before` is called before every one. */
async function steps(
  models: ModelSet<Name>,
  before: (step: number) => Promise<void> = async () => undefined,
): Promise<Float32Array[]> {
  const made: Float32Array[] = [];
  let states: Record<string, ModelTensor> = { 'state.frame': picture(9), 'state.middle': picture(8) };
  for (let step = 0; step < STEPS; step++) {
    await before(step);
    const inputs = ['previous', 'next', 'warped_previous', 'warped_next'].map(
      (name, index) => [name, picture(step + index)] as const,
    );
    const feeds = { ...Object.fromEntries(inputs), ...states };
    const results = await models.run(step % 2 === 0 ? 'first' : 'second', feeds, [
      'next.frame',
      'next.middle',
    ]);
    const [sharp, between, frame, middle] = ['sharp', 'between', 'next.frame', 'next.middle'].map(
      (name) => results[name]!,
    );
    made.push(...[sharp!, between!].map((tensor) => Float32Array.from(onHost(tensor).data as Float32Array)));
    await models.release(Object.values(states).filter((tensor) => 'kept' in tensor));
    states = { 'state.frame': copied(frame!), 'state.middle': copied(middle!) };
  }
  const kept = Object.values(states).filter((tensor): tensor is KeptTensor => 'kept' in tensor);
  expect(models.onDevice).toBe(kept.length === 2);
  expect(models.holds(kept)).toBe(true);
  return made;
}

/** The processor writes its results anew. */
function copied(tensor: ModelTensor): ModelTensor {
  return 'kept' in tensor ? tensor : { ...tensor, data: Float32Array.from(tensor.data as Float32Array) };
}

function expectClose(made: readonly Float32Array[], wanted: readonly Float32Array[]): void {
  expect(made.length).toBe(wanted.length);
  for (const [index, values] of made.entries())
    values.forEach((value, at) => {
      expect(Math.abs(value - wanted[index]![at]!)).toBeLessThan(1e-6);
    });
}

describe.skipIf(!found)('models on a graphics card', () => {
  it('read what others made there, and give what the processor gives', async () => {
    const wanted = await steps(await openTwo({}));
    const models = await openTwo({ adapter });
    for (const made of [await steps(models), await steps(models)]) expectClose(made, wanted);
  });

  it('run at once with others, one after the other', async () => {
    const wanted = await steps(await openTwo({}));
    const sets = [await openTwo({ adapter }), await openTwo({ adapter })];
    for (const made of await Promise.all(sets.map((models) => steps(models)))) expectClose(made, wanted);
  });

  it('begin what they were doing again on a device that was destroyed and opened anew, then on the processor', async () => {
    const wanted = await steps(await openTwo({}));
    const notes: string[] = [];
    const models = await openTwo({ adapter }, notes);
    let losses = 0;
    const destroy = async (step: number): Promise<void> => {
      if (step < 2 || losses === 2) return;
      losses++;
      await (await processGpu().device(adapter)).close();
    };
    expectClose(await models.attempt(() => steps(models, destroy)), wanted);
    expect(notes).toEqual([
      'The graphics card was lost: it was closed. It was opened again.',
      'The graphics card was lost: it was closed. The processor went on.',
    ]);
    expect(models.onDevice).toBe(false);
    expectClose(await models.attempt(() => steps(models, destroy)), wanted);
  });
});
