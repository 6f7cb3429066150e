import { dynamicFilter2dData, type DynamicFilter2dCase } from '../../dynamic-filter2d/cases';
import { DEEP_SNAKE, pointHeadData, type PointHeadCase } from '../../point-head/cases';
import { GpuDynamicFilter2d } from '../dynamic-filter2d';
import { GpuPointHead } from '../point-head';
import { Bench } from './bench';
import type { SelfTest } from './self-test';

const FILTER: DynamicFilter2dCase = { n: 1, c: 8, h: 19, w: 33, groups: 4, side: 3, stride: 2 };

const HEAD: PointHeadCase = { ...DEEP_SNAKE, width: 64, height: 32, count: 49 };

/** Its features lie in −2 … 2; a division's last bits are the card's own. */
export const FILTERS: SelfTest = {
  what: 'filters of their own for every pixel',
  tolerance: 2e-6,
  onCpu: async (kernels) => {
    const { x, logits, outputs } = dynamicFilter2dData(FILTER, 1);
    const y = new Float32Array(outputs);
    const layer = kernels.prepareDynamicFilter2d(FILTER);
    try {
      await kernels.run([{ layer, x, logits, ...FILTER, y }]);
      return y;
    } finally {
      layer.dispose();
    }
  },
  onGpu: (programs) => {
    const { x, logits, outputs } = dynamicFilter2dData(FILTER, 1);
    const bench = new Bench(programs);
    const y = bench.buffer(4 * outputs);
    const { n, c, h, w } = FILTER;
    const step = new GpuDynamicFilter2d(programs, FILTER).bind({
      ...{ x: bench.input(x), logits: bench.input(logits) },
      ...{ n, c, h, w, y },
    });
    return bench.test([step], y, outputs);
  },
};

export const POINTS: SelfTest = {
  what: 'outlines',
  tolerance: 0,
  onCpu: async (kernels) => {
    const { description, work } = pointHeadData(HEAD, 1);
    const layer = kernels.preparePointHead(description);
    try {
      await kernels.run([{ layer, ...work }]);
      return work.y;
    } finally {
      layer.dispose();
    }
  },
  onGpu: (programs) => {
    const { description, work } = pointHeadData(HEAD, 1);
    const bench = new Bench(programs);
    const y = bench.buffer(4 * work.count);
    const step = bench.own(new GpuPointHead(programs, description)).bind({
      maps: work.maps.map(({ data, h, w }) => ({ ...bench.input(data), h, w })),
      ...{ points: bench.input(work.points), shape: bench.input(work.shape) },
      ...{ count: work.count, y },
    });
    return bench.test([step], y, work.count);
  },
};
