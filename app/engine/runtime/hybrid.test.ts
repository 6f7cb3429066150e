import fc from 'fast-check';
import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, describe, expect, it } from 'vitest';
import { HybridSession } from './backends/cpu';
import { planArena } from './backends/cpu/arena';
import { planBuffers } from './backends/cpu/buffer-plan';
import { partition, readGraph, type GraphSegment } from './graph';
import type { CustomNode, OperatorSet, PreparedOperator } from './operators';
import type { HostTensor } from './tensor';

const { ModelProto, TensorProto } = onnxProto.onnx;

/** One node of a random graph: every value has the size [n, 3, 4], so any may feed any. */
interface TestNode {
  readonly op: 'Add' | 'Sub' | 'Max' | 'Neg' | 'Relu' | 'Abs' | 'Clip';
  readonly inputs: readonly string[];
  readonly output: string;
  readonly custom: boolean;
}

const MEANINGS: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => Math.fround(a + b),
  Sub: (a, b) => Math.fround(a - b),
  Max: (a, b) => Math.max(a, b),
  Neg: (a) => -a,
  Relu: (a) => Math.max(a, 0),
  Abs: (a) => Math.abs(a),
};

/** The standard operators above as custom ones. */
const testOperators: OperatorSet<() => void> = {
  operators: new Map(
    Object.entries(MEANINGS).map(([op, meaning]) => [op, (node: CustomNode) => elementwise(node, meaning)]),
  ),
  run: async (steps) => {
    for (const step of steps) step();
  },
};

function elementwise(
  node: CustomNode,
  meaning: (a: number, b: number) => number,
): PreparedOperator<() => void> {
  return {
    inputs: node.inputs.filter((name) => name !== null),
    outputs: [{ name: node.outputs[0]!, type: { type: 'float32', shape: [null, null, 4] } }],
    infer: ([dims]) => [dims!],
    // Element by element: the output may overwrite the input.
    inPlace: 0,
    bind: (inputs, [output]) => {
      return () => {
        const [a, b] = inputs;
        for (let index = 0; index < output!.data.length; index++)
          output!.data[index] = meaning(Number(a!.data[index]), Number(b?.data[index] ?? 0));
      };
    },
    dispose: () => undefined,
  };
}

function modelOf(nodes: readonly TestNode[], outputs: readonly string[], custom: boolean): Uint8Array {
  const value = (name: string) => ({
    name,
    type: {
      tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'n' }, { dimValue: 3 }, { dimValue: 4 }] } },
    },
  });
  const constant = (name: string, dims: number[], values: number[]) =>
    TensorProto.create({ name, dims, dataType: 1, floatData: values });
  return ModelProto.encode({
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'clearcut', version: 1 },
    ],
    graph: {
      name: 'test',
      node: nodes.map((node) => ({
        opType: node.op,
        input: [...node.inputs],
        output: [node.output],
        ...(custom && node.custom ? { domain: 'clearcut' } : {}),
      })),
      initializer: [
        constant(
          'constant',
          [1, 3, 4],
          Array.from({ length: 12 }, (_, index) => index / 7 - 1),
        ),
        constant('limit', [], [1.5]),
      ],
      input: [value('in0'), value('in1')],
      output: outputs.map(value),
    },
  }).finish();
}

