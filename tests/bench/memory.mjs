// Resident memory of a job over its length: `node tests/bench/memory.mjs [seconds …]` (default 60 600).
// Makes clips of 160×90 at 25 fps, enhances them with the built command line, and reads the memory of
// its two Node processes and of their ffmpeg children from /proc twice a second (Linux only).
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import installed from '@ffmpeg-installer/ffmpeg';

const BIN = fileURLToPath(new URL('../../app/cli/bin.mjs', import.meta.url));
const lengths = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'clearcut-memory-'));

/** Resident memory in MB of `root` and its descendants, by kind of program. */
function residentMegabytes(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Ended meanwhile.
    }
  }
  const sum = { node: 0, ffmpeg: 0 };
  for (const pid of parents.keys()) {
    let ancestor = pid;
    while (ancestor !== root && parents.has(ancestor)) ancestor = parents.get(ancestor);
    if (ancestor !== root) continue;
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const kind = /^Name:\s+ff/m.test(status) ? 'ffmpeg' : 'node';
      sum[kind] += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    } catch {
      // Ended meanwhile.
    }
  }
  return sum;
}

const ffmpeg = process.env.CLEARCUT_FFMPEG ?? installed.path;
for (const seconds of lengths.length > 0 ? lengths : [60, 600]) {
  const input = join(folder, `${seconds}.mp4`);
  execFileSync(ffmpeg, [
    '-nostdin',
    '-loglevel',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=160x90:rate=25:duration=${seconds}`,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    input,
  ]);
  const samples = [];
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [BIN, 'run', input, '-o', join(folder, `${seconds}-2x.mp4`), '--enhance', '2'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const timer = setInterval(() => samples.push(residentMegabytes(child.pid)), 500);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(timer);
  const elapsed = (performance.now() - started) / 1000;
  const frames = seconds * 25;
  const at = (frame) => samples[Math.min(samples.length - 1, Math.floor((samples.length * frame) / frames))];
  const peak = (kind) => Math.max(...samples.map((sample) => sample[kind]));
  const median = (from, to) => {
    const values = samples
      .slice(Math.floor(samples.length * from), Math.ceil(samples.length * to))
      .map((sample) => sample.node)
      .sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)] ?? 0;
  };
  console.log(
    `${seconds} s (${frames} frames): exit ${code}, ${elapsed.toFixed(1)} s, ${(frames / elapsed).toFixed(1)} fps; node after 500 frames ${at(500).node.toFixed(0)} MB, ` +
      `median of the second fifth ${median(0.2, 0.4).toFixed(0)} MB, of the last fifth ${median(0.8, 1).toFixed(0)} MB, peak ${peak('node').toFixed(0)} MB; ffmpeg peak ${peak('ffmpeg').toFixed(0)} MB`,
  );
}
rmSync(folder, { recursive: true, force: true });
