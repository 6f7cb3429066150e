import { createBirpc } from 'birpc';
import type { SelfTestName, SelfTestSize } from '../../../../../kernels/webgpu';
import { DeviceError, fromErrorData, toErrorData, type ErrorData } from '../../../../shared';
import type { HostTensor, KeptTensor, ModelTensor } from '../../tensor';
import type { AdapterFacts } from './adapter-facts';
import type { FrameProgram, FrameRunner, PlaneCodes, PlaneShape } from './frame-program';
import type { Gpu, GpuCeilings, GpuModel, OpenGpu, SelfTestResult, StepTiming } from './gpu';
import { planesOf, type CodedPictures, type PictureProgram } from './picture-program';

/** One end of a line that copies what it carries: a message port between processes. */
export interface GpuLine {
  post(message: unknown): void;
  on(listener: (message: unknown) => void): void;
  /** Called when the other end is gone. */
  onClosed(listener: () => void): void;
}

type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorData };

interface Wire {
  call(method: string, id: number, args: readonly unknown[]): Promise<Outcome>;
}

/** What is opened on the GPU's side, by number: devices, models, frames, pictures. */
type Opened = OpenGpu | GpuModel | Frames | Pictures;

interface Pictures {
  readonly pictures: CodedPictures;
  readonly program: PictureProgram;
}

interface Frames {
  readonly runner: FrameRunner;
  readonly program: FrameProgram;
}

interface Answers {
  readonly gpu: Gpu;
  readonly opened: Map<number, Opened>;
  readonly keep: (opened: Opened) => number;
}

type Method = (answers: Answers, id: number, ...args: never[]) => Promise<unknown>;

/** Every call; the types of their arguments are those of `RemoteGpu` below, the only caller. */
const METHODS: Readonly<Record<string, Method>> = {
  adapters: ({ gpu }) => gpu.adapters(),
  open: async ({ gpu, keep }, _id, name: string) => {
    const device = await gpu.open(name);
    return { id: keep(device), facts: device.facts };
  },
  isLost: ({ opened }, id) => deviceOf(opened, id).isLost(),
  openModel: async ({ opened, keep }, id, model: Uint8Array) =>
    keep(await deviceOf(opened, id).openModel(model)),
  runModel: ({ opened }, id, feeds: Record<string, ModelTensor>, keep: readonly string[]) =>
    (opened.get(id) as GpuModel).run(feeds, keep),
  timeModel: ({ opened }, id, feeds: Record<string, ModelTensor>) => (opened.get(id) as GpuModel).time(feeds),
  release: ({ opened }, id, tensors: readonly KeptTensor[]) => (opened.get(id) as GpuModel).release(tensors),
  read: ({ opened }, id, tensor: KeptTensor) => deviceOf(opened, id).read(tensor),
  openFrames: async ({ opened, keep }, id, model: Uint8Array, program: FrameProgram) => {
    const runner = await deviceOf(opened, id).openFrames(model, program);
    return runner && keep({ runner, program });
  },
  runFrames: async ({ opened }, id, source: readonly PlaneCodes[]) => {
    const { runner, program } = opened.get(id) as Frames;
    const target = codesFor(program.target, program.wide);
    return { odd: await runner.run(source, target), target };
  },
  openPictures: async ({ opened, keep }, id, program: PictureProgram) =>
    keep({ pictures: await deviceOf(opened, id).openPictures(program), program }),
  takePicture: ({ opened }, id, codes: readonly PlaneCodes[]) =>
    (opened.get(id) as Pictures).pictures.take(codes),
  givePicture: async ({ opened }, id, tensor: KeptTensor) => {
    const { pictures, program } = opened.get(id) as Pictures;
    const target = codesFor(planesOf(program), program.wide);
    return { odd: await pictures.give(tensor, target), target };
  },
  releasePictures: ({ opened }, id, tensors: readonly KeptTensor[]) =>
    (opened.get(id) as Pictures).pictures.release(tensors),
  selfTest: ({ opened }, id, name: SelfTestName, size: SelfTestSize) =>
    deviceOf(opened, id).selfTest(name, size),
  timeFrame: ({ opened }, id, model: Uint8Array, program: FrameProgram) =>
    deviceOf(opened, id).timeFrame(model, program),
  ceilings: ({ opened }, id) => deviceOf(opened, id).ceilings(),
  close: async ({ opened }, id) => {
    const found = opened.get(id);
    opened.delete(id);
    await (found && closable(found).close());
  },
};

/** Answers calls of another process with the GPUs of this one. */
export function serveGpu(line: GpuLine, gpu: Gpu): void {
  const opened = new Map<number, Opened>();
  let last = 0;
  const answers: Answers = {
    gpu,
    opened,
    keep: (one) => {
      opened.set(++last, one);
      return last;
    },
  };
  const call = async (method: string, id: number, args: readonly unknown[]): Promise<Outcome> => {
    try {
      const run = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
      if (!run) throw new Error(`There is no call named ${JSON.stringify(method)}.`);
      return { ok: true, value: await run(answers, id, ...(args as never[])) };
    } catch (error) {
      return { ok: false, error: toErrorData(error) };
    }
  };
  createBirpc<object, Wire>(
    { call },
    {
      post: (data) => {
        line.post(data);
      },
      on: (fn) => {
        line.on(fn);
      },
      timeout: -1,
    },
  );
  line.onClosed(() => {
    for (const one of opened.values())
      void closable(one)
        .close()
        .catch(() => undefined);
    opened.clear();
  });
}

