import {
  CancelledError,
  segmentOf,
  toErrorData,
  UserError,
  type JobEvent,
  type JobProgress,
  type JobRequest,
  type JobResult,
  type JobState,
  type MediaInfo,
  type StageChoice,
  type StageTimings,
} from '../../shared';
import type { MediaTools } from '../media';
import {
  checkOutputs,
  expectedResults,
  Gate,
  runEachInstance,
  runFirstFrame,
  runStill,
  runVideo,
  type Closed,
  type RunFacts,
  type Stopwatch,
} from '../pipeline';
import { freeBytesBeside, shortOfSpace } from './disk-space';
import { ProgressMeter } from './progress';

const NO_TIMINGS: StageTimings = { decode: 0, stages: {}, encode: 0 };
/** Progress is told at most this often. */
const PROGRESS_INTERVAL_MS = 200;

/** What jobs need of the engine that runs them. */
export interface JobContext {
  readonly tools: MediaTools;
  /** What is in a file. @throws as `probe` */
  readonly look: (path: string) => Promise<MediaInfo>;
  readonly tell: (event: JobEvent) => void;
}

/** One job, from request to result. See `JobState` for the states and their order. */
export class Job {
  readonly #abort = new AbortController();
  readonly #gate = new Gate();
  readonly #meter = new ProgressMeter();
  #state: JobState = 'waiting';
  #progress: JobProgress = emptyProgress('waiting');
  #spaceKnown = false;
  #lastTold = -Infinity;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    readonly id: string,
    readonly request: JobRequest,
    private readonly context: JobContext,
  ) {}

  get state(): JobState {
    return this.#state;
  }

  /** Runs to the end. Never rejects: the last event says how it went. */
  run(): Promise<void> {
    this.#ended = this.#run();
    return this.#ended;
  }

  /** Stops after the current frame; resolves when the job has ended. */
  async cancel(): Promise<void> {
    this.#abort.abort();
    this.#gate.open();
    if (this.#state === 'waiting') {
      this.#state = 'cancelled';
      this.context.tell({ type: 'cancelled', jobId: this.id });
    }
    await this.#ended;
  }

  /** Stops after the current frame until `unpause`. */
  pause(): void {
    if (this.#state !== 'running') return;
    this.#gate.close();
    this.#meter.pause();
    this.#enter('paused');
  }

  unpause(): void {
    if (this.#state !== 'paused') return;
    this.#meter.start();
    this.#gate.open();
    this.#enter('running');
  }

  async #run(): Promise<void> {
    if (this.#state !== 'waiting') return;
    try {
      this.#enter('preparing');
      this.#meter.start();
      const info = await this.context.look(this.request.input);
      await checkOutputs(this.request);
      checkRange(this.request, info);
      const facts = await this.#work(info);
      this.#meter.pause();
      this.#state = 'done';
      this.context.tell({ type: 'done', jobId: this.id, result: this.#result(facts) });
    } catch (error) {
      if (error instanceof CancelledError || this.#abort.signal.aborted) {
        this.#state = 'cancelled';
        this.context.tell({ type: 'cancelled', jobId: this.id });
      } else {
        this.#state = 'failed';
        this.context.tell({ type: 'failed', jobId: this.id, error: toErrorData(error) });
      }
    }
  }

  async #work(info: MediaInfo): Promise<RunFacts> {
    const { signal } = this.#abort;
    let expected = expectedResults(this.request, info);
    const events = {
      expects: (frames: number): void => {
        expected = frames;
      },
      wrote: (frames: number, thisRun: number, closed: Closed, stopwatch: Stopwatch): void => {
        this.#meter.update(thisRun);
        this.#report(
          frames,
          expected,
          closed,
          stopwatch.timings(this.request.stages.map((stage) => stage.kind)),
        );
        void this.#lookForSpace(closed);
      },
      chose: (choices: readonly StageChoice[]): void => {
        this.#progress = { ...this.#progress, choices };
        this.#enter(this.#state);
      },
      finishing: (): void => {
        this.#enter('finishing');
      },
      note: (note: string): void => {
        this.context.tell({ type: 'note', jobId: this.id, note });
      },
    };
    this.#enter('running');
    const context = { tools: this.context.tools, info, signal, gate: this.#gate, events };
    if (info.kind === 'still') return runStill(this.request, context);
    const { firstFrame } = this.request;
    if (firstFrame) return runFirstFrame(this.request, firstFrame.maxWidth, context);
    const each = segmentOf(this.request.stages)?.perInstance === true;
    return each ? runEachInstance(this.request, context) : runVideo(this.request, context);
  }

  #report(frames: number, total: number | null, closed: Closed, timings: StageTimings): void {
    const rate = this.#meter.framesPerSecond;
    this.#progress = {
      ...this.#progress,
      state: this.#state,
      framesDone: frames,
      framesTotal: total,
      fraction: this.#meter.fraction(frames, total),
      framesPerSecond: rate,
      etaSeconds: this.#meter.eta(total === null ? null : total - frames),
      bytesWritten: closed.bytes,
      expectedBytes:
        total === null || closed.frames === 0 ? null : Math.round((closed.bytes / closed.frames) * total),
      timings,
    };
    const now = performance.now();
    if (now - this.#lastTold < PROGRESS_INTERVAL_MS) return;
    this.#lastTold = now;
    this.context.tell({ type: 'progress', jobId: this.id, progress: this.#progress });
  }

  /** Tells once, as soon as the result's size shows, where the disk has no room for it. */
  async #lookForSpace({ bytes }: Closed): Promise<void> {
    const { expectedBytes } = this.#progress;
    if (this.#spaceKnown || expectedBytes === null) return;
    this.#spaceKnown = true;
    const free = await freeBytesBeside(this.request.output);
    const note = free === null ? null : shortOfSpace(expectedBytes, bytes, free);
    if (note !== null && this.#state === 'running') this.context.tell({ type: 'note', jobId: this.id, note });
  }

  #enter(state: JobState): void {
    this.#state = state;
    this.#progress = { ...this.#progress, state };
    this.context.tell({ type: 'progress', jobId: this.id, progress: this.#progress });
  }

  #result(facts: RunFacts): JobResult {
    const [output = this.request.output] = facts.files;
    return {
      output,
      ...(facts.files.length > 1 ? { files: facts.files } : {}),
      width: facts.width,
      height: facts.height,
      frames: facts.frames,
      framesThisRun: facts.framesThisRun,
      sizeBytes: facts.sizeBytes,
      seconds: this.#meter.activeSeconds,
      backend: facts.backend,
      choices: facts.choices,
      notes: facts.notes,
      timings: facts.stopwatch.timings(this.request.stages.map((stage) => stage.kind)),
    };
  }
}

function emptyProgress(state: JobState): JobProgress {
  return {
    state,
    choices: [],
    framesDone: 0,
    framesTotal: null,
    fraction: null,
    framesPerSecond: null,
    etaSeconds: null,
    bytesWritten: 0,
    expectedBytes: null,
    timings: NO_TIMINGS,
  };
}

/** @throws UserError `bad-usage` for a range that holds nothing. */
function checkRange(request: JobRequest, info: MediaInfo): void {
  const { start, end } = request;
  if (info.kind === 'still' && (start !== undefined || end !== undefined)) {
    throw new UserError('bad-usage', `${request.input} is a still picture: leave out --start and --end.`);
  }
  if (info.kind === 'still' && (request.bitrate !== undefined || request.targetSize !== undefined)) {
    throw new UserError(
      'bad-usage',
      `${request.input} is a still picture: leave out --bitrate and --target-size.`,
    );
  }
  if (start !== undefined && end !== undefined && end <= start) {
    throw new UserError('bad-usage', `--end (${end} s) must come after --start (${start} s).`);
  }
  if (start !== undefined && info.durationSeconds !== null && start >= info.durationSeconds) {
    throw new UserError(
      'bad-usage',
      `--start (${start} s) lies after the end of ${request.input} (${info.durationSeconds.toFixed(2)} s).`,
    );
  }
}
