// How smooth the window is, by the browser's own trace: `node tests/bench/window.mjs` (after a build).
// Shows the built window in Debian's Chromium on a host that is made up: a queue of 10,000 jobs, one of which tells of its
// progress, and a video of two hours. Prints the first paint, and what each frame of the main thread took.
/* global window, OffscreenCanvas, requestAnimationFrame -- for what runs in the page */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../out/renderer/', import.meta.url));
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FRAME_MS = 1000 / 60;

/** Runs in the page, before its own code: `window.clearcut` as the desktop's preload would give it. */
function madeUpHost() {
  const request = (index) => ({
    input: `/videos/${index}.mp4`,
    output: `/videos/${index}-clearcut-2x.mp4`,
    stages: [{ kind: 'enhance', scale: 2 }],
    codec: 'h264',
    backend: 'auto',
    overwrite: false,
    resume: true,
  });
  const source = { kind: 'video', width: 640, height: 360, seconds: 60, frames: 1500, sizeBytes: 1e6 };
  const items = Array.from({ length: 10_000 }, (_, index) => ({
    id: String(index),
    request: request(index),
    source,
    state: index === 0 ? 'running' : 'waiting',
    fraction: null,
    addedAt: 0,
    endedAt: null,
    result: null,
    error: null,
  }));
  const progress = (fraction) => ({
    state: 'running',
    choices: [],
    framesDone: Math.round(fraction * 1500),
    framesTotal: 1500,
    fraction,
    framesPerSecond: 12,
    etaSeconds: 100,
    bytesWritten: 1e6,
    expectedBytes: null,
    timings: { decode: 1, stages: { enhance: 6 }, encode: 2 },
  });
  const settings = { paused: false, leaveRoom: false, waitForMains: false, whenDone: 'nothing' };
  const info = {
    path: '/videos/long.mp4',
    kind: 'video',
    container: 'mov,mp4',
    sizeBytes: 4e9,
    durationSeconds: 7200,
    video: {
      index: 0,
      codec: 'h264',
      width: 1920,
      height: 1080,
      sampleAspectRatio: { num: 1, den: 1 },
      rotation: 0,
      pixelFormat: 'yuv420p',
      bitDepth: 8,
      colour: {
        matrix: 'bt709',
        range: 'limited',
        primaries: 'bt709',
        transfer: 'bt709',
        chromaLocation: 'left',
        rangeStated: true,
      },
      hdr: false,
      timeBase: { num: 1, den: 12800 },
      frameRate: { num: 25, den: 1 },
      variableFrameRate: false,
      interlaced: false,
      frameCount: 180_000,
      startPts: 0,
      durationSeconds: 7200,
    },
    others: [
      {
        index: 1,
        kind: 'audio',
        codec: 'aac',
        language: null,
        title: null,
        channels: 2,
        sampleRate: 48_000,
        bitRate: null,
        attachedPicture: false,
      },
    ],
    chapters: 0,
    notes: [],
  };
  const picture = async (seconds, width) => {
    const canvas = new OffscreenCanvas(width, Math.round((width * 9) / 16));
    const context = canvas.getContext('2d');
    context.fillStyle = `hsl(${(seconds * 7) % 360} 60% 45%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    return new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  };
  const nothing = () => () => undefined;
  let fraction = 0;
  setInterval(() => {
    fraction = (fraction + 0.001) % 1;
    for (const hear of window.hears ?? []) hear({ type: 'progress', id: '0', progress: progress(fraction) });
  }, 200);
  window.hears = [];
  window.clearcut = {
    host: async () => ({
      kind: 'desktop',
      version: '1',
      platform: 'linux',
      canReveal: true,
      whenDone: ['nothing'],
      updates: false,
      languages: ['en'],
    }),
    facts: async () => ({
      version: '1',
      backend: { name: 'cpu', description: 'CPU', reason: '' },
      ffmpeg: { path: '', version: '7', source: '' },
      ffprobe: { path: '', version: '7', source: '' },
    }),
    models: async () => [],
    chooseInputs: async () => [info.path],
    recent: async () => [],
    probe: async () => info,
    poster: async (_path, seconds, width) => picture(seconds, Math.min(640, width)),
    frames: async () => new Uint8Array(),
    peaks: async ({ count }) => Uint8Array.from({ length: count }, (_, index) => (index * 37) % 255),
    sound: async () => new Uint8Array(),
    suggestOutput: async () => '/videos/long-2x.mp4',
    space: async () => ({ freeBytes: 1e12 }),
    queue: async () => ({ settings, items, progress: { id: '0', progress: progress(0) } }),
    changeQueue: async () => [],
    queueLog: async () => '',
    startPreview: () => new Promise(() => undefined),
    cancel: async () => undefined,
    preferences: async () => ({
      language: 'en',
      theme: 'light',
      shortcuts: {},
      presets: [],
      last: null,
      speeds: {},
    }),
    changePreferences: async () => undefined,
    onQueueChange: (hear) => (window.hears.push(hear), () => undefined),
    onJobEvent: nothing,
    onOpen: nothing,
    onCommand: nothing,
  };
}

const server = createServer((question, answer) => {
  const path = question.url === '/' ? '/index.html' : question.url;
  try {
    answer
      .writeHead(200, { 'content-type': TYPES[path.split('.').at(-1)] ?? 'text/plain' })
      .end(readFileSync(join(ROOT, path)));
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.addInitScript(madeUpHost);
const devtools = await page.context().newCDPSession(page);

/** Durations of the main thread's tasks in milliseconds while `work` runs, and how many frames were shown a second. */
async function traced(name, work) {
  const events = [];
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await devtools.send('Tracing.start', {
    categories:
      'toplevel,devtools.timeline,disabled-by-default-devtools.timeline,disabled-by-default-devtools.timeline.frame',
    transferMode: 'ReportEvents',
  });
  await work();
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
  await devtools.send('Tracing.end');
  await complete;
  devtools.removeAllListeners('Tracing.dataCollected');
  const main = events.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const own = events.filter(({ pid, tid }) => pid === main.pid && tid === main.tid);
  const tasks = own
    .filter(({ name: what }) => what === 'RunTask')
    // Of the processor, not of the clock: what else the machine does is no work of the window.
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => a - b);
  const frames = own.filter(({ name: what }) => what === 'BeginMainThreadFrame').length;
  const span =
    (Math.max(...own.map(({ ts }) => ts)) - Math.min(...own.filter(({ ts }) => ts > 0).map(({ ts }) => ts))) /
    1e6;
  const busy = tasks.reduce((sum, task) => sum + task, 0);
  const late = tasks.filter((task) => task > FRAME_MS).length;
  const at = (part) => (tasks[Math.floor(part * (tasks.length - 1))] ?? 0).toFixed(2);
  console.log(
    `${name}: ${frames} frames in ${span.toFixed(1)} s (${(frames / span).toFixed(0)} a second), ` +
      `${(busy / Math.max(1, frames)).toFixed(2)} ms of work a frame, ` +
      `tasks: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms, ${late} of ${tasks.length} over 16.7 ms`,
  );
}

/** One step for each frame that the browser shows. */
const eachFrame = (steps, step) =>
  page.evaluate(
    ([count, code]) =>
      new Promise((resolve) => {
        const run = new Function('step', code);
        let at = 0;
        const next = () => {
          run(at);
          if (++at < count) requestAnimationFrame(next);
          else resolve(undefined);
        };
        requestAnimationFrame(next);
      }),
    [steps, step],
  );

await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.getByRole('heading', { name: 'Make a video clearer' }).waitFor();
const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
console.log(`first contentful paint: ${paint?.toFixed(0)} ms`);

await page.getByRole('button', { name: /^Queue/ }).click();
await page.locator('[data-id]').first().waitFor();
console.log(`rows in the page for 10,000 jobs: ${await page.locator('[data-id]').count()}`);
const SCROLL = `const list = document.querySelector('.rows').firstElementChild;`;
await traced('queue of 10,000, scrolled by 120 px a frame', () =>
  eachFrame(300, `${SCROLL} list.scrollTop += 120;`),
);
await traced('queue of 10,000, thrown to and fro', () =>
  eachFrame(120, `${SCROLL} list.scrollTop = (step * 7919 * 58) % list.scrollHeight;`),
);

await page.keyboard.press('Control+1');
await page.getByRole('button', { name: 'Choose a video…' }).click();
await page.getByRole('slider', { name: 'Moment of the video' }).waitFor();
await page.waitForTimeout(3000);
const WHEEL = (x, y) =>
  `const track = document.querySelector('.track'); const box = track.getBoundingClientRect();
   track.dispatchEvent(new WheelEvent('wheel', { deltaX: ${x}, deltaY: ${y}, clientX: box.left + 400, clientY: box.top + 40, bubbles: true, cancelable: true }));`;
await traced('two hours, zoomed in', () => eachFrame(150, WHEEL(0, -30)));
await traced('two hours, moved along', () => eachFrame(300, WHEEL(25, 0)));
await traced('two hours, zoomed out', () => eachFrame(150, WHEEL(0, 30)));
await browser.close();
server.close();