/** GPUs of another process. All calls fail as those of a lost device do once that process is gone. */
export class RemoteGpu implements Gpu {
  readonly #call: Call;

  constructor(line: GpuLine) {
    const rpc = createBirpc<Wire>(
      {},
      {
        post: (data) => {
          line.post(data);
        },
        on: (fn) => {
          line.on(fn);
        },
        timeout: -1,
      },
    );
    const gone = new Promise<never>((_, reject) => {
      line.onClosed(() => {
        reject(new DeviceError('device-lost', 'The graphics card was lost: its process ended.'));
      });
    });
    gone.catch(() => undefined);
    this.#call = async <T>(method: string, id: number, ...args: readonly unknown[]): Promise<T> => {
      const outcome = await Promise.race([rpc.call(method, id, args), gone]);
      if (!outcome.ok) throw fromErrorData(outcome.error);
      return outcome.value as T;
    };
  }

  adapters(): Promise<readonly AdapterFacts[]> {
    return this.#call('adapters', 0);
  }

  async open(name: string): Promise<OpenGpu> {
    const { id, facts } = await this.#call<{ id: number; facts: AdapterFacts }>('open', 0, name);
    return new RemoteDevice(this.#call, id, facts);
  }
}

/** Codes that were made, and how many of the values that they were made of are not finite. */
interface CodesBack {
  readonly odd: number;
  readonly target: readonly PlaneCodes[];
}

type Call = <T>(method: string, id: number, ...args: readonly unknown[]) => Promise<T>;

class RemoteDevice implements OpenGpu {
  readonly #call: Call;
  readonly #id: number;

  constructor(
    call: Call,
    id: number,
    readonly facts: AdapterFacts,
  ) {
    this.#call = call;
    this.#id = id;
  }

  /** A process that is gone has lost its devices. */
  async isLost(): Promise<boolean> {
    return this.#call<boolean>('isLost', this.#id).catch(() => true);
  }

  async openModel(model: Uint8Array): Promise<GpuModel> {
    const id = await this.#call<number>('openModel', this.#id, model);
    return {
      run: (feeds, keep = []) => this.#call('runModel', id, feeds, keep),
      time: (feeds) => this.#call('timeModel', id, feeds),
      release: (tensors) => this.#call('release', id, tensors),
      close: () => this.#call('close', id),
    };
  }

  async openFrames(model: Uint8Array, program: FrameProgram): Promise<FrameRunner | null> {
    const id = await this.#call<number | null>('openFrames', this.#id, model, program);
    if (id === null) return null;
    return {
      run: async (source, target) => {
        const result = await this.#call<CodesBack>('runFrames', id, source);
        result.target.forEach((plane, index) => target[index]?.set(plane));
        return result.odd;
      },
      close: () => this.#call('close', id),
    };
  }

  async openPictures(program: PictureProgram): Promise<CodedPictures> {
    const id = await this.#call<number>('openPictures', this.#id, program);
    return {
      take: (codes) => this.#call('takePicture', id, codes),
      give: async (tensor, codes) => {
        const result = await this.#call<CodesBack>('givePicture', id, tensor);
        result.target.forEach((plane, index) => codes[index]?.set(plane));
        return result.odd;
      },
      release: (tensors) => this.#call('releasePictures', id, tensors),
      close: () => this.#call('close', id),
    };
  }

  read(tensor: KeptTensor): Promise<HostTensor> {
    return this.#call('read', this.#id, tensor);
  }

  selfTest(name: SelfTestName, size: SelfTestSize): Promise<SelfTestResult> {
    return this.#call('selfTest', this.#id, name, size);
  }

  timeFrame(model: Uint8Array, program: FrameProgram): Promise<readonly StepTiming[]> {
    return this.#call('timeFrame', this.#id, model, program);
  }

  ceilings(): Promise<GpuCeilings> {
    return this.#call('ceilings', this.#id);
  }

  close(): Promise<void> {
    return this.#call('close', this.#id);
  }
}

function deviceOf(opened: ReadonlyMap<number, Opened>, id: number): OpenGpu {
  const device = opened.get(id);
  if (!device || !('openFrames' in device)) throw new DeviceError('device-lost', 'This device was closed.');
  return device;
}

function codesFor(shapes: readonly PlaneShape[], wide: boolean): PlaneCodes[] {
  return shapes.map(({ width, height }) =>
    wide ? new Uint16Array(width * height) : new Uint8Array(width * height),
  );
}

function closable(opened: Opened): { close(): Promise<void> } {
  if ('runner' in opened) return opened.runner;
  return 'pictures' in opened ? opened.pictures : opened;
}
