import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountingHost } from '../../../../tests/support/counting-host';
import { testGpu } from '../../../../tests/support/gpu';
import { temporaryFolder } from '../../../../tests/support/media';
import { movingBar } from '../../../../tests/support/moving-bar';
import { installToy, toyNetwork } from '../../../../tests/support/toy-network';
import type { InterpolateManifest } from '../../../shared';
import { pixelFormat, type StreamFormat } from '../../frames';
import {
  LocalGpu,
  modelsOf,
  NodeHost,
  nodeGpu,
  openGraphs,
  processGpu,
  processKernels,
  setProcessGpu,
  type ModelSet,
  type PlaneCodes,
} from '../../runtime';
import { codesFor } from '../pictures';
import { NetworkSynthesizer, type ReadyPicture } from '.';
import { networkProgram } from './choose-synthesizer';

const found = await testGpu();
const adapter = (found ? await processGpu().adapters() : [])[0]?.name ?? '';
/** Not what the network takes: both sides are padded. */
const WIDTH = 46;
const HEIGHT = 30;
const PICTURES = 6;

function streamOf(name: string): StreamFormat {
  return {
    ...{ width: WIDTH, height: HEIGHT, timeBase: { num: 1, den: 25 }, frameRate: null },
    format: pixelFormat(name)!,
    colour: {
      ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'bt709' },
      ...{ chromaLocation: 'left', rangeStated: true },
    },
  };
}

interface Frame {
  readonly rgb: Float32Array;
  readonly codes: readonly PlaneCodes[];
}

/** As codes and the colours of these. */
async function frame(index: number, stream: StreamFormat, manifest: InterpolateManifest): Promise<Frame> {
  const program = networkProgram(stream, manifest);
  const rgb = movingBar(index, WIDTH, HEIGHT);
  const codes = codesFor(program);
  await processKernels().rgbToPlanes(rgb, codes, program.coding);
  await processKernels().planesToRgb(codes, rgb, program.coding);
  return { rgb, codes };
}

interface Model {
  readonly folder: string;
  readonly manifest: InterpolateManifest;
}

interface Shown {
  readonly codes: readonly (readonly PlaneCodes[])[];
  /** How many of them the card gave as codes. */
  readonly crossed: number;
  /** Inputs of steps that crossed as floats, by name. */
  readonly floats: ReadonlySet<string>;
  readonly notes: readonly string[];
}

/** A shot through a network; all that is shown, as codes. */
async function shot(
  { folder, manifest }: Model,
  on: { readonly adapter?: string },
  {
    format = 'yuv420p',
    times = [0.5],
    pictures = PICTURES,
    before = async () => undefined,
  }: {
    readonly format?: string;
    readonly times?: readonly number[];
    readonly pictures?: number;
    readonly before?: (index: number) => Promise<void>;
  } = {},
): Promise<Shown> {
  const stream = streamOf(format);
  const program = networkProgram(stream, manifest);
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const models = await openGraphs(folder, { step: manifest }, on, { note, mayShrink: true });
  const floats = new Set<string>();
  const run = models.run.bind(models);
  const watched: ModelSet<'step'> = Object.assign(models, {
    run: (...[model, feeds, keep]: Parameters<typeof run>) => {
      for (const [name, feed] of Object.entries(feeds)) if (!('kept' in feed)) floats.add(name);
      return run(model, feeds, keep);
    },
  });
  const options = { width: WIDTH, height: HEIGHT, note, program };
  const synthesizer = new NetworkSynthesizer(watched, manifest, options);
  const codes: (readonly PlaneCodes[])[] = [];
  let crossed = 0;
  const keep = async (ready: AsyncIterable<ReadyPicture>): Promise<void> => {
    for await (const one of ready) {
      if (one.codes) {
        crossed++;
        expect(one.codes.odd).toBe(0);
        codes.push(one.codes.planes.map((plane) => plane.slice()));
      } else if (one.picture) {
        const planes = codesFor(program);
        await processKernels().rgbToPlanes(one.picture, planes, program.coding);
        codes.push(planes);
      }
    }
  };
  for (let index = 0; index < pictures; index++) {
    await before(index);
    const { rgb, codes: own } = await frame(index, stream, manifest);
    await keep(synthesizer.push(rgb, index === 0 ? [] : times, true, own));
  }
  await keep(synthesizer.flush());
  await synthesizer.close();
  return { codes, crossed, floats, notes };
}

