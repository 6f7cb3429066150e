import type {
  BenchRequest,
  BenchResult,
  EngineApi,
  EngineFacts,
  EvalDeblurRequest,
  EvalInterpRequest,
  EvalMotionResult,
  EvalSrRequest,
  EvalSrResult,
  JobEvent,
  JobRequest,
  MediaInfo,
  ModelManifest,
} from '../shared';
import { version } from '../../package.json';
import { JobQueue, planJobs } from './jobs';
import { log } from './log';
import { bench, evalDeblur, evalInterp, evalSr } from './measure';
import { poster, probe, resolveTools, type MediaTools } from './media';
import { checkOutput } from './pipeline';
import { chooseBackend, listModels } from './runtime';

/** The engine itself: what `EngineApi` promises, in this process. */
export class Engine implements EngineApi {
  /** Where job events go; set by the process. */
  onJobEvent: (event: JobEvent) => void = () => undefined;
  #tools: Promise<MediaTools> | null = null;
  #queue: Promise<JobQueue> | null = null;
  /** Aborted by `close`, for what is being measured. */
  readonly #closing = new AbortController();

  async facts(): Promise<EngineFacts> {
    const tools = await this.#mediaTools();
    const backend = await chooseBackend('auto');
    return { version, backend, ffmpeg: tools.ffmpeg, ffprobe: tools.ffprobe };
  }

  async models(): Promise<readonly ModelManifest[]> {
    return listModels();
  }

  async probe(path: string): Promise<MediaInfo> {
    return probe(await this.#mediaTools(), path);
  }

  async poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array> {
    const tools = await this.#mediaTools();
    return poster(tools, await probe(tools, path), seconds, maxWidth);
  }

  async plan(request: JobRequest): Promise<readonly JobRequest[]> {
    return planJobs(request);
  }

  async start(request: JobRequest): Promise<string> {
    // What can be known to be wrong is said now, not when the job's turn comes.
    const tools = await this.#mediaTools();
    await probe(tools, request.input);
    await checkOutput(request.input, request.output, request.overwrite);
    await chooseBackend(request.backend);
    this.#queue ??= Promise.resolve(
      new JobQueue(tools, (event) => {
        this.onJobEvent(event);
      }),
    );
    return (await this.#queue).add(request);
  }

  async cancel(jobId: string): Promise<void> {
    await (await this.#queue)?.get(jobId).cancel();
  }

  async pause(jobId: string): Promise<void> {
    (await this.#queue)?.get(jobId).pause();
  }

  async unpause(jobId: string): Promise<void> {
    (await this.#queue)?.get(jobId).unpause();
  }

  async evalSr(request: EvalSrRequest): Promise<EvalSrResult> {
    return evalSr(request, log, this.#closing.signal);
  }

  async evalInterp(request: EvalInterpRequest): Promise<EvalMotionResult> {
    const tools = await this.#mediaTools();
    return evalInterp(request, { tools, signal: this.#closing.signal, onProgress: log });
  }

  async evalDeblur(request: EvalDeblurRequest): Promise<EvalMotionResult> {
    const tools = await this.#mediaTools();
    return evalDeblur(request, { tools, signal: this.#closing.signal, onProgress: log });
  }

  async bench(request: BenchRequest): Promise<BenchResult> {
    return bench(await this.#mediaTools(), request, log);
  }

  /** Cancels what runs; finished segments stay. */
  async close(): Promise<void> {
    this.#closing.abort();
    await (await this.#queue)?.close();
  }

  #mediaTools(): Promise<MediaTools> {
    const tools = (this.#tools ??= resolveTools());
    // A missing tool may be there the next time.
    tools.catch(() => (this.#tools = null));
    return tools;
  }
}
