import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceError, type ColourDescription } from '../../../shared';
import {
  FramePool,
  pixelFormat,
  type Frame,
  type Plane,
  type StageContext,
  type StreamFormat,
} from '../../frames';
import { chooseBackend, findModel, openModel, type EnhanceModel, type ModelSession } from '../../runtime';
import { Enhance } from './enhance';
import { LumaUpscaler, type LumaCoding } from './luma-upscaler';

const colour: ColourDescription = {
  matrix: 'bt709',
  range: 'limited',
  primaries: 'bt709',
  transfer: 'bt709',
  chromaLocation: 'left',
  rangeStated: true,
};

function streamOf(name: string, width: number, height: number, range: 'limited' | 'full'): StreamFormat {
  const format = pixelFormat(name);
  if (!format) throw new Error(name);
  return {
    width,
    height,
    format,
    colour: { ...colour, range },
    timeBase: { num: 1, den: 25 },
    frameRate: { num: 25, den: 1 },
  };
}

/** Smooth shapes with an edge, as codes between `low` and `high`. */
function fill(plane: Plane, low: number, high: number): void {
  for (let index = 0; index < plane.data.length; index++) {
    const x = index % plane.width;
    const y = Math.floor(index / plane.width);
    const light = 0.5 + 0.3 * Math.sin(x / 4 + y / 9) + (x > y ? 0.2 : -0.2);
    plane.data[index] = Math.round(low + light * (high - low));
  }
}

function contextOf(
  input: StreamFormat,
  note: (text: string) => void,
  more: Partial<StageContext> = {},
): StageContext {
  return {
    input,
    display: { sampleAspectRatio: { num: 1, den: 1 }, rotation: 0 },
    backend: 'cpu',
    still: false,
    expectedFrames: null,
    chosenBefore: null,
    foundBefore: null,
    signal: new AbortController().signal,
    note,
    ...more,
  };
}

async function enhance(input: StreamFormat, prepare: (frame: Frame) => void): Promise<Frame> {
  const stage = new Enhance({ kind: 'enhance', scale: 2, quality: 'light' });
  const notes: string[] = [];
  const plan = await stage.init(contextOf(input, (text) => notes.push(text)));
  const pool = new FramePool(input, 1);
  const frame = await pool.take({ pts: 7, sourcePts: 3, duration: 2, sceneCutBefore: true });
  prepare(frame);
  const frames: Frame[] = [];
  for await (const result of stage.process(frame)) frames.push(result);
  for await (const result of stage.flush()) frames.push(result);
  await stage.close();
  expect(frames).toHaveLength(1);
  expect(pool.held).toBe(0);
  expect(notes).toEqual([]);
  const [result] = frames;
  expect(result!.stream).toEqual(plan.output);
  expect(result).toMatchObject({ pts: 7, sourcePts: 3, duration: 2, sceneCutBefore: true });
  return result!;
}

async function firstOf(frames: AsyncIterable<Frame>): Promise<Frame> {
  for await (const frame of frames) return frame;
  throw new Error('Expected a frame.');
}

function mean(plane: Plane): number {
  let sum = 0;
  for (const code of plane.data) sum += code;
  return sum / plane.data.length;
}

