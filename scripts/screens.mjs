// Pictures of every screen of the window, to be looked at: `node scripts/screens.mjs VIDEO [FOLDER] [NAME…]` (after a build).
// Runs `clearcut serve` in Debian's Chromium (or what CHROMIUM names) with a few seconds of a video, once in each language,
// and takes each screen in light and dark at two sizes: FOLDER/LANGUAGE/NAME-THEME-WIDTH.jpg. Sheets of all of them stand in
// FOLDER. With names, only those parts of the tour are taken (empty, editor, compare, motion, objects, queue, settings), and only
// those languages (en, zh).
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const [video, folder = 'screens', ...wanted] = process.argv.slice(2);
if (video === undefined) throw new Error('Name a video: node scripts/screens.mjs VIDEO [FOLDER] [NAME…]');
const CLI = fileURLToPath(new URL('../app/cli/bin.mjs', import.meta.url));
const LANGUAGES = { en: 'en-GB', zh: 'zh-CN' };
const THEMES = ['light', 'dark'];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const PATIENCE = 300_000;

/** A few seconds of the video under several names, and what is none. */
function makeFiles(place) {
  const paths = [
    'dog in the park.mp4',
    'a film with quite a long name, as cameras and people give them.mp4',
    'short.mov',
  ];
  const files = paths.map((name) => join(place, name));
  for (const [index, path] of files.entries()) {
    const seconds = [3, 8, 1][index];
    execFileSync(ffmpeg.path, [
      '-v',
      'error',
      '-t',
      String(seconds),
      '-i',
      video,
      '-vf',
      'scale=640:-2',
      '-y',
      path,
    ]);
  }
  const broken = join(place, 'no video.mp4');
  writeFileSync(broken, 'These are words.');
  return { files, broken };
}

