import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testGpu } from '../../../../tests/support/gpu';
import { HangingHost } from '../../../../tests/support/hanging-host';
import { messageLines } from '../../../../tests/support/message-lines';
import { FramePool, pixelFormat, type Frame, type Plane, type StreamFormat } from '../../frames';
import { DeviceError } from '../../../shared';
import {
  adapterChoices,
  chooseBackend,
  findModel,
  LocalGpu,
  nodeGpu,
  NodeHost,
  processGpu,
  RemoteGpu,
  serveGpu,
  setProcessGpu,
  type EnhanceModel,
  type FrameRunner,
  type Gpu,
} from '../../runtime';
import { Enhance } from './enhance';
import { GpuWay } from './gpu-way';
import { LumaUpscaler } from './luma-upscaler';
import { ProcessorWay } from './processor-way';

const found = await testGpu();
const adapters = found ? await processGpu().adapters() : [];
const adapter = adapters[0]?.name ?? '';

function streamOf(name: string, width: number, height: number): StreamFormat {
  return {
    ...{ width, height, timeBase: { num: 1, den: 25 }, frameRate: null },
    format: pixelFormat(name)!,
    colour: {
      ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'bt709' },
      ...{ chromaLocation: 'left', rangeStated: true },
    },
  };
}

async function frameOf(pool: FramePool, seed: number): Promise<Frame> {
  const frame = await pool.take({ pts: seed, duration: 1 });
  const unit = 2 ** (frame.stream.format.bitDepth - 8);
  for (const { data, width } of frame.planes)
    data.forEach((_, at) => {
      const smooth = 100 * Math.sin((at % width) / 6 + seed) * Math.cos(at / width / 5);
      data[at] = Math.round((128 + smooth + ((at * 7919 + seed) % 17)) * unit);
    });
  return frame;
}

async function enlarged(
  way: GpuWay | ProcessorWay,
  source: Frame,
  output: StreamFormat,
): Promise<readonly Plane[]> {
  const target = await new FramePool(output, 1).take({ pts: 0, duration: 1 });
  for (const { data } of target.planes) data.fill(1);
  await way.enlarge(source.planes, target.planes);
  return target.planes;
}

function expectSame(planes: readonly Plane[], wanted: readonly Plane[], what: string): void {
  for (const [index, plane] of planes.entries()) {
    const at = plane.data.findIndex((code, place) => code !== wanted[index]!.data[place]);
    if (at >= 0)
      expect.fail(
        `${what}, plane ${index}: code ${at} is ${plane.data[at]} and should be ${wanted[index]!.data[at]}`,
      );
  }
}

