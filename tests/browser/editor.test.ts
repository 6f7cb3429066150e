import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seriousProblems } from '../support/axe';
import { browse, chromiumPath, type Browsing } from '../support/chromium';
import { ffprobe, makeClip, temporaryFolder } from '../support/media';
import { startServer, type WebServer } from '../support/web-server';

describe.skipIf(chromiumPath === null)('the editor and its queue', () => {
  let folder: string;
  let cleanUp: () => Promise<void>;
  let server: WebServer;
  let browsing: Browsing;
  const clips: string[] = [];

  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
    server = await startServer(join(folder, 'results'));
    browsing = await browse({ acceptDownloads: true });
    for (const [index, name] of ['one.mp4', 'two.mov', 'three.mkv'].entries()) {
      const size = { width: 96 + 32 * index, height: 64, rate: 10, seconds: 3 };
      clips.push(await makeClip(join(folder, name), size));
    }
    await browsing.page.goto(server.url);
  });
  afterAll(async () => {
    await browsing.close();
    server.cli.child.kill('SIGINT');
    await server.cli.ended;
    await cleanUp();
  });

  const button = (name: string) => browsing.page.getByRole('button', { name, exact: true });
  const slider = (name: string) => browsing.page.getByRole('slider', { name, exact: true });
  const time = () => browsing.page.getByLabel('Go to').inputValue();

  const widthOf = (alt: string): Promise<number> =>
    browsing.page.evaluate<number>(`document.querySelector('img[alt="${alt}"]').naturalWidth`);

  async function open(paths: readonly string[]): Promise<void> {
    const [chooser] = await Promise.all([
      browsing.page.waitForEvent('filechooser'),
      browsing.page.getByRole('button', { name: /^(Choose a|Add files)/ }).click(),
    ]);
    await chooser.setFiles([...paths]);
  }

  it('opens many files, tells what they are, and what an export takes', async () => {
    const { page } = browsing;
    await open(clips);
    await page.getByRole('heading', { name: 'one.mp4' }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Open files' }).getByRole('listitem').count()).toBe(3);
    await page.getByText(/^about .* of .* free$/).waitFor({ timeout: 60_000 });
    await page
      .getByText(/^about \d/)
      .first()
      .waitFor();
    await page.keyboard.press('PageDown');
    await page.getByRole('heading', { name: 'two.mov' }).waitFor();
    await button('Close two.mov').click();
    await page.getByRole('heading', { name: 'three.mkv' }).waitFor();
    await page.keyboard.press('PageUp');
    await page.getByRole('heading', { name: 'one.mp4' }).waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });

  it('plays, steps and marks a part by keyboard, with pictures and sound along the time', async () => {
    const { page } = browsing;
    await page.locator('body').press('Home');
    expect(await time()).toBe('0:00.00');
    await page.keyboard.press('.');
    await page.keyboard.press('ArrowRight');
    expect(await time()).toBe('0:00.20');
    await page.keyboard.press('l');
    await vi.waitFor(
      async () => {
        expect(await page.locator('canvas').count()).toBe(2);
        expect(Number((await time()).slice(2))).toBeGreaterThan(0.5);
      },
      { timeout: 30_000 },
    );
    // With its sound.
    expect(browsing.requests.some((address) => address.includes('/bytes/sound'))).toBe(true);
    await page.keyboard.press('k');
    const rested = await time();
    await page.keyboard.press('j');
    await vi.waitFor(async () => {
      expect((await time()) < rested).toBe(true);
    });
    await page.keyboard.press('k');
    await page.getByLabel('Go to').fill('0:01');
    await page.keyboard.press('Enter');
    await page.keyboard.press('i');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('o');
    await page.getByTitle('0:01 – 0:02 (1.0 s)').waitFor();
    await slider('Out point').press('ArrowLeft');
    expect(await slider('Out point').getAttribute('aria-valuetext')).toBe('0:01.90');
    await slider('Moment of the video').press('Home');
    expect(await time()).toBe('0:00.00');
    // Something is drawn where pictures and sound are.
    await vi.waitFor(async () => {
      const colours = await page.evaluate<number>(`(() => {
        const canvas = document.querySelector('section canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      })()`);
      expect(colours).toBeGreaterThan(100);
    });
  });

  it('shows a frame before and after: slider, side by side, lens, and two settings', async () => {
    const { page } = browsing;
    await page.keyboard.press('1');
    await page.getByText(/^this frame in /).waitFor({ timeout: 60_000 });
    const compare = slider('Compare before and after');
    await compare.press('ArrowRight');
    expect(await compare.getAttribute('aria-valuetext')).toBe('51 percent before, 49 percent after');
    await page.keyboard.press('2');
    expect(await widthOf('After')).toBe(192);
    await page.keyboard.press('3');
    const lens = page.getByRole('slider', { name: /^Lens/ });
    await lens.press('ArrowRight');
    expect(await lens.getAttribute('aria-valuetext')).toBe('52 × 50');
    await page.keyboard.press('4');
    await page.getByRole('img', { name: 'What differs between “Before” and “After”' }).waitFor();
    const amplified = slider('Difference ×8');
    await amplified.press('ArrowRight');
    await slider('Difference ×9').waitFor();
    await page.keyboard.press('3');
    expect(await seriousProblems(page)).toEqual([]);
    await button('Keep as A').click();
    await page.getByRole('radio', { name: '×3' }).check();
    await page.getByText('A: Enhance ×2').waitFor({ timeout: 60_000 });
    await button('Side by side').click();
    await vi.waitFor(
      async () => {
        expect(await widthOf('B')).toBe(288);
      },
      { timeout: 60_000 },
    );
    await page.keyboard.down('\\');
    await page.getByAltText('A: Enhance ×2').and(page.locator('.whole')).waitFor();
    await page.keyboard.up('\\');
    await button('Drop A').click();
    await button('Before/after').click();
    await page.getByRole('radio', { name: '×2' }).check();
  });

  it('keeps settings as a preset of one’s own, also over a restart of the window', async () => {
    const { page } = browsing;
    await page.getByRole('combobox', { name: 'Codec' }).selectOption('hevc');
    await button('Save these settings…').click();
    await page.getByLabel('Name of the preset').fill('Mine & yours');
    await page.keyboard.press('Enter');
    const preset = page.getByRole('combobox', { name: 'Preset', exact: true });
    await vi.waitFor(async () => {
      expect(await preset.inputValue()).toBe('mine-yours');
    });
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Presets' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), button('Export…').click()]);
    expect(download.suggestedFilename()).toBe('clearcut-presets.json');
    await download.saveAs(join(folder, 'presets.json'));
    await button('Remove Mine & yours').click();
    await page.getByText(/^None yet/).waitFor();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('Import…').click()]);
    await chooser.setFiles(join(folder, 'presets.json'));
    await button('Remove Mine & yours').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await button('Close').click();
  });

  it('lists keys and lets them be changed', async () => {
    const { page } = browsing;
    await page.locator('body').press('?');
    await page.getByRole('heading', { name: 'Everywhere' }).waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await page.getByRole('button', { name: /^Change the key of “Set in point”/ }).click();
    await page.keyboard.press('j');
    await page.getByText('“Play backwards, again: faster” no longer has this key.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('body').press('x');
    await page.locator('body').press('j');
    await slider('In point').waitFor();
    await page.keyboard.press('x');
    await page.keyboard.press('?');
    await button('Reset all').click();
    await page.keyboard.press('Escape');
  });

  it('takes changes back by keys and buttons, and leaves what is typed to the field', async () => {
    const { page } = browsing;
    const scale = (name: string) => page.getByRole('radio', { name });
    await scale('×4').check();
    await page.keyboard.press('Control+z');
    await vi.waitFor(async () => {
      expect(await scale('×2').isChecked()).toBe(true);
    });
    await button('Redo: settings').click();
    await vi.waitFor(async () => {
      expect(await scale('×4').isChecked()).toBe(true);
    });
    // The field has what was in it back, and nothing else goes back.
    const field = page.getByLabel('Go to');
    await field.click();
    await field.press('End');
    await page.keyboard.type('77');
    await page.keyboard.press('Control+z');
    expect(await field.inputValue()).not.toContain('77');
    expect(await scale('×4').isChecked()).toBe(true);
    await page.keyboard.press('Tab');
    await page.locator('body').press('Control+z');
    await page.getByRole('status').getByText('Taken back: settings').waitFor();
    await page.locator('body').press('Control+y');
    await page.getByRole('status').getByText('Done again: settings').waitFor();
    await page.locator('body').press('Control+Shift+z');
    await button('Undo: settings').click();
    const files = page.getByRole('navigation', { name: 'Open files' }).getByRole('listitem');
    await button('Close all').click();
    await page.getByRole('button', { name: /^Choose a/ }).waitFor();
    await button('Undo: closing of files').click();
    await page.getByRole('heading', { name: 'one.mp4' }).waitFor();
    expect([await files.count(), await scale('×2').isChecked()]).toEqual([2, true]);
  });

  it('exports all with one click, in an order that can be changed, paused and gone on with', async () => {
    const { page } = browsing;
    await page.locator('body').press('Control+p');
    await button('Export all 2').click();
    await page.getByText('The queue is paused. It stays so when you quit and come back.').waitFor();
    const rows = page.locator('[data-id]');
    expect(await rows.locator('.what .name:first-child').allTextContents()).toEqual(['one.mp4', 'three.mkv']);
    await page.getByRole('checkbox', { name: 'Select three.mkv' }).check();
    await button('To the top').click();
    await vi.waitFor(async () => {
      expect(await rows.locator('.what .name:first-child').allTextContents()).toEqual([
        'three.mkv',
        'one.mp4',
      ]);
    });
    await page.keyboard.press('Delete');
    await page.getByText('0 of 1 job done').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('0 of 2 jobs done').waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+y');
    await vi.waitFor(async () => {
      expect(await rows.locator('.what .name:first-child').allTextContents()).toEqual([
        'three.mkv',
        'one.mp4',
      ]);
    });
    expect(await seriousProblems(page)).toEqual([]);
    // Everything is there again where the page is loaded anew.
    await page.reload();
    await page.getByRole('button', { name: /^Queue/ }).click();
    await page.getByText('0 of 2 jobs done').waitFor();
    await button('Continue').click();
    await page.getByText('2 of 2 jobs done').waitFor({ timeout: 100_000 });
    expect((await readdir(server.results)).toSorted()).toEqual([
      'one-clearcut-2x.mp4',
      'three-clearcut-2x.mkv',
    ]);
    const { streams } = await ffprobe(join(server.results, 'one-clearcut-2x.mp4'), '-show_streams');
    expect(streams?.[0]).toMatchObject({ codec_name: 'hevc', width: 192 });
    // What is dragged out of the list is the result, by an address that this browser alone can fetch.
    await Promise.all([
      page.waitForResponse(/\/offer/),
      rows.first().dispatchEvent('pointerdown', { bubbles: true }),
    ]);
    await vi.waitFor(async () => {
      const carried = await page.evaluateHandle('new DataTransfer()');
      await rows.first().dispatchEvent('dragstart', { dataTransfer: carried });
      const load = await carried.evaluate((it) =>
        (it as { getData(type: string): string }).getData('DownloadURL'),
      );
      const [, address] = /^application\/octet-stream:three-clearcut-2x\.mkv:(.*)$/.exec(load) ?? [];
      const fetched = await page.context().request.get(address ?? '');
      const { size } = await stat(join(server.results, 'three-clearcut-2x.mkv'));
      expect((await fetched.body()).length).toBe(size);
    });
    await rows.first().click();
    await page.getByRole('heading', { name: 'Where the time goes' }).waitFor();
    await button('Log').click();
    await page
      .getByLabel('Log', { exact: true })
      .getByText(/Started[^]*Done/)
      .waitFor();
    await page.keyboard.press('Escape');
    await button('Clear done').click();
    await page.getByText('Nothing is queued').waitFor();
  });

  it('speaks Chinese throughout, in light and dark', async () => {
    const { page } = browsing;
    await page.locator('body').press('Control+,');
    await page.getByRole('radio', { name: '简体中文' }).check();
    await page.getByRole('heading', { name: '偏好设置' }).waitFor();
    await page.getByRole('radio', { name: '深色' }).check();
    await button('关闭').click();
    expect(
      await page.evaluate<string[]>(
        '[document.documentElement.lang, document.documentElement.dataset.theme]',
      ),
    ).toEqual(['zh-Hans', 'dark']);
    await button('编辑').click();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('选择视频…').click()]);
    await chooser.setFiles(clips[0] ?? '');
    await page.getByRole('heading', { name: 'one.mp4' }).waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    // What is left in Latin letters are names: of files, formats, units and the app.
    const words = await page.evaluate<string>('document.querySelector("main").innerText');
    const foreign = words.replace(/\S+\.(?:mp4|mov|mkv)|\/\S+/g, '').match(/[A-Za-z][A-Za-z ]{3,}/g);
    expect(
      [...new Set(foreign)].filter(
        (word) => !/^(?:AAC|HEVC|FFV1|ProRes|QuickTime|Mine|yours)/.test(word.trim()),
      ),
    ).toEqual([]);
    await page.reload();
    await button('选择视频…').waitFor();
    expect(browsing.complaints).toEqual([]);
  });

  it('asks nobody but its own server', () => {
    const foreign = browsing.requests.filter(
      (url) => !/^(blob|data):/.test(url) && !url.startsWith(server.origin),
    );
    expect(foreign).toEqual([]);
  });
});
