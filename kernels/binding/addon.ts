import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Adder2dLayer } from '../adder2d/attributes';
import type {
  BackdropWork,
  BlurFieldWork,
  HalveWork,
  KnownFieldWork,
  PaintWork,
  UncoverWork,
} from '../compositing/work';
import type { ColourWork } from '../plane/colour-reference';
import type { DynamicFilter2dDescription } from '../dynamic-filter2d/attributes';
import type { MotionShape, WarpWork } from '../dense-inverse-search/attributes';
import type { GridWork } from '../outline/grid-reference';
import type { GuidedWork } from '../guided-filter/work';
import type { DistanceWork, MatteWork } from '../outline/reference';
import type { SteadyWork } from '../outline/steady-reference';
import type { PointHeadLayer } from '../point-head/attributes';
import type { BilinearWork } from '../plane/bilinear-reference';
import type { ResizeWork, ToFloatWork, ToPlaneWork } from '../plane/reference';
import type { KeepStillWork, StillWork } from '../plane/still-reference';
import type { QuantizedConv2dLayer } from '../quantized-conv2d/attributes';
import type { SubpixelConv2dLayer } from '../subpixel-conv2d/attributes';
import type {
  EstimateWork,
  Implementation,
  IsaName,
  LayerHandle,
  MotionHandle,
  StepWork,
} from './implementation';

/** What binding/addon.cc exports. */
interface NativeAddon {
  /** Whether the processor sums 8-bit products in one step. */
  readonly hasDotProducts: boolean;
  /** Of the whole process. */
  setThreads(count: number): void;
  /** Those that this processor runs, fastest first. */
  adder2dKernels(): readonly { readonly name: IsaName; readonly isa: string }[];
  createAdder2d(options: Adder2dLayer & { readonly kernel: IsaName }): LayerHandle;
  createDynamicFilter2d(options: DynamicFilter2dDescription & { readonly kernel: IsaName }): LayerHandle;
  createPointHead(options: PointHeadLayer & { readonly kernel: IsaName }): LayerHandle;
  createQuantizedConv2d(options: QuantizedConv2dLayer & { readonly kernel: IsaName }): LayerHandle;
  createSubpixelConv2d(options: SubpixelConv2dLayer & { readonly kernel: IsaName }): LayerHandle;
  disposeLayer(handle: LayerHandle): void;
  runSteps(steps: readonly StepWork[]): Promise<void>;
  createMotionSession(options: MotionShape & { readonly kernel: IsaName }): MotionHandle;
  disposeMotionSession(handle: MotionHandle): void;
  estimateMotion(work: EstimateWork): Promise<void>;
  warpToTime(work: WarpWork & { readonly session: MotionHandle }): Promise<void>;
  signedDistance(work: DistanceWork & { readonly kernel: IsaName }): Promise<void>;
  subdivideGrids(work: {
    readonly grids: readonly GridWork[];
    readonly counts: Int32Array;
    readonly kernel: IsaName;
  }): Promise<void>;
  steadyMatte(work: SteadyWork): Promise<void>;
  renderMatte(work: MatteWork & { readonly kernel: IsaName }): Promise<void>;
  guideMattes(work: { readonly works: readonly GuidedWork[] }): Promise<void>;
  resizeBilinear(work: BilinearWork): Promise<void>;
  resizeBicubic(work: ResizeWork): Promise<void>;
  planeToFloat(work: ToFloatWork): Promise<void>;
  floatToPlane(work: ToPlaneWork): Promise<number>;
  planesToRgb(work: ColourWork): Promise<void>;
  rgbToPlanes(work: ColourWork): Promise<number>;
  findStill(work: StillWork): Promise<void>;
  keepStill(work: KeepStillWork): Promise<void>;
  halve(work: HalveWork): Promise<void>;
  paint(work: PaintWork): Promise<void>;
  knownField(work: KnownFieldWork): Promise<number>;
  blurField(work: BlurFieldWork): Promise<void>;
  uncover(work: UncoverWork): Promise<void>;
  backdrop(work: BackdropWork): Promise<void>;
}

const FILE = 'clearcut-kernels.node';

const COMPILER_HINTS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'install a C++ compiler (on Debian or Ubuntu: apt install g++)',
  darwin: 'install a C++ compiler (xcode-select --install)',
  win32: 'install the C++ workload of Visual Studio Build Tools',
};

/** The compiled kernels, or why they can't be had and how to mend it. */
export type Addon =
  | { readonly loaded: true; readonly implementations: ReadonlyMap<string, Implementation> }
  | { readonly loaded: false; readonly problem: string };

