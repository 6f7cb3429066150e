import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testGpu } from '../../../../tests/support/gpu';
import { HangingHost } from '../../../../tests/support/hanging-host';
import { temporaryFolder } from '../../../../tests/support/media';
import { movingBar } from '../../../../tests/support/moving-bar';
import { installToy, toyNetwork } from '../../../../tests/support/toy-network';
import type { InterpolateManifest } from '../../../shared';
import {
  LocalGpu,
  modelsOf,
  NodeHost,
  nodeGpu,
  openGraphs,
  processGpu,
  setProcessGpu,
  type ModelSet,
} from '../../runtime';
import { NetworkSynthesizer, Refinement, type ReadyPicture } from '.';

const found = await testGpu();
const adapter = (found ? await processGpu().adapters() : [])[0]?.name ?? '';
const WIDTH = 48;
const HEIGHT = 32;
const PICTURES = 6;
/** A step of 8-bit codes. */
const CODE = 1 / 255;

interface Model {
  readonly folder: string;
  readonly manifest: InterpolateManifest;
}

/** A shot and another through a network, the card lost before pictures of the first; and what was noted. */
async function twoShots(
  { folder, manifest }: Model,
  on: { readonly adapter?: string },
  {
    lose = [],
    by = async () => (await processGpu().device(adapter)).close(),
    tileBudget,
  }: {
    readonly lose?: readonly number[];
    readonly by?: () => Promise<void>;
    readonly tileBudget?: number;
  } = {},
): Promise<{ readonly shown: Float32Array[]; readonly notes: string[]; readonly keeps: boolean }> {
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const models = await openGraphs(folder, { step: manifest }, on, { note, mayShrink: true });
  let keeps = false;
  const watched: ModelSet<'step'> = {
    get onDevice() {
      return models.onDevice;
    },
    attempt: (work) => models.attempt(work),
    run: async (model, feeds, keep) => {
      keeps ||= 'kept' in (feeds[`state.${manifest.states[0]!.name}`] ?? {});
      return models.run(model, feeds, keep);
    },
    takePicture: (program, codes) => models.takePicture(program, codes),
    givePicture: (program, tensor, codes) => models.givePicture(program, tensor, codes),
    read: (tensor) => models.read(tensor),
    holds: (tensors) => models.holds(tensors),
    release: (tensors) => models.release(tensors),
    retreat: () => models.retreat(),
    close: () => models.close(),
  };
  const options = {
    ...{ width: WIDTH, height: HEIGHT, note },
    ...(tileBudget === undefined ? {} : { tileBudget }),
  };
  const { refine } = manifest;
  const again = refine && (await openGraphs(folder, { refine }, on, { mayShrink: true }));
  const refinement = again && new Refinement(again, manifest, { ...options, note: () => undefined });
  const synthesizer = new NetworkSynthesizer(watched, manifest, { ...options, refinement });
  const shown: Float32Array[] = [];
  const keep = async (ready: AsyncIterable<ReadyPicture>): Promise<void> => {
    for await (const one of ready) if (one.picture) shown.push(one.picture.slice());
  };
  for (let shot = 0; shot < 2; shot++) {
    for (let index = 0; index < PICTURES / (1 + shot); index++) {
      if (shot === 0 && lose.includes(index)) await by();
      await keep(synthesizer.push(movingBar(index + shot, WIDTH, HEIGHT), index === 0 ? [] : [0.5]));
    }
    if (shot === 0 && lose.includes(PICTURES)) await by();
    await keep(synthesizer.flush());
    synthesizer.reset();
  }
  await synthesizer.close();
  return { shown, notes, keeps };
}

function differences(shown: readonly Float32Array[], wanted: readonly Float32Array[]): Float32Array {
  expect(shown.length).toBe(wanted.length);
  return Float32Array.from(
    shown.flatMap((values, index) => [...values].map((value, at) => Math.abs(value - wanted[index]![at]!))),
  );
}