async function serve(place) {
  const child = spawn(process.execPath, [CLI, 'serve', '--json', '--results', join(place, 'results')], {
    env: { ...process.env, TMPDIR: place, CLEARCUT_STATE: join(place, 'state') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.trimEnd().endsWith('}')) break;
  }
  return { child, url: JSON.parse(text).url };
}

/** The tour through the window, in whatever language: keys and places in the page, never words. */
class Tour {
  constructor(page, language, { files, broken, place }) {
    Object.assign(this, { page, language, files, broken, place });
  }

  async shot(name) {
    const { page } = this;
    const target = join(folder, this.language);
    mkdirSync(target, { recursive: true });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        // The timeline is drawn in the next frames.
        await page.waitForTimeout(250);
        const path = join(target, `${name}-${theme}-${size.width}.jpg`);
        await page.screenshot({ path, type: 'jpeg', quality: 85 });
      }
    }
    await page.setViewportSize(SIZES[0]);
  }

  key(keys) {
    return this.page.locator('body').press(keys);
  }

  async open(paths) {
    const chosen = this.page.waitForEvent('filechooser');
    await this.key('Control+o');
    await (await chosen).setFiles(paths);
  }

  async editor(...files) {
    await this.page.reload();
    await this.page.locator('.zone').waitFor();
    await this.open(files);
    await this.page.locator('.bench').waitFor();
    // All that the import card says, poster and pictures along the time.
    await this.page.locator('.cost').nth(1).waitFor({ timeout: PATIENCE });
    await this.page.waitForTimeout(1500);
  }

  /** Leaves these steps in the chain, in their usual order. */
  async steps(...kinds) {
    const { page } = this;
    const there = await page
      .locator('[data-step]')
      .evaluateAll((all) => all.map(({ dataset }) => dataset.step));
    const missing = ['deblur', 'smooth', 'slow', 'enhance', 'segment'].filter(
      (kind) => !there.includes(kind),
    );
    const offered = await page.locator('.add .button').count();
    // Steps that can't be had here are not offered; the last ones always are.
    const shown = missing.slice(missing.length - offered);
    for (const kind of kinds.filter((one) => !there.includes(one))) {
      await page.locator('.add .button').nth(shown.indexOf(kind)).click();
      shown.splice(shown.indexOf(kind), 1);
    }
    for (const kind of there.filter((one) => !kinds.includes(one)))
      await page.locator(`[data-step="${kind}"] .heading button:last-child`).click();
  }

  scrollSettings(selector) {
    return this.page
      .locator(selector)
      .first()
      .evaluate((element) => element.scrollIntoView({ block: 'start' }));
  }

  async runEmpty() {
    const { page } = this;
    await page.locator('.zone').waitFor();
    await page.locator('header summary').waitFor();
    await this.shot('empty');
    await page.locator('header summary').click();
    await this.shot('empty-facts');
    await page.locator('header summary').click();
    await this.open([this.broken]);
    await page.locator('.problem').waitFor();
    await this.shot('empty-refused');
    await this.key('Control+2');
    await this.shot('queue-empty');
    await this.key('Control+1');
  }

  async runEditor() {
    const { page } = this;
    await this.editor(this.files[0]);
    await this.shot('editor');
    await this.key('Home');
    for (let count = 0; count < 10; count += 1) await this.key('.');
    await this.key('i');
    await this.key('Shift+ArrowRight');
    await this.key('o');
    await page.locator('input[type=range]').first().press('ArrowLeft');
    await page.locator('.field .icon-button').first().click();
    await this.shot('editor-part-and-naming');
    await page.keyboard.press('Escape');
    await this.editor(...this.files, this.broken);
    await page.waitForTimeout(1000);
    await this.shot('editor-files');
  }

  async runCompare() {
    const { page } = this;
    await this.editor(this.files[0]);
    await this.key('1');
    for (const [index, name] of ['slider', 'side', 'lens', 'difference'].entries()) {
      if (index > 0) await this.key(String(index + 1));
      // How long it took is told once it is made.
      await page.locator('.state span', { hasText: /\d/ }).waitFor({ timeout: PATIENCE });
      await page.waitForTimeout(1000);
      await this.shot(`compare-${name}`);
    }
    await this.key('1');
    await this.key('a');
    await page.locator('[data-step=enhance] input[type=radio]').nth(1).check();
    await page.waitForTimeout(6000);
    await this.shot('compare-two-settings');
    await this.key('p');
    await page.waitForTimeout(400);
    await this.shot('compare-preview-making');
    await page.locator('video').first().waitFor({ timeout: PATIENCE });
    await page.waitForTimeout(1000);
    await this.shot('compare-preview');
  }

  async runMotion() {
    const { page } = this;
    await this.editor(this.files[0]);
    await this.steps('deblur', 'smooth', 'slow');
    await this.shot('motion');
    await page.locator('.bench aside').evaluate((element) => element.scrollTo(0, 1e6));
    await page.locator('fieldset input[type=radio]').last().check();
    await this.shot('motion-end');
    await this.steps();
    await this.shot('motion-nothing');
  }

  async runObjects() {
    const { page } = this;
    await this.editor(this.files[2]);
    await this.steps('segment');
    await page.locator('[data-step=segment] input[type=radio]').nth(1).check();
    await page.waitForTimeout(6000);
    await this.shot('objects-glance');
    await page.locator('[data-step=segment] section > button.button').click();
    await page.locator('[data-step=segment] progress').waitFor();
    await page.waitForTimeout(1500);
    await this.shot('objects-finding');
    await page.locator('[data-step=segment] li').first().waitFor({ timeout: PATIENCE });
    const boxes = page.locator('[data-step=segment] li input[type=checkbox]');
    if ((await boxes.count()) > 1) await boxes.first().uncheck();
    await page.waitForTimeout(2500);
    await this.scrollSettings('[data-step=segment] section');
    await this.shot('objects-list');
    await page.locator('[data-step=segment] details').first().locator('summary').click();
    await this.scrollSettings('[data-step=segment] details');
    await this.shot('objects-more');
  }

  async runQueue() {
    const { page } = this;
    const state = (name) => page.locator(`[data-id][data-state=${name}]`).first();
    await this.editor(...this.files);
    await this.key('Control+p');
    await this.key('Control+Shift+e');
    await page.locator('[data-id]').nth(2).waitFor();
    await this.shot('queue-paused');
    // The last one's source is taken away: it fails.
    const uploads = readdirSync(this.place).find((name) => name.startsWith('clearcut-uploads-'));
    const names = readdirSync(join(this.place, uploads), { recursive: true });
    for (const name of names) if (name.endsWith('short.mov')) rmSync(join(this.place, uploads, name));
    const rows = page.locator('[data-id]');
    await rows.nth(2).click();
    await this.shot('queue-selected');
    await page.locator('.tools button').first().click();
    await page.locator('[data-id] input').first().check();
    await this.shot('queue-two-selected');
    await this.key('Control+p');
    await state('failed').waitFor({ timeout: PATIENCE });
    await state('running').waitFor({ timeout: PATIENCE });
    await rows
      .filter({ has: page.locator('input') })
      .nth(1)
      .click();
    await page.waitForTimeout(6000);
    await this.shot('queue-running');
    await state('failed').click();
    await this.shot('queue-failed');
    await this.key('Control+1');
    await page.locator('.tray .name').nth(1).click();
    await page.waitForTimeout(1500);
    await this.shot('editor-running');
    await this.key('Control+2');
    await state('done').waitFor({ timeout: PATIENCE });
    await state('done').click();
    await this.shot('queue-done');
    await page.locator('section .actions button').last().click();
    await page.locator('dialog').waitFor();
    await page.waitForTimeout(500);
    await this.shot('queue-log');
    await page.keyboard.press('Escape');
    await state('done').dblclick();
    await page.waitForTimeout(2500);
    await this.shot('editor-done');
    // Nothing can be written where a file stands in the folder's place.
    rmSync(join(this.place, 'results'), { recursive: true });
    writeFileSync(join(this.place, 'results'), '');
    await page.locator('.bench aside .actions .button').nth(1).click();
    await page.locator('.bench form').waitFor();
    await page.waitForTimeout(1500);
    await this.key('Control+e');
    await page
      .locator('.bench aside .wrong, .bench aside [role=alert]')
      .first()
      .waitFor({ timeout: PATIENCE });
    await this.shot('editor-failed');
  }

  async runSettings() {
    const { page } = this;
    await this.key('Control+,');
    const tabs = page.locator('dialog [role=tab]');
    for (const [index, name] of ['general', 'shortcuts', 'presets', 'about'].entries()) {
      await tabs.nth(index).click();
      await page.waitForTimeout(300);
      await this.shot(`settings-${name}`);
    }
    await page.keyboard.press('Escape');
  }
}

