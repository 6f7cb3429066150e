import { setImmediate } from 'node:timers/promises';
import type { Adder2dLayer } from '../adder2d/attributes';
import { referenceAdder2d } from '../adder2d/reference';
import { referenceFloatToPlane, referencePlaneToFloat, referenceResize } from '../plane/reference';
import type { Implementation } from './implementation';

/** The kernels' meaning in TypeScript, on the calling thread; events are served between two steps. */
export function referenceImplementation(reason: string): Implementation {
  return {
    name: 'reference',
    isa: 'TypeScript',
    reason,
    threads: 1,
    setThreads: () => undefined,
    createAdder2d: (layer) => layer,
    disposeAdder2d: () => undefined,
    runAdder2d: async (steps) => {
      for (const step of steps) {
        referenceAdder2d(step.layer as Adder2dLayer, step);
        await setImmediate();
      }
    },
    resizeBicubic: async (work) => {
      referenceResize(work);
    },
    planeToFloat: async (work) => {
      referencePlaneToFloat(work);
    },
    floatToPlane: async (work) => referenceFloatToPlane(work),
  };
}