let found: Addon | null = null;

/** Loads the addon, once a process. */
export function loadAddon(): Addon {
  return (found ??= load());
}

function load(): Addon {
  const path = addonPath();
  if (path === null || !existsSync(path))
    return missing(`they were not compiled (${path ?? FILE} is not there)`);
  try {
    return {
      loaded: true,
      implementations: implementations(createRequire(import.meta.url)(path) as NativeAddon),
    };
  } catch (error) {
    return missing(`${path} could not be loaded (${error instanceof Error ? error.message : String(error)})`);
  }
}

function missing(what: string): Addon {
  const hint = COMPILER_HINTS[process.platform] ?? 'install a C++ compiler';
  return { loaded: false, problem: `${what}: ${hint} and run node kernels/build.mjs` };
}

/** `CLEARCUT_ADDON`, a packaged app's resources, or the build folder of the package that this file is part of. */
function addonPath(): string | null {
  const wanted = process.env['CLEARCUT_ADDON'];
  if (wanted) return wanted;
  // Electron sets it; Node doesn't know it.
  const { resourcesPath } = process as { readonly resourcesPath?: string };
  const packaged = resourcesPath === undefined ? null : join(resourcesPath, FILE);
  if (packaged !== null && existsSync(packaged)) return packaged;
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)));
  return root === null ? null : join(root, 'kernels/build', FILE);
}

/** This file runs from kernels/ or, bundled, from out/: both below the package.json with our name. */
function packageRoot(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const { name } = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: unknown };
      if (name === 'clearcut') return folder;
    }
    if (dirname(folder) === folder) return null;
  }
}

/** One for each kernel that this processor runs, fastest first. They share the process's threads. */
function implementations(addon: NativeAddon): ReadonlyMap<string, Implementation> {
  let threads = availableParallelism();
  addon.setThreads(threads);
  const list = addon.adder2dKernels().map(({ name, isa }): Implementation => ({
    name,
    isa,
    reason: `this processor runs the ${isa} kernels.`,
    hasDotProducts: addon.hasDotProducts,
    get threads() {
      return threads;
    },
    setThreads: (count) => {
      threads = count;
      addon.setThreads(count);
    },
    createAdder2d: (layer) => addon.createAdder2d({ ...layer, kernel: name }),
    createDynamicFilter2d: (layer) => addon.createDynamicFilter2d({ ...layer, kernel: name }),
    createPointHead: (layer) => addon.createPointHead({ ...layer, kernel: name }),
    createQuantizedConv2d: (layer) => addon.createQuantizedConv2d({ ...layer, kernel: name }),
    createSubpixelConv2d: (layer) => addon.createSubpixelConv2d({ ...layer, kernel: name }),
    disposeLayer: (handle) => {
      addon.disposeLayer(handle);
    },
    runSteps: (steps) => addon.runSteps(steps),
    createMotionSession: (shape) => addon.createMotionSession({ ...shape, kernel: name }),
    disposeMotionSession: (handle) => {
      addon.disposeMotionSession(handle);
    },
    estimateMotion: (work) => addon.estimateMotion(work),
    warpToTime: (work) => addon.warpToTime(work),
    signedDistance: (work) => addon.signedDistance({ ...work, kernel: name }),
    subdivideGrids: (grids, counts) => addon.subdivideGrids({ grids, counts, kernel: name }),
    steadyMatte: (work) => addon.steadyMatte(work),
    renderMatte: (work) => addon.renderMatte({ ...work, kernel: name }),
    guideMattes: (works) => addon.guideMattes({ works }),
    resizeBilinear: (work) => addon.resizeBilinear(work),
    resizeBicubic: (work) => addon.resizeBicubic(work),
    planeToFloat: (work) => addon.planeToFloat(work),
    floatToPlane: (work) => addon.floatToPlane(work),
    planesToRgb: (work) => addon.planesToRgb(work),
    rgbToPlanes: (work) => addon.rgbToPlanes(work),
    findStill: (work) => addon.findStill(work),
    keepStill: (work) => addon.keepStill(work),
    halve: (work) => addon.halve(work),
    paint: (work) => addon.paint(work),
    knownField: async (work) => (await addon.knownField(work)) === 1,
    blurField: (work) => addon.blurField(work),
    uncover: (work) => addon.uncover(work),
    backdrop: (work) => addon.backdrop(work),
  }));
  return new Map(list.map((implementation) => [implementation.name, implementation]));
}
