import type {
  BenchRequest,
  BenchResult,
  EvalDeblurRequest,
  EvalInterpRequest,
  EvalMotionResult,
  EvalSrRequest,
  EvalSrResult,
} from './measure';
import type { JobEvent, JobRequest, PreviewRequest, StageRequest } from './job';
import type { MediaInfo } from './media-info';
import type { ModelManifest } from './model-info';
import type { Codec } from './options';

/** What the engine found on this machine. */
export interface EngineFacts {
  readonly version: string;
  readonly backend: {
    readonly name: 'cpu' | 'webgpu';
    readonly description: string;
    readonly reason: string;
  };
  readonly ffmpeg: { readonly path: string; readonly version: string; readonly source: string };
  readonly ffprobe: { readonly path: string; readonly version: string; readonly source: string };
}

/**
 * The engine, as every client sees it: over a message port (CLI, serve, Electron main), with each
 * argument checked on arrival. A call that fails rejects with the `ErrorData` of app/shared/errors
 * thrown as an error on the caller's side.
 */
export interface EngineApi {
  facts(): Promise<EngineFacts>;
  models(): Promise<readonly ModelManifest[]>;
  probe(path: string): Promise<MediaInfo>;
  /** PNG of the frame at `seconds`, at most `maxWidth` wide, upright. */
  poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array>;
  /** The jobs that `request` means: itself for a file, one per media file (tree mirrored) for a folder. */
  plan(request: JobRequest): Promise<readonly JobRequest[]>;
  /** Queues a job and returns its id; everything else arrives as `JobEvent`s. Rejects on a bad request. */
  start(request: JobRequest): Promise<string>;
  /** Stops after the current frame, keeps finished segments. Resolves when the job has ended. */
  cancel(jobId: string): Promise<void>;
  pause(jobId: string): Promise<void>;
  unpause(jobId: string): Promise<void>;
  evalSr(request: EvalSrRequest): Promise<EvalSrResult>;
  evalInterp(request: EvalInterpRequest): Promise<EvalMotionResult>;
  evalDeblur(request: EvalDeblurRequest): Promise<EvalMotionResult>;
  bench(request: BenchRequest): Promise<BenchResult>;
}

/** What the engine calls on its client. */
export interface EngineEvents {
  onJobEvent(event: JobEvent): void;
  /** A line for the log or for `--verbose`. */
  onLog(line: string): void;
}

/** Where the window runs, and what it can ask of its surroundings. */
export interface HostInfo {
  readonly kind: 'desktop' | 'web';
  readonly version: string;
  /** Can show a file in the system's file manager. */
  readonly canReveal: boolean;
}

/**
 * `window.clearcut`: all that the renderer may do. The desktop's preload and the web mode's client
 * both provide it, so that the renderer can't tell which.
 */
export interface ClearcutApi {
  host(): Promise<HostInfo>;
  facts(): Promise<EngineFacts>;
  models(): Promise<readonly ModelManifest[]>;
  /** System dialog (desktop) or the browser's (web: the file is copied to the server first). Null if dismissed. */
  chooseInput(onUpload?: (fraction: number) => void): Promise<string | null>;
  /** The path of a file that was dropped on the window (web: copied to the server first). */
  pathOfDrop(file: DroppedFile, onUpload?: (fraction: number) => void): Promise<string>;
  probe(path: string): Promise<MediaInfo>;
  /** PNG bytes. */
  poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array>;
  /** `<name>-clearcut-2x.<container>` beside the source (web: in the server's result folder), not yet taken. */
  suggestOutput(input: string, stages: readonly StageRequest[], codec: Codec): Promise<string>;
  /** System save dialog (desktop), which asks before it names an existing file. Null if dismissed, and in web mode. */
  chooseOutput(suggested: string): Promise<string | null>;
  start(request: JobRequest): Promise<string>;
  /** As `start`, of a short part and into a file that nobody keeps: H.264 in MP4. */
  startPreview(request: PreviewRequest): Promise<string>;
  /** The bytes of a finished preview, once: its file is removed. */
  takePreview(jobId: string): Promise<Uint8Array>;
  cancel(jobId: string): Promise<void>;
  pause(jobId: string): Promise<void>;
  unpause(jobId: string): Promise<void>;
  /** Shows the file in its folder (desktop); web: downloads it. */
  reveal(path: string): Promise<void>;
  onJobEvent(listener: (event: JobEvent) => void): () => void;
  /** A file that was opened from outside the window: the menu, "Open with", the command line (desktop only). */
  onOpen(listener: (path: string) => void): () => void;
}

/** The part of the DOM's `File` that the contract needs (app/shared knows no DOM). */
export interface DroppedFile {
  readonly name: string;
  readonly size: number;
}