/** How many codes there are, how many differ, and by how much at most. */
function compare(
  { codes }: Shown,
  wanted: Shown,
): { readonly all: number; readonly differ: number; readonly most: number } {
  expect(codes.length).toBe(wanted.codes.length);
  let [all, differ, most] = [0, 0, 0];
  for (const [index, planes] of codes.entries())
    for (const [number, plane] of planes.entries())
      plane.forEach((code, at) => {
        const apart = Math.abs(code - wanted.codes[index]![number]![at]!);
        all++;
        if (apart > 0) differ++;
        most = Math.max(most, apart);
      });
  return { all, differ, most };
}

describe.skipIf(!found)('frames for a network for motion', () => {
  let toy: Model;
  let cleanUp: () => Promise<void>;
  beforeAll(async () => {
    const { path, cleanUp: remove } = await temporaryFolder();
    cleanUp = remove;
    const network = toyNetwork({ multiple: 4 });
    await installToy(path, network);
    toy = { folder: join(path, network.manifest.name), manifest: { ...network.manifest, memory: 3 } };
  });
  afterAll(() => cleanUp());

  it.each(['yuv420p', 'yuv422p10le', 'yuv444p', 'gray'])(
    'cross to a graphics card and back as codes: %s',
    async (format) => {
      const wanted = await shot(toy, {}, { format });
      const got = await shot(toy, { adapter }, { format });
      const { all, differ, most } = compare(got, wanted);
      // Rounding of a product on the card may take a value over the border between two codes.
      expect(most).toBeLessThanOrEqual(1);
      expect(differ / all).toBeLessThan(1e-3);
      expect(wanted.crossed).toBe(0);
      expect(got.crossed).toBe(got.codes.length);
      // States begin as the first picture does.
      expect([...got.floats].filter((name) => !name.startsWith('state.')).toSorted()).toEqual([
        'warped_next',
        'warped_previous',
      ]);
    },
  );

  it('come back as floats where other times than the middle are made of them', async () => {
    const times = [0.25, 0.5, 0.75];
    const wanted = await shot(toy, {}, { times });
    const got = await shot(toy, { adapter }, { times });
    expect(compare(got, wanted).most).toBeLessThanOrEqual(1);
    expect(got.crossed).toBeLessThan(got.codes.length);
  });

  it('are made again where the card was lost among them', async () => {
    const wanted = await shot(toy, {});
    const before = async (index: number): Promise<void> => {
      if (index === 4) await (await processGpu().device(adapter)).close();
    };
    const got = await shot(toy, { adapter }, { before });
    expect(compare(got, wanted).most).toBeLessThanOrEqual(1);
    expect(got.notes[0]).toBe('The graphics card was lost: it was closed. It was opened again.');
  });

  it('need no new memory there once the first ones have passed, and no new programs', async () => {
    const host = new CountingHost((await NodeHost.load())!);
    setProcessGpu(async () => new LocalGpu(host));
    try {
      const made: ReturnType<CountingHost['take']>[] = [];
      const before = async (): Promise<void> => void made.push(host.take());
      await shot(toy, { adapter }, { before, pictures: 10 });
      expect(made.slice(6)).toEqual(made.slice(6).map(() => ({ buffers: [], pipelines: 0, modules: 0 })));
    } finally {
      setProcessGpu(nodeGpu);
    }
  });

  // Shaders of its convolutions are compiled, by a program that stands for a card: the light network's, for the others have the
  // same operators and take minutes.
  it('that ships have the codes that the processor makes', { timeout: 400_000 }, async () => {
    const host = new CountingHost((await NodeHost.load())!);
    setProcessGpu(async () => new LocalGpu(host));
    try {
      for (const model of (await modelsOf('interpolate')).filter(
        ({ manifest }) => manifest.size === 'light',
      )) {
        const made: ReturnType<CountingHost['take']>[] = [];
        const before = async (): Promise<void> => void made.push(host.take());
        const got = await shot(model, { adapter }, { before });
        // In float, as the card runs it.
        const float = { ...model, manifest: { ...model.manifest, eightBit: undefined } };
        const { all, differ, most } = compare(got, await shot(float, {}));
        console.info(`${model.manifest.name}: ${differ} of ${all} codes differ, by ${most} at most`);
        expect(most).toBeLessThanOrEqual(1);
        expect(differ / all).toBeLessThan(1e-3);
        expect(made.at(-1)).toEqual({ buffers: [], pipelines: 0, modules: 0 });
      }
    } finally {
      setProcessGpu(nodeGpu);
    }
  });
});
