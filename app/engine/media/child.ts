import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { resolve } from 'node:path';
import type { MediaTool } from './tools';

/** What ffmpeg needs of the environment; nothing of the user's secrets. */
export const TOOL_ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  ['PATH', 'HOME', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR']
    .map((name) => [name, process.env[name]] as const)
    .filter(([, value]) => value !== undefined),
);

/** Lines of stderr that are kept to explain a failure. */
const STDERR_BYTES = 16_384;

/** `path` so that ffmpeg takes it for a file whatever it begins with or holds (`-`, `:`, `%`). */
export function inputPath(path: string): string {
  return `file:${resolve(path)}`;
}

export interface ToolProcess {
  readonly child: ChildProcess;
  /** Resolves with the exit code (null if it was killed); never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly error: Error | null }>;
  /** The last of what it said. */
  stderr(): string;
  /** Ends it at once. */
  kill(): void;
}

/** Starts ffmpeg without a shell, with no input of the terminal's and a minimal environment. */
export function startTool(tool: MediaTool, args: readonly string[], stdio: StdioOptions): ToolProcess {
  const child = spawn(tool.path, ['-nostdin', '-hide_banner', '-loglevel', 'error', ...args], {
    stdio,
    env: TOOL_ENVIRONMENT,
    windowsHide: true,
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-STDERR_BYTES)));
  const ended = new Promise<{ code: number | null; error: Error | null }>((done) => {
    child.once('error', (error) => {
      done({ code: null, error });
    });
    child.once('close', (code) => {
      done({ code, error: null });
    });
  });
  return {
    child,
    ended,
    stderr: () => said,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
