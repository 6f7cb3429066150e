import { describe, expect, it } from 'vitest';
import { HybridSession } from '../backends/cpu';
import { modelsOf, readModelFile } from '../manifest';
import { kernelOperators } from '../operators';
import { processKernels } from '../process-kernels';
import type { HostTensor } from '../tensor';
import { narrowIndices, readGraph } from '.';

function waves(dims: readonly number[], seed: number, most: number): HostTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, at) => most * (0.5 + 0.5 * Math.sin(at * seed)));
  return { type: 'float32', dims, data };
}

describe('indices of 32 bits', () => {
  it('let the shipped networks for contours give the same, bit for bit', async () => {
    const [{ manifest, folder } = { manifest: null, folder: '' }] = await modelsOf('segment');
    if (!manifest) throw new Error('Expected a network for objects.');
    const [rows, columns] = [7, 12];
    const features = waves([1, rows, columns, 64], 1.7, 2);
    const { diamond, contour } = manifest.points;
    const feeds: Readonly<Record<'extreme' | 'contour', Record<string, HostTensor>>> = {
      extreme: { features, points: waves([3, diamond, 2], 0.37, 50), centres: waves([3, 2], 3, 30) },
      contour: { features, points: waves([3, contour, 2], 0.37, 50) },
    };
    const settings = { threads: 1, operators: kernelOperators(processKernels()) };
    for (const graph of ['extreme', 'contour'] as const) {
      const model = await readModelFile(folder, manifest.graphs[graph]);
      const narrow = narrowIndices(model);
      if (!narrow) throw new Error(`Expected indices in the graph ${graph}.`);
      const results: Record<string, HostTensor>[] = [];
      for (const bytes of [model, narrow]) {
        const session = await HybridSession.create(bytes, settings);
        results.push({ ...(await session.run(feeds[graph])) });
        await session.close();
      }
      expect(results[1]).toEqual(results[0]);
      // Indices are cast to 32 bits where they are made.
      const toInt64 = readGraph(narrow).nodes.filter(
        ({ proto }) => proto.opType === 'Cast' && Number(proto.attribute?.[0]?.i) === 7,
      );
      expect(toInt64).toEqual([]);
    }
  });

  it('are none where a network has none', async () => {
    const models = await modelsOf('enhance');
    expect(models.length).toBeGreaterThan(0);
    for (const { manifest, folder } of models)
      expect(narrowIndices(await readModelFile(folder, manifest))).toBeNull();
  });
});
