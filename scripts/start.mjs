// `npm start`: the desktop app, or the web mode where Electron can't be had.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Electron fetches its program (about 120 MB) at the first start; longer than this is no network. */
const FETCH_TIMEOUT_MS = 5 * 60_000;

/** Electron's program, fetched if need be; null with the reason where it can't be had. */
function electronProgram() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { program: null, reason: 'There is no display' };
  }
  let folder;
  try {
    folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return { program: null, reason: 'Electron is not installed' };
  }
  const found = () => {
    const path = join(folder, 'path.txt');
    const program = existsSync(path) ? join(folder, 'dist', readFileSync(path, 'utf8')) : null;
    return program !== null && existsSync(program) ? program : null;
  };
  if (found()) return { program: found(), reason: '' };
  process.stderr.write('Fetching Electron for the first start…\n');
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: FETCH_TIMEOUT_MS });
  return { program: found(), reason: "Electron's program can't be fetched" };
}

const words = process.argv.slice(2);
buildIfStale();
const { program, reason } = electronProgram();
if (!program) process.stderr.write(`${reason}: opening the web mode instead.\n`);
const child = program
  ? spawn(program, [root, ...words], { stdio: 'inherit' })
  : spawn(process.execPath, [join(root, 'app/cli/bin.mjs'), 'serve', '--open'], { stdio: 'inherit' });
// A Ctrl+C reaches the child from the terminal; what is sent to this process alone is handed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 0);
});
