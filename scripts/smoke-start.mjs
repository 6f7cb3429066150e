// Starts the unpacked app of a build, which looks whether all that it needs is there and ends:
// `node scripts/smoke-start.mjs dist`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TIMEOUT_MS = 120_000;

const folder = process.argv[2] ?? 'dist';
const programs = {
  linux: ['linux-unpacked/clearcut'],
  win32: ['win-unpacked/Clearcut.exe'],
  darwin: readdirSync(folder)
    .filter((name) => name.startsWith('mac'))
    .map((name) => `${name}/Clearcut.app/Contents/MacOS/Clearcut`),
}[process.platform];
const program = programs?.map((name) => join(folder, name)).find((path) => existsSync(path));
if (program === undefined) throw new Error(`There is no unpacked app in ${folder}.`);

// A runner has no screen, and its kernel lets no unprivileged program have a sandbox of its own.
const linux = process.platform === 'linux';
const [command, ...words] = linux ? ['xvfb-run', '-a', program, '--no-sandbox'] : [program];
const said = execFileSync(command, [...words, '--smoke-test'], { encoding: 'utf8', timeout: TIMEOUT_MS });
const line = said.split('\n').find((text) => text.startsWith('{"smoke"'));
if (line === undefined) throw new Error(`The app said nothing of itself:\n${said}`);
const { smoke } = JSON.parse(line);
console.log(smoke);
if (!smoke.ok) process.exitCode = 1;
