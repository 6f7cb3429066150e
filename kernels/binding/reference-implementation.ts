import { setImmediate } from 'node:timers/promises';
import type { Adder2dLayer } from '../adder2d/attributes';
import { referenceAdder2d } from '../adder2d/reference';
import { referenceSubdivide } from '../outline/grid-reference';
import { referenceMatte, referenceSignedDistance } from '../outline/reference';
import { referenceGuided } from '../guided-filter/reference';
import { referenceSteady } from '../outline/steady-reference';
import type { PointHeadLayer } from '../point-head/attributes';
import { referencePointHead } from '../point-head/reference';
import { referenceResizeBilinear } from '../plane/bilinear-reference';
import { referenceBlurField, referenceKnownField } from '../compositing/field-reference';
import {
  referenceBackdrop,
  referenceHalve,
  referencePaint,
  referenceUncover,
} from '../compositing/reference';
import { referencePlanesToRgb, referenceRgbToPlanes } from '../plane/colour-reference';
import type { DynamicFilter2dDescription } from '../dynamic-filter2d/attributes';
import { referenceDynamicFilter2d } from '../dynamic-filter2d/reference';
import { ReferenceMotionSession } from '../dense-inverse-search/reference';
import { referenceFloatToPlane, referencePlaneToFloat, referenceResize } from '../plane/reference';
import { referenceFindStill, referenceKeepStill } from '../plane/still-reference';
import type { QuantizedConv2dLayer } from '../quantized-conv2d/attributes';
import { referenceQuantizedConv2d } from '../quantized-conv2d/reference';
import type { SubpixelConv2dLayer } from '../subpixel-conv2d/attributes';
import { referenceSubpixelConv2d } from '../subpixel-conv2d/reference';
import type { Implementation, StepWork } from './implementation';

/** The kernels' meaning in TypeScript, on the calling thread; events are served between two steps. */
export function referenceImplementation(reason: string): Implementation {
  return {
    name: 'reference',
    isa: 'TypeScript',
    reason,
    hasDotProducts: false,
    threads: 1,
    setThreads: () => undefined,
    createAdder2d: (layer) => layer,
    createDynamicFilter2d: (layer) => layer,
    createPointHead: (layer) => layer,
    createQuantizedConv2d: (layer) => layer,
    createSubpixelConv2d: (layer) => layer,
    disposeLayer: () => undefined,
    runSteps: async (steps) => {
      for (const step of steps) {
        runStep(step);
        await setImmediate();
      }
    },
    createMotionSession: (shape) => new ReferenceMotionSession(shape),
    disposeMotionSession: () => undefined,
    estimateMotion: async ({ session, previous, next }) => {
      (session as ReferenceMotionSession).estimate(previous, next);
    },
    warpToTime: async ({ session, ...work }) => {
      (session as ReferenceMotionSession).warpTo(work);
    },
    signedDistance: async (work) => {
      referenceSignedDistance(work);
    },
    subdivideGrids: async (grids, counts) => {
      counts.set(grids.map(referenceSubdivide));
    },
    steadyMatte: async (work) => {
      referenceSteady(work);
    },
    renderMatte: async (work) => {
      referenceMatte(work);
    },
    guideMattes: async (works) => {
      works.forEach(referenceGuided);
    },
    resizeBilinear: async (work) => {
      referenceResizeBilinear(work);
    },
    resizeBicubic: async (work) => {
      referenceResize(work);
    },
    planeToFloat: async (work) => {
      referencePlaneToFloat(work);
    },
    floatToPlane: async (work) => referenceFloatToPlane(work),
    planesToRgb: async (work) => {
      referencePlanesToRgb(work);
    },
    rgbToPlanes: async (work) => referenceRgbToPlanes(work),
    findStill: async (work) => {
      referenceFindStill(work);
    },
    keepStill: async (work) => {
      referenceKeepStill(work);
    },
    halve: async (work) => {
      referenceHalve(work);
    },
    paint: async (work) => {
      referencePaint(work);
    },
    knownField: async (work) => referenceKnownField(work),
    blurField: async (work) => {
      referenceBlurField(work);
    },
    uncover: async (work) => {
      referenceUncover(work);
    },
    backdrop: async (work) => {
      referenceBackdrop(work);
    },
  };
}

function runStep(step: StepWork): void {
  switch (step.operator) {
    case 'Adder2d':
      referenceAdder2d(step.layer as Adder2dLayer, step);
      break;
    case 'DynamicFilter2d':
      referenceDynamicFilter2d(step.layer as DynamicFilter2dDescription, step);
      break;
    case 'PointHead':
      referencePointHead(step.layer as PointHeadLayer, step);
      break;
    case 'QuantizedConv2d':
      referenceQuantizedConv2d(step.layer as QuantizedConv2dLayer, step);
      break;
    case 'SubpixelConv2d':
      referenceSubpixelConv2d(step.layer as SubpixelConv2dLayer, step);
      break;
  }
}
