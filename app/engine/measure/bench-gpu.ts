import type { BenchRow, ColourDescription } from '../../shared';
import { FramePool, pixelFormat, type StreamFormat } from '../frames';
import {
  chooseBackend,
  modelsFor,
  processGpu,
  readModelFile,
  type EnhanceModel,
  type FrameProgram,
  type GpuCeilings,
  type OpenGpu,
  type PlaneCodes,
  type StepTiming,
} from '../runtime';
import { frameProgram, gpuTileBudget } from '../stages';
import { benchGpuNetworks } from './bench-gpu-networks';
import type { BenchContext } from './bench-section';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What people have, and what a program that stands for a card does in seconds. */
const SIZE: Size = { width: 1920, height: 1080 };
const SMALL_SIZE: Size = { width: 48, height: 27 };
/** Frames that are timed, so many of them under way at once. */
const FRAMES = 24;
const SMALL_FRAMES = 3;
const AT_ONCE = 3;

/**
 * The networks that enlarge by 2 on the graphics card: every kind of step by itself, with what it reaches of the card's
 * measured ceilings, and whole frames with their way there and back. Then the networks that cut out, and those for motion.
 *
 * @throws UserError backend-unavailable where it was asked for and there is none
 */
export async function benchGpu({ onProgress, asked }: BenchContext): Promise<readonly BenchRow[]> {
  const { adapter, description } = await chooseBackend(asked ? 'webgpu' : 'auto');
  if (adapter === undefined) return [];
  const device = await processGpu().device(adapter);
  const ceilings = await device.ceilings();
  const kind = device.facts.software ? ': a program, whose figures are no speed' : '';
  const group = `${description}${kind}`;
  const rows: BenchRow[] = [
    { group, name: 'copy, read and written', value: ceilings.bytesPerSecond / 1e9, unit: 'GB/s' },
    { group, name: 'multiply and add', value: ceilings.operationsPerSecond / 1e12, unit: 'T ops/s' },
  ];
  const models = (await modelsFor({ scale: 2 })).toReversed();
  for (const model of device.facts.software ? models.slice(0, 1) : models) {
    onProgress(model.manifest.name);
    rows.push(...(await benchModel(device, model, ceilings)));
  }
  return [...rows, ...(await benchGpuNetworks(device, onProgress))];
}

async function benchModel(device: OpenGpu, model: EnhanceModel, ceilings: GpuCeilings): Promise<BenchRow[]> {
  const { software, maxBufferBytes } = device.facts;
  const { name, scale } = model.manifest;
  const input = streamOf(software ? SMALL_SIZE : SIZE);
  const output = streamOf({ width: input.width * scale, height: input.height * scale });
  const program = frameProgram(model, { input, output }, gpuTileBudget(maxBufferBytes));
  const bytes = await readModelFile(model.folder, model.manifest);
  const timings = await device.timeFrame(bytes, program);
  const count = software ? SMALL_FRAMES : FRAMES;
  const framesPerSecond = await rateOf(device, bytes, program, { input, output, count });
  const group = `${name}, ${input.width}×${input.height} → ${output.width}×${output.height}, 8-bit 4:2:0`;
  const crossing = [...(await planesOf(input)), ...(await planesOf(output))];
  return [
    ...stepRows(group, timings, ceilings),
    { group, name: 'whole frames, there and back', value: framesPerSecond, unit: 'fps' },
    {
      group,
      name: 'bytes there and back a frame',
      value: crossing.reduce((sum, { byteLength }) => sum + byteLength, 0) / 1e6,
      unit: 'MB',
    },
  ];
}

/** Steps of a kind together: how long, and what they reach of the ceiling that they come nearer to. */
function stepRows(group: string, timings: readonly StepTiming[], ceilings: GpuCeilings): BenchRow[] {
  const kinds = [...new Set(timings.map(({ label }) => label))];
  return [...kinds, 'all of a frame'].flatMap((kind): BenchRow[] => {
    const steps = timings.filter(({ label }) => label === kind || !kinds.includes(kind));
    const sum = (of: (step: StepTiming) => number): number =>
      steps.reduce((total, step) => total + of(step), 0);
    const [operations, bytes] = [sum((step) => step.operations), sum((step) => step.bytes)];
    const name = steps.length > 1 ? `${kind} × ${steps.length}` : kind;
    const work = [
      { group, name, value: operations / 1e9, unit: 'G ops' },
      { group, name, value: bytes / 1e6, unit: 'MB' },
    ];
    if (steps.some((step) => step.seconds === null)) return work;
    const seconds = sum((step) => step.seconds ?? 0);
    const [nearest] = [
      { unit: 'GB/s', what: 'copy', value: bytes / seconds / 1e9, most: ceilings.bytesPerSecond / 1e9 },
      {
        ...{ unit: 'T ops/s', what: 'multiply and add' },
        ...{ value: operations / seconds / 1e12, most: ceilings.operationsPerSecond / 1e12 },
      },
    ].sort((a, b) => b.value / b.most - a.value / a.most);
    if (!nearest) return work;
    const { unit, what, value, most } = nearest;
    const ofCeiling = {
      group,
      name,
      value,
      unit,
      baseline: { name: what, value: most },
      ratio: value / most,
    };
    return [{ group, name, value: 1000 * seconds, unit: 'ms' }, ...work, ofCeiling];
  });
}

/** Frames a second, some under way at once, with all copies. */
async function rateOf(
  device: OpenGpu,
  model: Uint8Array,
  program: FrameProgram,
  {
    input,
    output,
    count,
  }: { readonly input: StreamFormat; readonly output: StreamFormat; readonly count: number },
): Promise<number> {
  const runner = await device.openFrames(model, program);
  if (!runner) throw new Error('Expected a model of our own operators alone.');
  try {
    const source = await planesOf(input);
    source.forEach((plane) => plane.forEach((_, at) => (plane[at] = 16 + ((at * 7919) % 220))));
    const targets = await Promise.all(Array.from({ length: AT_ONCE }, () => planesOf(output)));
    const worker = async (target: readonly PlaneCodes[], frames: number): Promise<void> => {
      for (let frame = 0; frame < frames; frame++) await runner.run(source, target);
    };
    const run = (frames: number): Promise<void[]> =>
      Promise.all(targets.map((target) => worker(target, Math.ceil(frames / AT_ONCE))));
    await run(AT_ONCE);
    const start = performance.now();
    await run(count);
    return count / ((performance.now() - start) / 1000);
  } finally {
    await runner.close();
  }
}

async function planesOf(stream: StreamFormat): Promise<readonly PlaneCodes[]> {
  const frame = await new FramePool(stream, 1).take({ pts: 0, duration: null });
  return frame.planes.map(({ data }) => data);
}

function streamOf(size: Size): StreamFormat {
  const format = pixelFormat('yuv420p');
  if (!format) throw new Error('Expected the format yuv420p.');
  const colour: ColourDescription = {
    ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'bt709' },
    ...{ chromaLocation: 'left', rangeStated: true },
  };
  return { ...size, format, colour, timeBase: { num: 1, den: 1 }, frameRate: null };
}
