import type {
  BenchRequest,
  BenchResult,
  EvalDeblurRequest,
  EvalInterpRequest,
  EvalMotionResult,
  EvalSrRequest,
  EvalSrResult,
} from './measure';
import type {
  EvalMatteRequest,
  EvalMatteResult,
  EvalSegmentRequest,
  EvalSegmentResult,
  EvalTrackRequest,
  EvalTrackResult,
} from './measure-segment';
import type { JobEvent, JobRequest, ObjectsRequest, PreviewRequest, StageRequest } from './job';
import type { MediaInfo } from './media-info';
import type { ModelManifest } from './model-info';
import type { Codec } from './options';
import type { FramesRequest, PeaksRequest, SoundRequest } from './player';
import type { Preferences, PreferencesChange } from './preferences';
import type { Preset } from './presets';
import type { QueueChange, QueueCommand, QueueSnapshot, WhenDone } from './queue';

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

/** A graphics card, and what it is to networks. */
export interface GpuFacts {
  readonly name: string;
  readonly driver: string;
  /** A program that computes on the processor. */
  readonly software: boolean;
  /** `auto` takes it. */
  readonly chosen: boolean;
  /** Why, or why not, as a sentence. */
  readonly why: string;
}

/**
 * The engine, as every client sees it: over a message port (CLI, serve, Electron main), with each
 * argument checked on arrival. A call that fails rejects with the `ErrorData` of app/shared/errors
 * thrown as an error on the caller's side.
 */
export interface EngineApi {
  facts(): Promise<EngineFacts>;
  models(): Promise<readonly ModelManifest[]>;
  /** All graphics cards, tried out. */
  gpus(): Promise<readonly GpuFacts[]>;
  probe(path: string): Promise<MediaInfo>;
  /** A picture of the frame at `seconds`, at most `maxWidth` wide, upright: BMP of a video, PNG of a still. */
  poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array>;
  /** JPEGs in a row, one for each tick of the wished rate; fewer at the end of the file. */
  frames(request: FramesRequest): Promise<Uint8Array>;
  /** The loudest sample of each part, 0 to 255; empty where there is no sound. */
  peaks(request: PeaksRequest): Promise<Uint8Array>;
  /** WAV of 16 bit, 48 kHz, stereo; empty where there is no sound. */
  sound(request: SoundRequest): Promise<Uint8Array>;
  /** The jobs that requests mean: one for a file, one per media file (tree mirrored) of a folder; several share an output folder. */
  plan(requests: readonly JobRequest[]): Promise<readonly JobRequest[]>;
  /** Queues a job and returns its id; everything else arrives as `JobEvent`s. Rejects on a bad request. */
  start(request: JobRequest): Promise<string>;
  /** Stops after the current frame, keeps finished segments. Resolves when the job has ended. */
  cancel(jobId: string): Promise<void>;
  pause(jobId: string): Promise<void>;
  unpause(jobId: string): Promise<void>;
  evalSr(request: EvalSrRequest): Promise<EvalSrResult>;
  evalInterp(request: EvalInterpRequest): Promise<EvalMotionResult>;
  evalDeblur(request: EvalDeblurRequest): Promise<EvalMotionResult>;
  evalSegment(request: EvalSegmentRequest): Promise<EvalSegmentResult>;
  evalMatte(request: EvalMatteRequest): Promise<EvalMatteResult>;
  evalTrack(request: EvalTrackRequest): Promise<EvalTrackResult>;
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
  readonly platform: 'mac' | 'windows' | 'linux';
  /** Can show a file in the system's file manager. */
  readonly canReveal: boolean;
  /** What can be done when the queue is through. */
  readonly whenDone: readonly WhenDone[];
  /** True where whoever built it said where newer versions are published. */
  readonly updates: boolean;
  /** As the system says, for `auto`: BCP 47. */
  readonly languages: readonly string[];
}

/** Room on the disk that a result goes to. */
export interface DiskSpace {
  readonly freeBytes: number;
}

/** What a look for a newer version found. */
export interface UpdateNews {
  readonly current: string;
  /** Null where this is the newest. */
  readonly newer: string | null;
}

/** What a menu, a thumbnail button or the system asks the window to do. */
export type WindowCommand = 'undo' | 'redo' | 'preferences' | 'shortcuts' | 'queue' | 'export' | 'pause';