describe.skipIf(!found)('frames on the GPU', () => {
  let model: EnhanceModel;
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  beforeAll(async () => {
    model = await findModel(2, 'addersr-fast-x2');
  });

  it.each([
    ['yuv420p', 39, 21, 78, 42, undefined],
    ['yuv422p10le', 40, 17, 80, 34, undefined],
    ['yuv444p', 33, 20, 66, 40, 900],
    ['yuva420p', 34, 18, 68, 36, undefined],
    ['gray12le', 35, 15, 70, 30, undefined],
    ['yuv420p10le', 64, 36, 96, 54, 2000],
  ] as const)(
    'are what the processor makes, bit for bit: %s %i×%i to %i×%i',
    async (name, w, h, toW, toH, tileBudget) => {
      const input = streamOf(name, w, h);
      const output = { ...input, width: toW, height: toH };
      const options = { model, adapter, input, output, note, ...(tileBudget ? { tileBudget } : {}) };
      const gpu = await GpuWay.open(options);
      const cpu = new ProcessorWay(await LumaUpscaler.open(model, {}, { note }), { input, output });
      const pool = new FramePool(input, 3);
      const frames = [await frameOf(pool, 1), await frameOf(pool, 2), await frameOf(pool, 3)];
      // All at once, in order.
      const results = await Promise.all(frames.map((frame) => enlarged(gpu, frame, output)));
      for (const [index, frame] of frames.entries())
        expectSame(results[index]!, await enlarged(cpu, frame, output), `frame ${index}`);
      await gpu.close();
      await cpu.close();
      expect(notes).toEqual([]);
    },
  );

  it('are two under way in a stage, in order and with nothing lost', async () => {
    const input = streamOf('yuv420p', 32, 18);
    const stage = new Enhance({ kind: 'enhance', scale: 2, model: 'addersr-fast-x2' });
    const plan = await stage.init({
      ...{
        input,
        backend: 'webgpu',
        still: false,
        expectedFrames: 5,
        chosenBefore: null,
        foundBefore: null,
        note,
      },
      display: { sampleAspectRatio: { num: 1, den: 1 }, rotation: 0 },
      signal: new AbortController().signal,
    });
    expect(plan.backend).toContain('GPU');
    const pool = new FramePool(input, 3);
    const seen: number[] = [];
    const counts: number[] = [];
    for (let pts = 0; pts < 5; pts++) {
      let count = 0;
      for await (const frame of stage.process(await frameOf(pool, pts))) {
        seen.push(frame.pts);
        count++;
        frame.release();
      }
      counts.push(count);
    }
    for await (const frame of stage.flush()) {
      seen.push(frame.pts);
      frame.release();
    }
    await stage.close();
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(counts).toEqual([0, 1, 1, 1, 1]);
    expect(pool.held).toBe(0);
  });

  it('are told as software, never taken by itself, but when they are asked for', async () => {
    const choices = await adapterChoices();
    expect(choices.map(({ facts, chosen }) => [facts.software, chosen])).toEqual([[true, false]]);
    const auto = await chooseBackend('auto');
    expect(auto.name).toBe('cpu');
    expect(auto.reason).toContain('a program that computes on the processor');
    const asked = await chooseBackend('webgpu');
    expect(asked).toMatchObject({ name: 'webgpu', adapter });
    process.env['CLEARCUT_GPU'] = 'no such card';
    await expect(chooseBackend('webgpu')).rejects.toMatchObject({ code: 'backend-unavailable' });
    process.env['CLEARCUT_GPU'] = 'SWIFT';
    expect((await chooseBackend('webgpu')).adapter).toBe(adapter);
    delete process.env['CLEARCUT_GPU'];
  });
});

/** A GPU that fails as it is told, and otherwise does what the real one does. */
function failing(real: Gpu, failures: (DeviceError | null)[], lose: () => Promise<void>): Gpu {
  return {
    adapters: () => real.adapters(),
    open: async (name) => {
      const device = await real.open(name);
      return {
        ...{ facts: device.facts, isLost: () => device.isLost(), close: () => device.close() },
        openModel: (model) => device.openModel(model),
        openPictures: (program) => device.openPictures(program),
        read: (tensor) => device.read(tensor),
        selfTest: (name, size) => device.selfTest(name, size),
        timeFrame: (model, program) => device.timeFrame(model, program),
        ceilings: () => device.ceilings(),
        openFrames: async (model, program) => {
          const runner = await device.openFrames(model, program);
          if (!runner) return null;
          const wrapped: FrameRunner = {
            run: async (source, target) => {
              const failure = failures.shift() ?? null;
              if (failure?.message === 'destroy') await lose();
              else if (failure) throw failure;
              return runner.run(source, target);
            },
            close: () => runner.close(),
          };
          return wrapped;
        },
      };
    },
  };
}