/** All screens of one language, theme and size on one sheet. */
async function sheet(language, theme, { width, height }) {
  const place = join(folder, language);
  const names = readdirSync(place).filter((name) => name.endsWith(`-${theme}-${width}.jpg`));
  const [across, wide] = [4, 480];
  const high = Math.round((wide * height) / width);
  const tiles = await Promise.all(
    names.map(async (name, index) => ({
      input: await sharp(join(place, name)).resize(wide, high).toBuffer(),
      left: (index % across) * (wide + 6),
      top: Math.floor(index / across) * (high + 6),
    })),
  );
  await sharp({
    create: {
      width: across * (wide + 6),
      height: Math.ceil(names.length / across) * (high + 6),
      channels: 3,
      background: '#808080',
    },
  })
    .composite(tiles)
    .jpeg({ quality: 82 })
    .toFile(join(folder, `sheet-${language}-${theme}-${width}.jpg`));
}

const PARTS = ['Empty', 'Editor', 'Compare', 'Motion', 'Objects', 'Queue', 'Settings'];
const parts = PARTS.filter((part) => wanted.includes(part.toLowerCase()));
const languages = Object.entries(LANGUAGES).filter(([name]) => wanted.includes(name));
for (const [language, locale] of languages.length > 0 ? languages : Object.entries(LANGUAGES)) {
  const place = mkdtempSync(join(tmpdir(), 'clearcut-screens-'));
  const made = makeFiles(place);
  const { child, url } = await serve(place);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  try {
    const page = await browser.newPage({ viewport: SIZES[0], locale });
    page.setDefaultTimeout(60_000);
    await page.goto(url);
    const tour = new Tour(page, language, { ...made, place });
    for (const part of parts.length > 0 ? parts : PARTS) {
      await tour[`run${part}`]().catch((error) => {
        process.exitCode = 1;
        console.error(`${language} ${part}: ${error.message}`);
      });
    }
  } finally {
    await browser.close();
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(place, { recursive: true, force: true });
  }
  for (const theme of THEMES) for (const size of SIZES) await sheet(language, theme, size);
}