/** A random graph: each node reads inputs or values of nodes before it; the last value and some others are outputs. */
const graphs = fc
  .array(
    fc.record({
      op: fc.constantFrom<TestNode['op'][]>('Add', 'Sub', 'Max', 'Neg', 'Relu', 'Abs', 'Clip'),
      picks: fc.tuple(fc.nat(), fc.nat()),
      custom: fc.boolean(),
      isOutput: fc.integer({ min: 0, max: 4 }).map((roll) => roll === 0),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((specs) => {
    const nodes: TestNode[] = [];
    const outputs = new Set<string>();
    for (const [index, { op, picks, custom, isOutput }] of specs.entries()) {
      const values = ['in0', 'in1', ...nodes.map((node) => node.output)];
      const pick = (roll: number): string => values[values.length - 1 - (roll % values.length)]!;
      const first = pick(picks[0]);
      const second = picks[1] % 5 === 0 && !custom ? 'constant' : pick(picks[1]);
      const binary = op === 'Add' || op === 'Sub' || op === 'Max';
      nodes.push({
        op,
        inputs: op === 'Clip' ? [first, '', 'limit'] : binary ? [first, second] : [first],
        output: `v${index}`,
        custom: custom && op !== 'Clip',
      });
      if (isOutput || index === specs.length - 1) outputs.add(`v${index}`);
    }
    return { nodes, outputs: [...outputs] };
  });

function feed(seed: number, count: number): HostTensor {
  const data = Float32Array.from({ length: count * 12 }, (_, index) => Math.sin(seed * 13 + index * 1.7) * 2);
  return { type: 'float32', dims: [count, 3, 4], data };
}

async function runWhole(
  model: Uint8Array,
  feeds: Record<string, HostTensor>,
): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const tensors = Object.entries(feeds)
    .filter(([name]) => session.inputNames.includes(name))
    .map(([name, { data, dims }]) => [name, new Tensor('float32', data as Float32Array, dims)] as const);
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return results;
}

/** Values with one zero: which of the two `max(-0, 0)` gives is nobody's promise. */
function unsigned(values: unknown): number[] {
  return Array.from(values as Float32Array, (value) => value + 0);
}

function dependsOn(segments: readonly GraphSegment[]): Set<number>[] {
  const makers = new Map(
    segments.flatMap((segment, index) => segment.outputs.map((name) => [name, index] as const)),
  );
  const all: Set<number>[] = [];
  for (const segment of segments) {
    const reached = new Set<number>();
    for (const name of segment.inputs) {
      const maker = makers.get(name);
      if (maker === undefined) continue;
      reached.add(maker);
      for (const further of all[maker] ?? []) reached.add(further);
    }
    all.push(reached);
  }
  return all;
}

describe('the partition of a graph', () => {
  it('puts every node that is needed in one segment of its kind, each after all that it waits for', () => {
    fc.assert(
      fc.property(graphs, ({ nodes, outputs }) => {
        const graph = readGraph(modelOf(nodes, outputs, true));
        const segments = partition(graph);
        const placed = segments.flatMap((segment) => segment.nodes.map((node) => node.outputs[0]));
        expect(new Set(placed).size).toBe(placed.length);
        const known = new Set(graph.inputs);
        for (const segment of segments) {
          for (const name of segment.inputs) expect(known).toContain(name);
          for (const name of segment.outputs) known.add(name);
          for (const node of segment.nodes) expect(node.custom).toBe(segment.kind === 'custom');
        }
        for (const name of outputs) expect(known).toContain(name);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no two segments that could be joined', () => {
    fc.assert(
      fc.property(graphs, ({ nodes, outputs }) => {
        const segments = partition(readGraph(modelOf(nodes, outputs, true)));
        const reached = dependsOn(segments);
        for (const [b, second] of segments.entries()) {
          for (const [a, first] of segments.slice(0, b).entries()) {
            if (first.kind !== second.kind) continue;
            const between = [...reached[b]!].some((middle) => middle !== a && reached[middle]!.has(a));
            expect(between, `segments ${a} and ${b}`).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a skip that only needs the input beside the node that adds it', () => {
    const node = (op: TestNode['op'], inputs: string[], output: string, custom = false): TestNode => ({
      op,
      inputs,
      output,
      custom,
    });
    const nodes = [
      node('Abs', ['in0'], 'skip'),
      node('Neg', ['skip'], 'skip2'),
      node('Relu', ['in0'], 'head'),
      node('Neg', ['head'], 'body', true),
      node('Add', ['body', 'skip2'], 'tail'),
    ];
    const segments = partition(readGraph(modelOf(nodes, ['tail'], true)));
    expect(segments.map((segment) => segment.nodes.map((part) => part.outputs[0]))).toEqual([
      ['head'],
      ['body'],
      ['skip', 'skip2', 'tail'],
    ]);
  });

  it('refuses a graph with a cycle', () => {
    const nodes: TestNode[] = [
      { op: 'Add', inputs: ['in0', 'b'], output: 'a', custom: false },
      { op: 'Neg', inputs: ['a'], output: 'b', custom: true },
    ];
    expect(() => readGraph(modelOf(nodes, ['b'], true))).toThrow('cycle');
  });
});

describe('a hybrid session', () => {
  const open: HybridSession[] = [];
  afterEach(async () => {
    for (const session of open.splice(0)) await session.close();
  });

  const openSession = async (model: Uint8Array): Promise<HybridSession> => {
    const session = await HybridSession.create(model, { threads: 1, operators: testOperators });
    open.push(session);
    return session;
  };

  it('gives what the unsplit graph gives, for one size after another', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ nodes, outputs }) => {
        const session = await openSession(modelOf(nodes, outputs, true));
        for (const [seed, count] of [2, 2, 3, 2].entries()) {
          const feeds = { in0: feed(seed, count), in1: feed(seed + 50, count) };
          const whole = await runWhole(modelOf(nodes, outputs, false), feeds);
          const split = await session.run(feeds);
          for (const name of outputs)
            expect(unsigned(split[name]!.data)).toEqual(unsigned(whole[name]!.data));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('uses its buffers again for the same size and makes new ones for another', async () => {
    const nodes: TestNode[] = [
      { op: 'Relu', inputs: ['in0'], output: 'a', custom: false },
      { op: 'Neg', inputs: ['a'], output: 'b', custom: true },
      { op: 'Abs', inputs: ['b'], output: 'c', custom: true },
      { op: 'Add', inputs: ['c', 'in1'], output: 'd', custom: false },
    ];
    const session = await openSession(modelOf(nodes, ['b', 'd'], true));
    const run = async (count: number) => session.run({ in0: feed(1, count), in1: feed(2, count) });
    const first = await run(2);
    const second = await run(2);
    expect(second['d']!.data).toBe(first['d']!.data);
    expect(second['b']!.data).toBe(first['b']!.data);
    const larger = await run(5);
    expect(larger['d']!.dims).toEqual([5, 3, 4]);
    expect(larger['d']!.data).not.toBe(first['d']!.data);
    expect([...larger['d']!.data].every((value) => Number.isFinite(Number(value)))).toBe(true);
  });

  it('refuses an operator that it does not know', async () => {
    const nodes: TestNode[] = [{ op: 'Clip', inputs: ['in0', '', 'limit'], output: 'a', custom: true }];
    await expect(openSession(modelOf(nodes, ['a'], true))).rejects.toThrow('operator Clip');
  });
});

describe('the plan of an arena', () => {
  it('never lets buffers that live together overlap, and needs no more than all of them', () => {
    const lifetimes = fc.array(
      fc
        .tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(20), fc.nat(6))
        .map(([bytes, from, length]) => ({ bytes, from, to: from + length })),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(lifetimes, (lives) => {
        const plan = planArena(lives);
        for (const [a, first] of lives.entries()) {
          expect(plan.offsets[a]! + first.bytes).toBeLessThanOrEqual(plan.bytes);
          for (const [b, second] of lives.slice(0, a).entries()) {
            if (first.from > second.to || second.from > first.to) continue;
            const apart =
              plan.offsets[a]! >= plan.offsets[b]! + second.bytes ||
              plan.offsets[b]! >= plan.offsets[a]! + first.bytes;
            expect(apart).toBe(true);
          }
        }
      }),
    );
  });

  it('holds a chain of residual blocks in two buffers, beside the input', () => {
    const layer = (inputs: string[], output: string): PreparedOperator<null> => ({
      inputs,
      outputs: [{ name: output, type: { type: 'uint8', shape: null } }],
      ...(inputs.length === 2 ? { inPlace: 1 } : {}),
      infer: ([dims]) => [dims!],
      bind: () => null,
      dispose: () => undefined,
    });
    const blocks = [0, 2, 4, 6].flatMap((first) => [
      layer([`v${first}`], `v${first + 1}`),
      layer([`v${first + 1}`, `v${first}`], `v${first + 2}`),
    ]);
    const { bytes, values } = planBuffers(blocks, new Map([['v0', [1, 8, 10, 8]]]), ['v8']);
    expect(bytes).toBe(2 * 640);
    expect(values.find(({ name }) => name === 'v4')?.offset).toBe(
      values.find(({ name }) => name === 'v8')?.offset,
    );
  });

  it('overwrites nothing that is still to be read, or that an operator reads twice', () => {
    const twice: PreparedOperator<null> = {
      inputs: ['v1', 'v1'],
      outputs: [{ name: 'v2', type: { type: 'uint8', shape: null } }],
      inPlace: 1,
      infer: ([dims]) => [dims!],
      bind: () => null,
      dispose: () => undefined,
    };
    const first = { ...twice, inputs: ['v0'], outputs: [{ ...twice.outputs[0]!, name: 'v1' }] };
    const { values } = planBuffers([first, twice], new Map([['v0', [64]]]), ['v2']);
    expect(values[0]?.offset).not.toBe(values[1]?.offset);
    const kept = planBuffers([first, { ...twice, inputs: ['v0', 'v1'] }], new Map([['v0', [64]]]), [
      'v1',
      'v2',
    ]);
    expect(kept.values[0]?.offset).not.toBe(kept.values[1]?.offset);
  });
});