describe.skipIf(!found)('frames on a GPU that fails', () => {
  const input = streamOf('yuv420p', 48, 32);
  const output = { ...input, width: 96, height: 64 };
  let model: EnhanceModel;
  let wanted: readonly Plane[];
  let source: Frame;
  let real: Gpu;

  beforeAll(async () => {
    model = await findModel(2, 'addersr-fast-x2');
    real = (await nodeGpu())!;
    source = await frameOf(new FramePool(input, 1), 4);
    const cpu = new ProcessorWay(await LumaUpscaler.open(model, {}, { note: () => undefined }), {
      input,
      output,
    });
    wanted = await enlarged(cpu, source, output);
    await cpu.close();
  });
  afterAll(() => {
    setProcessGpu(async () => real);
  });

  async function through(failures: (DeviceError | null)[], count: number): Promise<string[]> {
    const notes: string[] = [];
    const gpu = failing(real, failures, async () => {
      await (await processGpu().device(adapter)).close();
    });
    setProcessGpu(async () => gpu);
    const way = await GpuWay.open({ model, adapter, input, output, note: (text) => notes.push(text) });
    for (let frame = 0; frame < count; frame++) {
      const both = await Promise.all([enlarged(way, source, output), enlarged(way, source, output)]);
      for (const planes of both) expectSame(planes, wanted, `frame ${frame}`);
    }
    await way.close();
    return notes;
  }
  const memory = new DeviceError('device-out-of-memory', 'No memory.');
  const lost = new DeviceError('device-lost', 'Lost.');

  it('go again in smaller tiles where memory is short', async () => {
    expect(await through([null, memory], 2)).toEqual([
      'No memory. It goes on with smaller parts of the picture.',
    ]);
  });

  it('go again on a device that was destroyed and opened anew', async () => {
    const notes = await through([null, new DeviceError('device-lost', 'destroy')], 2);
    expect(notes).toEqual([
      'The graphics card was lost: it was closed. It goes on with smaller parts of the picture.',
    ]);
  });

  it('go on by the processor where the card is lost again and again', async () => {
    const notes = await through([lost, lost, lost, lost, lost, lost], 2);
    expect(notes.at(-1)).toBe('Lost. The processor went on.');
    expect(notes).toHaveLength(2);
  });

  it('go on by the processor where memory is short for the smallest tiles', async () => {
    const notes = await through(
      Array.from({ length: 40 }, () => memory),
      1,
    );
    expect(notes.at(-1)).toBe('No memory. The processor went on.');
  });

  it('go again where what was submitted never ends: in smaller tiles, then by the processor', async () => {
    // Only the clock and the waiting are made up; nothing but a patience that ends uses timers here.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const host = new HangingHost((await NodeHost.load())!, () => {
      setImmediate(() => vi.runAllTimers());
    });
    const notes: string[] = [];
    setProcessGpu(async () => new LocalGpu(host));
    const way = await GpuWay.open({ model, adapter, input, output, note: (text) => notes.push(text) });
    try {
      for (const hang of [false, true, true, false]) {
        if (hang) host.hang();
        const both = await Promise.all([enlarged(way, source, output), enlarged(way, source, output)]);
        for (const planes of both) expectSame(planes, wanted, notes.join(' '));
      }
      const why = 'The graphics card was lost: it did not answer for 600 seconds.';
      expect(notes).toEqual([
        `${why} It goes on with smaller parts of the picture.`,
        `${why} The processor went on.`,
      ]);
    } finally {
      vi.useRealTimers();
      await way.close();
    }
  });

  it('are made by another process that has the card, and by this one when that ends', async () => {
    const [there, here] = messageLines();
    serveGpu(there.line, real);
    const remote = new RemoteGpu(here.line);
    setProcessGpu(async () => remote);
    expect(await processGpu().adapters()).toEqual(adapters);
    const notes: string[] = [];
    const way = await GpuWay.open({ model, adapter, input, output, note: (text) => notes.push(text) });
    const both = await Promise.all([enlarged(way, source, output), enlarged(way, source, output)]);
    for (const planes of both) expectSame(planes, wanted, 'from the other process');
    expect(notes).toEqual([]);
    there.close();
    expectSame(await enlarged(way, source, output), wanted, 'after its end');
    expect(notes.at(-1)).toBe('The graphics card was lost: its process ended. The processor went on.');
    await way.close();
  });
});