describe('the enhance stage', () => {
  it.each([
    ['yuv420p', 'limited', 41, 27],
    ['yuv420p', 'full', 12, 8],
    ['yuv422p10le', 'limited', 13, 9],
    ['yuv444p12le', 'full', 10, 11],
    ['gray', 'limited', 1, 1],
    ['gray10le', 'limited', 5, 3],
    ['yuv420p', 'limited', 3, 5],
  ] as const)(
    'doubles %s of %s range, %i×%i, without moving light or colour',
    async (name, range, width, height) => {
      const input = streamOf(name, width, height, range);
      const unit = 2 ** (input.format.bitDepth - 8);
      const result = await enhance(input, (frame) => {
        const [luma, ...chroma] = frame.planes;
        fill(luma!, 40 * unit, 200 * unit);
        chroma.forEach((plane, index) => plane.data.fill((90 + 70 * index) * unit));
      });
      expect([result.stream.width, result.stream.height]).toEqual([2 * width, 2 * height]);
      const before = await (async () => {
        const frame = await new FramePool(input, 1).take({ pts: 0, duration: null });
        fill(frame.planes[0]!, 40 * unit, 200 * unit);
        return mean(frame.planes[0]!);
      })();
      expect(Math.abs(mean(result.planes[0]!) - before)).toBeLessThan(4 * unit);
      result.planes.slice(1).forEach((plane, index) => {
        expect(new Set(plane.data)).toEqual(new Set([(90 + 70 * index) * unit]));
      });
    },
  );

  it.each([
    ['left', -1 / 8],
    ['center', -1 / 4],
  ])('takes %s-sited chroma from where it is', async (chromaLocation, expected) => {
    const base = streamOf('yuv420p12le', 256, 8, 'limited');
    const result = await enhance({ ...base, colour: { ...base.colour, chromaLocation } }, (frame) => {
      frame.planes[0]!.data.fill(1600);
      // A ramp tells the position: 16 codes a sample.
      for (const plane of frame.planes.slice(1))
        for (let index = 0; index < plane.data.length; index++)
          plane.data[index] = 512 + 16 * (index % plane.width);
    });
    const { data, width } = result.planes[1]!;
    // Far from the borders; output sample j comes from j/2 − ⅛ (left) or j/2 − ¼ (centre).
    for (let j = 64; j < 192; j++) expect((data[2 * width + j]! - 512) / 16 - j / 2).toBe(expected);
  });

  it.each([
    [75, 57, 160, 120],
    [64, 48, 96, 72],
    [65, 49, 52, 40],
    [31, 17, 124, 68],
  ])('fits %i×%i into %i×%i without moving light or colour', async (width, height, wide, high) => {
    const input = streamOf('yuv420p10le', width, height, 'limited');
    const prepare = (frame: Frame): void => {
      const [luma, ...chroma] = frame.planes;
      fill(luma!, 160, 800);
      // A ramp across tells where colour lies.
      for (const plane of chroma)
        for (let index = 0; index < plane.data.length; index++)
          plane.data[index] = 200 + 8 * (index % plane.width);
    };
    const quiet = { expectedFrames: 1 };
    const request = { kind: 'enhance', scale: 2, fit: { width: wide, height: high } } as const;
    const stage = new Enhance(request);
    const plan = await stage.init(contextOf(input, () => undefined, quiet));
    const frame = await new FramePool(input, 1).take({ pts: 0, duration: null });
    prepare(frame);
    const before = mean(frame.planes[0]!);
    const result = await firstOf(stage.process(frame));
    await stage.close();
    expect(plan.display).toEqual({ sampleAspectRatio: { num: 1, den: 1 }, rotation: 0 });
    expect(Math.max(plan.output.width / wide, plan.output.height / high)).toBeGreaterThan(0.97);
    expect(Math.abs(mean(result.planes[0]!) - before)).toBeLessThan(16);
    // Left-sited chroma: sample j stands at luma 2j, which comes from (2j + ½)/S − ½ of the source.
    const S = plan.output.width / width;
    const chroma = result.planes[1]!;
    const row = Math.floor(chroma.height / 2) * chroma.width;
    for (let j = Math.ceil(4 * S); j < chroma.width - 4 * S; j++) {
      const source = ((2 * j + 0.5) / S - 0.5) / 2;
      expect(Math.abs(chroma.data[row + j]! - (200 + 8 * source))).toBeLessThan(1.01);
    }
  });

  it('only resizes where the picture need not grow', async () => {
    const input = streamOf('yuv420p', 200, 100, 'limited');
    const stage = new Enhance({ kind: 'enhance', fit: { width: 100 } });
    const notes: string[] = [];
    const plan = await stage.init(contextOf(input, (text) => notes.push(text)));
    expect(plan).toMatchObject({ choice: null, identity: 'enhance 100×50 by bicubic' });
    expect(notes).toEqual([expect.stringContaining('needs no network')]);
    const frame = await new FramePool(input, 1).take({ pts: 0, duration: null });
    frame.bytes.fill(77);
    const result = await firstOf(stage.process(frame));
    expect(new Set(result.bytes)).toEqual(new Set([77]));
    await stage.close();
  });

  it('refuses pictures that no codec could take', () => {
    expect(Enhance.supports(streamOf('gray', 9000, 10, 'full'), { kind: 'enhance', scale: 2 })).toMatchObject(
      {
        supported: false,
      },
    );
  });
});

