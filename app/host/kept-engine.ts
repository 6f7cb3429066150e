import type { EngineClient } from '../engine';
import {
  toErrorData,
  type BenchRequest,
  type BenchResult,
  type EngineFacts,
  type EvalDeblurRequest,
  type EvalInterpRequest,
  type EvalMatteRequest,
  type EvalMatteResult,
  type EvalMotionResult,
  type EvalSegmentRequest,
  type EvalSegmentResult,
  type EvalSrRequest,
  type EvalSrResult,
  type EvalTrackRequest,
  type EvalTrackResult,
  type FramesRequest,
  type GpuFacts,
  type JobEvent,
  type JobRequest,
  type MediaInfo,
  type ModelManifest,
  type PeaksRequest,
  type SoundRequest,
} from '../shared';

/**
 * An engine that is there again after it died: jobs that ran then fail with the reason (their
 * finished segments stay), and the next call starts a new process.
 */
export class KeptEngine implements EngineClient {
  #client: EngineClient | null = null;
  readonly #running = new Set<string>();
  readonly #jobListeners = new Set<(event: JobEvent) => void>();
  readonly #logListeners = new Set<(line: string) => void>();
  readonly #lostListeners = new Set<(error: Error) => void>();

  constructor(private readonly spawn: () => EngineClient) {}

  facts(): Promise<EngineFacts> {
    return this.#now().facts();
  }

  models(): Promise<readonly ModelManifest[]> {
    return this.#now().models();
  }

  gpus(): Promise<readonly GpuFacts[]> {
    return this.#now().gpus();
  }

  probe(path: string): Promise<MediaInfo> {
    return this.#now().probe(path);
  }

  poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array> {
    return this.#now().poster(path, seconds, maxWidth);
  }

  frames(request: FramesRequest): Promise<Uint8Array> {
    return this.#now().frames(request);
  }

  peaks(request: PeaksRequest): Promise<Uint8Array> {
    return this.#now().peaks(request);
  }

  sound(request: SoundRequest): Promise<Uint8Array> {
    return this.#now().sound(request);
  }

  plan(requests: readonly JobRequest[]): Promise<readonly JobRequest[]> {
    return this.#now().plan(requests);
  }

  async start(request: JobRequest): Promise<string> {
    const jobId = await this.#now().start(request);
    this.#running.add(jobId);
    return jobId;
  }

  cancel(jobId: string): Promise<void> {
    return this.#now().cancel(jobId);
  }

  pause(jobId: string): Promise<void> {
    return this.#now().pause(jobId);
  }

  unpause(jobId: string): Promise<void> {
    return this.#now().unpause(jobId);
  }

  evalSr(request: EvalSrRequest): Promise<EvalSrResult> {
    return this.#now().evalSr(request);
  }

  evalInterp(request: EvalInterpRequest): Promise<EvalMotionResult> {
    return this.#now().evalInterp(request);
  }

  evalDeblur(request: EvalDeblurRequest): Promise<EvalMotionResult> {
    return this.#now().evalDeblur(request);
  }

  evalSegment(request: EvalSegmentRequest): Promise<EvalSegmentResult> {
    return this.#now().evalSegment(request);
  }

  evalMatte(request: EvalMatteRequest): Promise<EvalMatteResult> {
    return this.#now().evalMatte(request);
  }

  evalTrack(request: EvalTrackRequest): Promise<EvalTrackResult> {
    return this.#now().evalTrack(request);
  }

  bench(request: BenchRequest): Promise<BenchResult> {
    return this.#now().bench(request);
  }

  onJobEvent(listener: (event: JobEvent) => void): () => void {
    return subscribe(this.#jobListeners, listener);
  }

  onLog(listener: (line: string) => void): () => void {
    return subscribe(this.#logListeners, listener);
  }

  onLost(listener: (error: Error) => void): () => void {
    return subscribe(this.#lostListeners, listener);
  }

  /** True after `close`, or where no engine was ever needed. */
  get closed(): boolean {
    return this.#client === null;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.close();
  }

  #now(): EngineClient {
    if (this.#client) return this.#client;
    const client = this.spawn();
    this.#client = client;
    client.onJobEvent((event) => {
      this.#tell(event);
    });
    client.onLog((line) => {
      for (const listener of this.#logListeners) listener(line);
    });
    client.onLost((error) => {
      if (this.#client === client) this.#client = null;
      for (const jobId of [...this.#running]) {
        this.#tell({ type: 'failed', jobId, error: toErrorData(error) });
      }
      for (const listener of this.#lostListeners) listener(error);
    });
    return client;
  }

  #tell(event: JobEvent): void {
    if (event.type === 'done' || event.type === 'failed' || event.type === 'cancelled') {
      this.#running.delete(event.jobId);
    }
    for (const listener of this.#jobListeners) listener(event);
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
