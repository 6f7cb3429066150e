// How long one frame before and after takes in the window: `node tests/bench/compare.mjs [clip]` after `npm run build`.
// Serves the built window, opens a clip of 1920×1080 in Debian's Chromium (a made one, or the one that is named enlarged
// to that), and asks for frames that were not seen before, with each network: the first time, and then again. The parts
// are what the browser sees of them: its line to the server and what it fetches.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import installed from '@ffmpeg-installer/ffmpeg';
import { chromium } from 'playwright-core';

const BIN = fileURLToPath(new URL('../../app/cli/bin.mjs', import.meta.url));
const NAMES = { auto: /^Automatic/, fast: /^Fast/, light: /^Light/ };
const QUALITIES = Object.keys(NAMES);
const FRAMES_EACH = 3;
const [clip] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'clearcut-compare-'));
const video = join(folder, 'clip.mp4');
const source =
  clip === undefined
    ? ['-f', 'lavfi', '-i', 'testsrc2=size=1920x1080:rate=25:duration=8']
    : ['-i', clip, '-vf', 'scale=1920:1080:flags=lanczos', '-an'];
execFileSync(process.env.CLEARCUT_FFMPEG ?? installed.path, [
  ...['-nostdin', '-loglevel', 'error', '-y', ...source],
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p', video],
]);

const server = spawn(process.execPath, [BIN, 'serve', '--json', '--results', join(folder, 'results')], {
  env: { ...process.env, CLEARCUT_STATE: join(folder, 'state') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise((resolve) => {
  let text = '';
  server.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    if (text.trimEnd().endsWith('}')) resolve(JSON.parse(text).url);
  });
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  /** What happened and when, in milliseconds. */
  let marks = [];
  const mark = (what) => marks.push({ what, at: performance.now() });
  page.on('websocket', (line) => {
    line.on('framesent', ({ payload }) => {
      if (String(payload).includes('"startPreview"')) mark('asked');
    });
    line.on('framereceived', ({ payload }) => {
      const state = /"state":"(\w+)"/.exec(String(payload))?.[1];
      const type = /"type":"(done|failed)"/.exec(String(payload))?.[1];
      if (state ?? type) mark(type ?? state);
    });
  });
  page.on('request', (request) => {
    const call = /\/bytes\/(poster|takePreviewFrame)/.exec(request.url())?.[1];
    if (call) mark(`${call} asked`);
  });
  page.on('requestfinished', (request) => {
    const call = /\/bytes\/(poster|takePreviewFrame)/.exec(request.url())?.[1];
    if (call) mark(`${call} there`);
  });

  await page.goto(url);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /^(Choose a|Add files)/ }).click(),
  ]);
  await chooser.setFiles(video);
  await page.getByRole('heading', { name: 'clip.mp4' }).waitFor();
  await page.waitForTimeout(1000);

  await page.locator('summary').filter({ hasText: 'Network' }).first().click();

  /** Seconds from what `act` does to both pictures on the screen. */
  async function time(act) {
    marks = [];
    const shown = page.evaluate(`new Promise((done) => {
      const pictures = () => [...document.querySelectorAll('.compare img')];
      const before = new Set(pictures().map(({ src }) => src));
      const look = () => {
        const pair = pictures().filter(({ src, complete, naturalWidth }) => !before.has(src) && complete && naturalWidth > 0);
        if (pair.length > 1) Promise.all(pair.map((image) => image.decode())).then(() => requestAnimationFrame(() => setTimeout(done)));
        else requestAnimationFrame(look);
      };
      look();
    })`);
    const begun = performance.now();
    await act();
    await shown;
    return { seconds: (performance.now() - begun) / 1000, begun, marks };
  }

  const print = (name, { seconds, begun, marks }) => {
    const first = new Map();
    for (const { what, at } of marks) if (!first.has(what)) first.set(what, ((at - begun) / 1000).toFixed(2));
    console.log(
      `${name.padEnd(18)} ${seconds.toFixed(2)} s   ${[...first].map(([what, at]) => `${what} ${at}`).join(', ')}`,
    );
  };

  let seek = 2;
  for (const quality of QUALITIES) {
    await page.getByRole('radio', { name: NAMES[quality] }).check();
    await page.waitForTimeout(3000);
    const moments = Array.from({ length: FRAMES_EACH }, () => (seek += 0.36));
    const taken = [];
    for (const [index, moment] of moments.entries()) {
      await page.getByLabel('Go to').fill(moment.toFixed(2));
      if (index > 0 || quality !== QUALITIES[0]) {
        taken.push(await time(() => page.keyboard.press('Enter')));
      } else {
        await page.keyboard.press('Enter');
        await page.waitForTimeout(1500);
        taken.push(await time(() => page.locator('body').press('1')));
      }
      print(`${quality} ${index === 0 ? 'first' : 'again'}`, taken.at(-1));
    }
  }
} finally {
  await browser.close();
  server.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true });
}