describe.skipIf(!found)('a network for motion on a graphics card', () => {
  let toy: Model;
  let cleanUp: () => Promise<void>;
  let wanted: Float32Array[];
  beforeAll(async () => {
    const { path, cleanUp: remove } = await temporaryFolder();
    cleanUp = remove;
    const network = toyNetwork({ multiple: 4 });
    await installToy(path, network);
    toy = { folder: join(path, network.manifest.name), manifest: { ...network.manifest, memory: 3 } };
    wanted = (await twoShots(toy, {})).shown;
  });
  afterAll(() => cleanUp());

  const most = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b), 0);

  it('keeps its states there from step to step, and makes the same pictures', async () => {
    const { shown, notes, keeps } = await twoShots(toy, { adapter });
    expect(most(differences(shown, wanted))).toBeLessThan(1e-6);
    expect({ notes, keeps }).toEqual({ notes: [], keeps: true });
  });

  it('has them in the processor’s memory where pictures go through in parts', async () => {
    const { shown, keeps } = await twoShots(toy, { adapter }, { tileBudget: 400 });
    expect(most(differences(shown, wanted))).toBeLessThan(1e-6);
    expect(keeps).toBe(false);
  });

  it('makes new pictures once more there, also after it was lost', async () => {
    const { path, cleanUp: remove } = await temporaryFolder();
    const network = toyNetwork({ multiple: 4, refines: true });
    await installToy(path, network);
    const model = {
      folder: join(path, network.manifest.name),
      manifest: { ...network.manifest, memory: 3 },
    };
    const there = (await twoShots(model, {})).shown;
    expect(most(differences(there, wanted))).toBeGreaterThan(1e-3);
    for (const lose of [[], [3], [3, 5]]) {
      const { shown } = await twoShots(model, { adapter }, { lose });
      // Motion is estimated on codes of the sharp pictures, some of which the last bit moves.
      expect(most(differences(shown, there))).toBeLessThan(1e-4);
    }
    await remove();
  });

  const notesOf = (why: string): string[] => [
    `The graphics card was lost: ${why}. It was opened again.`,
    'The graphics card was lost, so pictures go through the network in smaller tiles.',
    `The graphics card was lost: ${why}. The processor went on.`,
  ];

  it.each([
    ['opened again', [4]],
    ['opened again at the end of a shot', [PICTURES]],
    ['left when it is lost again', [3, 5]],
  ])('makes its states again where the card was lost, which is %s', async (_, lose) => {
    const { shown, notes } = await twoShots(toy, { adapter }, { lose });
    expect(most(differences(shown, wanted))).toBeLessThan(1e-6);
    expect(notes).toEqual(notesOf('it was closed').slice(0, 1 + lose.length));
  });

  it('goes on where what was submitted never ends: in smaller tiles, then on the processor', async () => {
    // Only the clock and the waiting are made up; nothing but a patience that ends uses timers here.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const host = new HangingHost((await NodeHost.load())!, () => {
      setImmediate(() => vi.runAllTimers());
    });
    setProcessGpu(async () => new LocalGpu(host));
    try {
      const by = async (): Promise<void> => host.hang();
      const { shown, notes } = await twoShots(toy, { adapter }, { lose: [3, 5], by });
      expect(most(differences(shown, wanted))).toBeLessThan(1e-6);
      expect(notes).toEqual(notesOf('it did not answer for 600 seconds'));
    } finally {
      vi.useRealTimers();
      setProcessGpu(nodeGpu);
    }
  });

  // Shaders of its convolutions are compiled, by a program that stands for a card: the light network's, for the others have the
  // same operators and take minutes.
  it(
    'that ships makes the pictures that it makes in float on the processor',
    { timeout: 400_000 },
    async () => {
      const light = (await modelsOf('interpolate')).filter(({ manifest }) => manifest.size === 'light');
      for (const { folder, manifest } of light) {
        const { refine } = manifest;
        const inFloat = {
          eightBit: undefined,
          ...(refine && { refine: { ...refine, eightBit: undefined } }),
        };
        const model = { folder, manifest: { ...manifest, ...inFloat } };
        const apart = differences(
          (await twoShots(model, { adapter })).shown,
          (await twoShots(model, {})).shown,
        );
        const beyond = apart.filter((value) => value > CODE).length;
        console.info(
          `${model.manifest.name}: ${most(apart)} at most, ${beyond} of ${apart.length} beyond 1/255`,
        );
        expect(beyond / apart.length).toBeLessThan(1e-4);
      }
    },
  );
});
