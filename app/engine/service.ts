import { stat } from 'node:fs/promises';
import type {
  BenchRequest,
  BenchResult,
  EngineApi,
  EngineFacts,
  GpuFacts,
  EvalDeblurRequest,
  EvalInterpRequest,
  EvalMatteRequest,
  EvalMatteResult,
  EvalMotionResult,
  EvalSegmentRequest,
  EvalSegmentResult,
  EvalSrRequest,
  EvalSrResult,
  EvalTrackRequest,
  EvalTrackResult,
  FramesRequest,
  JobEvent,
  JobRequest,
  MediaInfo,
  ModelManifest,
  PeaksRequest,
  SoundRequest,
} from '../shared';
import { version } from '../../package.json';
import { JobQueue, planJobs } from './jobs';
import { log } from './log';
import { bench, evalDeblur, evalInterp, evalMatte, evalSegment, evalSr, evalTrack } from './measure';
import { playerFrames, poster, probe, resolveTools, soundPeaks, soundPiece, type MediaTools } from './media';
import { checkOutputs } from './pipeline';
import { adapterChoices, chooseBackend, listModels } from './runtime';

/** Files whose facts are kept: those that a window looks at. */
const MOST_PROBED = 64;

/** The engine itself: what `EngineApi` promises, in this process. */
export class Engine implements EngineApi {
  /** Where job events go; set by the process. */
  onJobEvent: (event: JobEvent) => void = () => undefined;
  #tools: Promise<MediaTools> | null = null;
  #queue: Promise<JobQueue> | null = null;
  readonly #probed = new Map<string, { readonly key: string; readonly info: MediaInfo }>();
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

  async gpus(): Promise<readonly GpuFacts[]> {
    const choices = await adapterChoices();
    return choices.map(({ facts: { name, driver, software }, chosen, why }) => ({
      ...{ name, driver, software },
      ...{ chosen, why },
    }));
  }

  async probe(path: string): Promise<MediaInfo> {
    return probe(await this.#mediaTools(), path);
  }

  async poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array> {
    const tools = await this.#mediaTools();
    return poster(tools, await this.#known(path), seconds, maxWidth);
  }

  async frames(request: FramesRequest): Promise<Uint8Array> {
    const tools = await this.#mediaTools();
    return playerFrames(tools, await this.#known(request.path), request);
  }

  async peaks(request: PeaksRequest): Promise<Uint8Array> {
    const tools = await this.#mediaTools();
    return soundPeaks(tools, await this.#known(request.path), request);
  }

  async sound(request: SoundRequest): Promise<Uint8Array> {
    const tools = await this.#mediaTools();
    return soundPiece(tools, await this.#known(request.path), request);
  }

  async plan(requests: readonly JobRequest[]): Promise<readonly JobRequest[]> {
    return planJobs(requests);
  }

  async start(request: JobRequest): Promise<string> {
    // What can be known to be wrong is said now, not when the job's turn comes.
    const tools = await this.#mediaTools();
    await this.#known(request.input);
    await checkOutputs(request);
    await chooseBackend(request.backend);
    this.#queue ??= Promise.resolve(
      new JobQueue({
        tools,
        look: (path) => this.#known(path),
        tell: (event) => {
          this.onJobEvent(event);
        },
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

  async evalSegment(request: EvalSegmentRequest): Promise<EvalSegmentResult> {
    return evalSegment(request, { signal: this.#closing.signal, onProgress: log });
  }

  async evalMatte(request: EvalMatteRequest): Promise<EvalMatteResult> {
    return evalMatte(request, { signal: this.#closing.signal, onProgress: log });
  }

  async evalTrack(request: EvalTrackRequest): Promise<EvalTrackResult> {
    return evalTrack(request, { signal: this.#closing.signal, onProgress: log });
  }

  async bench(request: BenchRequest): Promise<BenchResult> {
    return bench(await this.#mediaTools(), request, log);
  }

  /** Cancels what runs; finished segments stay. */
  async close(): Promise<void> {
    this.#closing.abort();
    await (await this.#queue)?.close();
  }

  /** What is in a file that is looked at again and again; probed anew once it has changed. */
  async #known(path: string): Promise<MediaInfo> {
    const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: -1 }));
    const key = `${mtimeMs} ${size}`;
    const before = this.#probed.get(path);
    if (before?.key === key) return before.info;
    const info = await probe(await this.#mediaTools(), path);
    this.#probed.delete(path);
    this.#probed.set(path, { key, info });
    for (const oldest of this.#probed.keys()) {
      if (this.#probed.size <= MOST_PROBED) break;
      this.#probed.delete(oldest);
    }
    return info;
  }

  #mediaTools(): Promise<MediaTools> {
    const tools = (this.#tools ??= resolveTools());
    // A missing tool may be there the next time.
    tools.catch(() => (this.#tools = null));
    return tools;
  }
}