describe('a luma upscaler', () => {
  let model: EnhanceModel;
  let session: ModelSession;
  const coding: LumaCoding = { bitDepth: 12, range: 'full' };
  const source: Plane = { width: 110, height: 70, data: new Uint16Array(110 * 70) };
  const targetPlane = (): Plane => ({ width: 220, height: 140, data: new Uint16Array(220 * 140) });

  beforeAll(async () => {
    model = await findModel(2, 'addersr-light-x2');
    session = await openModel(model, await chooseBackend('cpu'));
    fill(source, 300, 3600);
  });
  afterAll(() => session.close());

  const enlarge = async (using: ModelSession, tileBudget: number, notes: string[] = []): Promise<Plane> => {
    const target = targetPlane();
    const upscaler = new LumaUpscaler(using, model.manifest, {
      note: (text) => notes.push(text),
      tileBudget,
    });
    await upscaler.enlarge(source, target, coding);
    return target;
  };

  it('gives the same picture in tiles as in one piece', async () => {
    const whole = await enlarge(session, Infinity);
    for (const budget of [1, 7000]) {
      const tiled = await enlarge(session, budget);
      let furthest = 0;
      for (const [index, code] of whole.data.entries())
        furthest = Math.max(furthest, Math.abs(code - tiled.data[index]!));
      // 12-bit codes, full range: one is 2e-4 of the network's unit.
      expect(furthest).toBeLessThanOrEqual(1);
    }
  });

  it('halves its tiles when the device runs out of memory, says so once, and goes on', async () => {
    const sizes: number[] = [];
    const small: ModelSession = {
      run: async (feeds) => {
        const samples = feeds['y']!.data.length;
        sizes.push(samples);
        if (samples > 7000) throw new DeviceError('device-out-of-memory', 'No memory for this.');
        return session.run(feeds);
      },
      close: () => Promise.resolve(),
    };
    const notes: string[] = [];
    const tiled = await enlarge(small, Infinity, notes);
    expect(tiled.data).toEqual((await enlarge(session, (110 * 70) / 2)).data);
    expect(sizes[0]).toBe(110 * 70);
    expect(notes).toEqual(['Memory ran short, so pictures go through the network in smaller tiles.']);
  });

  it('ends between two tiles where it is stopped', async () => {
    const stop = new AbortController();
    let runs = 0;
    const stopping: ModelSession = {
      run: async (feeds) => {
        runs += 1;
        stop.abort();
        return session.run(feeds);
      },
      close: () => Promise.resolve(),
    };
    const options = { note: () => undefined, tileBudget: 1, signal: stop.signal };
    const upscaler = new LumaUpscaler(stopping, model.manifest, options);
    await expect(upscaler.enlarge(source, targetPlane(), coding)).rejects.toMatchObject({
      name: 'CancelledError',
    });
    expect(runs).toBe(1);
  });

  it('gives up where the device refuses even small tiles', async () => {
    const dead: ModelSession = {
      run: () => Promise.reject(new DeviceError('device-out-of-memory', 'No memory for this.')),
      close: () => Promise.resolve(),
    };
    await expect(enlarge(dead, Infinity)).rejects.toMatchObject({ code: 'device-out-of-memory' });
  });

  it('refuses values that are no numbers', async () => {
    const broken: ModelSession = {
      run: async (feeds) => {
        const { y_up } = await session.run(feeds);
        const data = Float32Array.from(y_up!.data as Float32Array);
        data[17] = NaN;
        data[4000] = Infinity;
        return { y_up: { ...y_up!, data } };
      },
      close: () => Promise.resolve(),
    };
    await expect(enlarge(broken, Infinity)).rejects.toMatchObject({
      code: 'bad-result',
      message: expect.stringContaining('gave 2 values') as string,
    });
  });
});