/**
 * `window.clearcut`: all that the renderer may do. The desktop's preload and the web mode's client
 * both provide it, so that the renderer can't tell which.
 */
export interface ClearcutApi {
  host(): Promise<HostInfo>;
  facts(): Promise<EngineFacts>;
  models(): Promise<readonly ModelManifest[]>;
  /** System dialog (desktop) or the browser's (web: files are copied to the server first). Empty if dismissed. */
  chooseInputs(onUpload?: (fraction: number) => void): Promise<readonly string[]>;
  /** The paths of media files that were dropped or pasted, those below folders too (web: copied to the server first). */
  pathsOfDrop(
    files: readonly DroppedFile[],
    onUpload?: (fraction: number) => void,
  ): Promise<readonly string[]>;
  /** Files that were opened last and are still there (desktop only). */
  recent(): Promise<readonly string[]>;
  openRecent(path: string): Promise<string>;
  forgetRecent(): Promise<void>;
  probe(path: string): Promise<MediaInfo>;
  /** As the engine's. */
  poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array>;
  /** As the engine's. */
  frames(request: FramesRequest): Promise<Uint8Array>;
  peaks(request: PeaksRequest): Promise<Uint8Array>;
  sound(request: SoundRequest): Promise<Uint8Array>;
  /** `<name>-clearcut-2x.<container>` beside the source (web: in the server's result folder), not yet taken. */
  suggestOutput(input: string, stages: readonly StageRequest[], codec: Codec): Promise<string>;
  /** System save dialog (desktop), which asks before it names an existing file. Null if dismissed, and in web mode. */
  chooseOutput(suggested: string): Promise<string | null>;
  /** Of the disk that a suggested or chosen output goes to. */
  space(output: string): Promise<DiskSpace>;
  queue(): Promise<QueueSnapshot>;
  /** Changes the queue; the ids of what was added. What it changes is told to all windows. */
  changeQueue(command: QueueCommand): Promise<readonly string[]>;
  queueLog(id: string): Promise<string>;
  onQueueChange(listener: (change: QueueChange) => void): () => void;
  /** Runs a short part into a file that nobody keeps, beside what the queue does: H.264 in MP4. */
  startPreview(request: PreviewRequest): Promise<string>;
  /** A job that looks for objects and follows them; `takePreview` gives their contours, the bytes of a `ContourDocument`. */
  startObjects(request: ObjectsRequest): Promise<string>;
  /** The bytes of a finished preview, once: its file is removed. */
  takePreview(jobId: string): Promise<Uint8Array>;
  /** The picture of a finished preview that is `still`, BMP or PNG, once: its file is removed. */
  takePreviewFrame(jobId: string): Promise<Uint8Array>;
  /** Stops a preview. */
  cancel(jobId: string): Promise<void>;
  /** Shows the file in its folder (desktop); web: downloads it. */
  reveal(path: string): Promise<void>;
  /** Begins a drag of results out of the window, in place of the page's own (desktop). Rejects for any other file. */
  startDrag(outputs: readonly string[]): Promise<void>;
  /** Where a browser can fetch a result (web); null where results are files at hand (desktop). */
  resultAddress(output: string): Promise<string | null>;
  preferences(): Promise<Preferences>;
  changePreferences(change: PreferencesChange): Promise<void>;
  /** Presets of a file that the user chooses; null if dismissed. */
  importPresets(): Promise<readonly Preset[] | null>;
  /** Writes presets to a file that the user chooses; false if dismissed. */
  exportPresets(presets: readonly Preset[]): Promise<boolean>;
  /** Puts the system to sleep (desktop only). */
  sleep(): Promise<void>;
  /** The only call that reaches the network: it asks for the newest version's number. */
  checkForUpdates(): Promise<UpdateNews>;
  /** Of previews. */
  onJobEvent(listener: (event: JobEvent) => void): () => void;
  /** Files that were opened from outside the window: the menu, "Open with", the command line (desktop only). */
  onOpen(listener: (paths: readonly string[]) => void): () => void;
  /** What the menu asks for (desktop only). */
  onCommand(listener: (command: WindowCommand) => void): () => void;
}

/** The part of the DOM's `File` that the contract needs (app/shared knows no DOM). */
export interface DroppedFile {
  readonly name: string;
  readonly size: number;
}
