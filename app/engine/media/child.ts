import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CancelledError } from '../../shared';
import type { MediaTool } from './tools';

/** What the tools need of the environment; nothing of the user's secrets. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'LD_LIBRARY_PATH',
  'SystemRoot',
  'TEMP',
  'TMP',
  'TMPDIR',
];

/** Characters of stderr that are kept to explain a failure. */
const STDERR_LENGTH = 16_384;

/** `path` so that ffmpeg takes it for a file whatever it begins with or holds (`-`, `:`, `%`). */
export function fileUrl(path: string): string {
  return `file:${resolve(path)}`;
}

/** Opens a file of the user's: a playlist in disguise must not reach the network. */
export function inputArguments(path: string, options: readonly string[] = []): string[] {
  return ['-protocol_whitelist', 'file,pipe', ...options, '-i', fileUrl(path)];
}

/** The environment of a tool. */
export function toolEnvironment(tool: MediaTool): NodeJS.ProcessEnv {
  const found = PASSED_ON.map((name) => [name, process.env[name]] as const);
  return {
    ...Object.fromEntries(found.filter(([, value]) => value !== undefined)),
    // The carried binaries are linked statically: they crash when their iconv loads the system's
    // modules, which happens on every MPEG transport stream.
    ...(tool.carried ? { GCONV_PATH: '/nonexistent' } : {}),
  };
}

/** How a tool ended. */
export interface ToolEnd {
  /** Null if a signal ended it or it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: Error | null;
}

export interface ToolProcess {
  /** Resolves when it has ended and all that it said was read; never rejects. */
  readonly ended: Promise<ToolEnd>;
  /** Present where the child was started with such a pipe. */
  readonly input: Writable | null;
  readonly output: Readable | null;
  /** The last of what it said. */
  stderr(): string;
  /** Ends it at once, with all that it started. */
  kill(): void;
}

/** Starts a tool without a shell, quiet, with nothing to read from the terminal, in a process group of its own. */
export function startTool(tool: MediaTool, args: readonly string[], stdio: StdioOptions): ToolProcess {
  const windows = process.platform === 'win32';
  const child = spawn(tool.path, args, {
    stdio,
    env: toolEnvironment(tool),
    windowsHide: true,
    detached: !windows,
  });
  let said = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (said = (said + text).slice(-STDERR_LENGTH)));
  // What a dead child did not read or write shows in how it ended.
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<ToolEnd>((done) => {
    child.once('error', (error) => {
      done({ code: null, signal: null, error });
    });
    child.once('close', (code, signal) => {
      done({ code, signal, error: null });
    });
  });
  return {
    ended,
    input: child.stdin,
    output: child.stdout,
    stderr: () => said.trim(),
    kill: () => {
      killGroup(child, windows);
      // A pipe that nobody reads any more would keep the child from closing.
      child.stdout?.destroy();
      child.stdin?.destroy();
    },
  };
}

function killGroup(child: ChildProcess, windows: boolean): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (windows) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago.
  }
}

/**
 * Runs a tool to its end and gives its standard output.
 * @throws CancelledError, ToolFailure
 */
export async function runTool(
  tool: MediaTool,
  args: readonly string[],
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number } = {},
): Promise<Buffer> {
  const { signal, timeoutMs } = options;
  if (signal?.aborted) throw new CancelledError();
  const running = startTool(tool, args, ['ignore', 'pipe', 'pipe']);
  const stop = (): void => {
    running.kill();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  try {
    const chunks: Buffer[] = [];
    running.output?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = await running.ended;
    if (signal?.aborted) throw new CancelledError();
    if (end.code !== 0) throw new ToolFailure(tool, end, running.stderr());
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** A tool that did not end well: the cause behind what the user is told. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
  constructor(
    tool: MediaTool,
    readonly end: ToolEnd,
    readonly stderr: string,
  ) {
    const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`;
    super(`${tool.path} ended with ${end.error?.message ?? how}: ${stderr}`);
  }

  /** Its last line, for a sentence to the user. */
  get lastLine(): string {
    return this.stderr.split('\n').at(-1)?.trim() ?? '';
  }

  /** True if the file grew beyond what its file system, or a limit of the process, allows. */
  get tooLarge(): boolean {
    return this.end.signal === 'SIGXFSZ' || /File too large/i.test(this.stderr);
  }

  /** True if it said that there was no room to write. */
  get diskFull(): boolean {
    return (
      this.tooLarge ||
      /No space left on device|ENOSPC|Disk quota exceeded|not enough space on the disk/i.test(this.stderr)
    );
  }
}
