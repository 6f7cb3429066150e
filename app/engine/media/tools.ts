import { execFile } from 'node:child_process';
import { access, chmod, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../shared';

const run = promisify(execFile);
const load = createRequire(import.meta.url);
const PROBE_TIMEOUT_MS = 20_000;

type ToolName = 'ffmpeg' | 'ffprobe';

export interface MediaTool {
  readonly path: string;
  readonly version: string;
  /** Where it was found, for people. */
  readonly source: string;
}

export interface MediaTools {
  readonly ffmpeg: MediaTool;
  readonly ffprobe: MediaTool;
  /** Names of the encoders that this ffmpeg was built with. */
  readonly encoders: ReadonlySet<string>;
  /** Names of its filters. */
  readonly filters: ReadonlySet<string>;
}

interface Candidate {
  readonly source: string;
  readonly path: () => string | null;
}

/**
 * Finds ffmpeg and ffprobe: the user's own setting, ffmpeg-static where its binary could be had, the
 * PATH, and at last the old but ever-present binaries inside the installer packages.
 * @throws UserError tool-missing
 */
export async function resolveTools(): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    firstWorking('ffmpeg', [
      { source: 'CLEARCUT_FFMPEG', path: () => process.env['CLEARCUT_FFMPEG'] ?? null },
      { source: 'ffmpeg-static', path: () => fromPackage('ffmpeg-static', (value) => value) },
      { source: 'PATH', path: () => 'ffmpeg' },
      {
        source: '@ffmpeg-installer/ffmpeg',
        path: () => fromPackage('@ffmpeg-installer/ffmpeg', pathProperty),
      },
    ]),
    firstWorking('ffprobe', [
      { source: 'CLEARCUT_FFPROBE', path: () => process.env['CLEARCUT_FFPROBE'] ?? null },
      { source: 'PATH', path: () => 'ffprobe' },
      {
        source: '@ffprobe-installer/ffprobe',
        path: () => fromPackage('@ffprobe-installer/ffprobe', pathProperty),
      },
    ]),
  ]);
  const [encoders, filters] = await Promise.all([listOf(ffmpeg, '-encoders'), listOf(ffmpeg, '-filters')]);
  return { ffmpeg, ffprobe, encoders, filters };
}

function pathProperty(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'path' in value ? value.path : null;
}

function fromPackage(name: string, pick: (value: unknown) => unknown): string | null {
  try {
    const path = pick(load(name));
    // Inside a packaged app, programs lie outside the archive.
    return typeof path === 'string' ? path.replace('app.asar', 'app.asar.unpacked') : null;
  } catch {
    return null;
  }
}

async function firstWorking(name: ToolName, candidates: readonly Candidate[]): Promise<MediaTool> {
  const failures: string[] = [];
  for (const { source, path } of candidates) {
    const found = path();
    if (found === null) continue;
    try {
      const resolved = found === name ? await onPath(name) : found;
      if (resolved === null) continue;
      await makeExecutable(resolved);
      const { stdout } = await run(resolved, ['-version'], { timeout: PROBE_TIMEOUT_MS });
      return { path: resolved, version: /version (\S+)/.exec(stdout)?.[1] ?? 'unknown', source };
    } catch (error) {
      failures.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
      // A setting that doesn't work is told, not passed over.
      if (source.startsWith('CLEARCUT_')) break;
    }
  }
  throw new UserError(
    'tool-missing',
    `No working ${name} was found: install ffmpeg, or set CLEARCUT_${name.toUpperCase()} to its path.`,
    { cause: new Error(failures.join('\n')) },
  );
}

async function onPath(name: string): Promise<string | null> {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (
        folder &&
        (await access(path, constants.X_OK).then(
          () => true,
          () => false,
        ))
      )
        return path;
    }
  }
  return null;
}

/** Some package managers drop the executable bit of the installer packages' binaries. */
async function makeExecutable(path: string): Promise<void> {
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) await chmod(path, 0o755);
}

/** Names in the second column of `ffmpeg -encoders` or `-filters`. */
async function listOf(tool: MediaTool, flag: string): Promise<ReadonlySet<string>> {
  const { stdout } = await run(tool.path, ['-hide_banner', flag], {
    timeout: PROBE_TIMEOUT_MS,
    maxBuffer: 1 << 22,
  });
  return new Set([...stdout.matchAll(/^ [A-Z.|]{2,6} +(\w+) /gm)].map((match) => match[1] ?? ''));
}
