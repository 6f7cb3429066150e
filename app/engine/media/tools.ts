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
  /** It came with an npm package: linked statically. */
  readonly carried: boolean;
}

export interface MediaTools {
  readonly ffmpeg: MediaTool;
  readonly ffprobe: MediaTool;
  /** Names of the encoders that this ffmpeg was built with. */
  readonly encoders: ReadonlySet<string>;
  /** Major version of ffmpeg's libavcodec, which tells a build's age better than its name. */
  readonly avcodecMajor: number;
}

interface Candidate {
  readonly source: string;
  readonly carried?: true;
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
      { source: 'ffmpeg-static', carried: true, path: () => fromPackage('ffmpeg-static', (value) => value) },
      { source: 'PATH', path: () => 'ffmpeg' },
      {
        source: '@ffmpeg-installer/ffmpeg',
        carried: true,
        path: () => fromPackage('@ffmpeg-installer/ffmpeg', pathProperty),
      },
    ]),
    firstWorking('ffprobe', [
      { source: 'CLEARCUT_FFPROBE', path: () => process.env['CLEARCUT_FFPROBE'] ?? null },
      { source: 'PATH', path: () => 'ffprobe' },
      {
        source: '@ffprobe-installer/ffprobe',
        carried: true,
        path: () => fromPackage('@ffprobe-installer/ffprobe', pathProperty),
      },
    ]),
  ]);
  const [encoders, avcodecMajor] = await Promise.all([encodersOf(ffmpeg), avcodecMajorOf(ffmpeg)]);
  return { ffmpeg, ffprobe, encoders, avcodecMajor };
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
  for (const { source, path, carried = false } of candidates) {
    const found = path();
    if (found === null) continue;
    try {
      const resolved = found === name ? await onPath(name) : found;
      if (resolved === null) continue;
      await makeExecutable(resolved);
      const { stdout } = await run(resolved, ['-version'], { timeout: PROBE_TIMEOUT_MS });
      const version = /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
      return { path: resolved, version, source, carried: carried || isCarried(resolved) };
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

/** True for the packages' binaries where a setting names one of them. */
function isCarried(path: string): boolean {
  return /(?:^|[\\/])node_modules[\\/]/.test(path);
}

async function encodersOf(tool: MediaTool): Promise<ReadonlySet<string>> {
  const { stdout } = await run(tool.path, ['-hide_banner', '-encoders'], {
    timeout: PROBE_TIMEOUT_MS,
    maxBuffer: 1 << 22,
  });
  return new Set(parseEncoders(stdout));
}

async function avcodecMajorOf(tool: MediaTool): Promise<number> {
  const { stdout } = await run(tool.path, ['-version'], { timeout: PROBE_TIMEOUT_MS });
  return parseAvcodecMajor(stdout);
}

/** Names in the second column of `ffmpeg -encoders`. */
export function parseEncoders(listing: string): string[] {
  return [...listing.matchAll(/^ [A-Z.]{6} (\S+) /gm)].map((match) => match[1] ?? '');
}

/** libavcodec's major version in `ffmpeg -version`; a build that doesn't tell counts as new. */
export function parseAvcodecMajor(text: string): number {
  return Number(/^libavcodec\s+(\d+)\./m.exec(text)?.[1] ?? Infinity);
}
