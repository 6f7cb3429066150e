import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seriousProblems } from '../support/axe';
import { browse, chromiumPath, type Browsing } from '../support/chromium';
import { ffprobe, makeClip, temporaryFolder } from '../support/media';
import { installToy, toyNetwork } from '../support/toy-network';
import { startServer, type WebServer } from '../support/web-server';

const SHIPPED = fileURLToPath(new URL('../../resources/models', import.meta.url));

describe.skipIf(chromiumPath === null)('steps in the window', () => {
  let folder: string;
  let cleanUp: () => Promise<void>;
  let server: WebServer;
  let browsing: Browsing;
  /** Previews of this server alone, so that it can be seen that they go. */
  let temporary: string;

  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
    temporary = join(folder, 'temporary');
    await mkdir(temporary);
    // Networks that enlarge, and none for motion: that one a test brings.
    const models = join(folder, 'models');
    await cp(join(SHIPPED, 'addersr-fast-x2'), join(models, 'addersr-fast-x2'), { recursive: true });
    server = await startServer(join(folder, 'results'), { TMPDIR: temporary, CLEARCUT_MODELS: models });
    browsing = await browse();
    const clip = await makeClip(join(folder, 'clip.mp4'), { width: 64, height: 48, rate: 10, seconds: 2 });
    const { page } = browsing;
    await page.goto(server.url);
    await open(clip);
  });
  afterAll(async () => {
    await browsing.close();
    server.cli.child.kill('SIGINT');
    await server.cli.ended;
    await cleanUp();
  });

  async function open(path: string): Promise<void> {
    const { page } = browsing;
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a video…' }).click(),
    ]);
    await chooser.setFiles(path);
    await page.getByAltText(/^A frame of /).waitFor();
  }

  const steps = (): Promise<string[]> => browsing.page.locator('ol h3').allTextContents();
  const button = (name: string) => browsing.page.getByRole('button', { name, exact: true });

  it('are added, ordered and removed by keyboard, and what they do is told at once', async () => {
    const { page } = browsing;
    await page.getByText('64 × 48 → 128 × 96').waitFor();
    // No network here finds objects.
    expect(await button('Cut out').count()).toBe(0);
    await button('Slow motion').press('Enter');
    await page.getByText('2.0 s → 8.0 s').waitFor();
    expect(await steps()).toEqual(['Slow motion ×4', 'Enhance ×2']);
    await page.getByText('clip-clearcut-slow4x-2x.mp4').waitFor();
    await button('Slow motion: later').press('Enter');
    await page.getByText('clip-clearcut-2x-slow4x.mp4').waitFor();
    expect(await steps()).toEqual(['Enhance ×2', 'Slow motion ×4']);
    // It is last now: the focus is on what can still be done with it.
    await button('Slow motion: earlier').and(page.locator(':focus')).waitFor();
    await page.getByText('Slow motion is now step 2 of 2.').waitFor({ state: 'attached' });
    await button('Smoother motion').press('Enter');
    expect(await steps()).toEqual(['Smoother motion ×2', 'Enhance ×2', 'Slow motion ×4']);
    await page.getByText('10 fps → 20 fps').waitFor();
    const rate = page.getByRole('group', { name: 'Frame rate' });
    expect(await rate.getByRole('radio', { name: '×4' }).isDisabled()).toBe(true);
    await rate.getByText('Beside Slow motion ×4 at most ×2 is possible.').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    // What gets the focus by keyboard is not behind the foot with Export.
    await button('Remove Enhance').focus();
    await page.keyboard.press('Tab');
    expect(
      await page.evaluate<boolean>(`(() => {
        const { left, right, top, bottom } = document.activeElement.getBoundingClientRect();
        return document.elementFromPoint((left + right) / 2, (top + bottom) / 2) === document.activeElement;
      })()`),
    ).toBe(true);
    await button('Remove Smoother motion').press('Enter');
    await button('Remove Enhance').press('Enter');
    await button('Remove Slow motion').press('Enter');
    await page.getByText('Nothing is done yet: add a step.').waitFor();
    expect(await button('Export').isDisabled()).toBe(true);
  });

  it('offer sharp frames only where a network for them is installed', async () => {
    const { page } = browsing;
    expect(await button('Deblur').count()).toBe(0);
    expect(
      await page.getByLabel('Preset', { exact: true }).getByRole('option', { name: /blur/ }).count(),
    ).toBe(0);
    await installToy(join(folder, 'models'), toyNetwork());
    await page.reload();
    await open(join(folder, 'clip.mp4'));
    await page.getByLabel('Preset', { exact: true }).selectOption('deblur');
    expect(await steps()).toEqual(['Deblur']);
    await page.getByText('clip-clearcut-sharp.mp4').waitFor();
    await button('Smoother motion').click();
    // Sharp frames come from the network: there is nothing to choose.
    expect(await page.locator('summary', { hasText: 'Frames by' }).count()).toBe(0);
    await button('Remove Deblur').click();
    await page.locator('summary', { hasText: 'Frames by' }).click();
    await page.getByRole('radio', { name: 'Motion alone' }).check();
  });

  it('are previewed on a second of the video, before and after side by side', async () => {
    const { page } = browsing;
    await button('Preview').press('Enter');
    await button('Cancel').press('Enter');
    await button('Preview').press('Enter');
    await page.getByText('One second, before and after').waitFor({ timeout: 100_000 });
    // Both play.
    await vi.waitFor(
      async () => {
        const times = await page.evaluate<number[]>(
          '[...document.querySelectorAll("video")].map((video) => video.currentTime)',
        );
        expect(Math.min(...times)).toBeGreaterThan(0.2);
      },
      { timeout: 30_000 },
    );
    const lengths = await page.evaluate<number[]>(
      '[...document.querySelectorAll("video")].map((video) => video.duration)',
    );
    expect(lengths).toHaveLength(2);
    for (const length of lengths) expect(Math.abs(length - 1)).toBeLessThan(0.15);
    await button('Pause the preview').click();
    expect(await seriousProblems(page)).toEqual([]);
    // What it showed is no longer what is set.
    await page.getByRole('group', { name: 'Frame rate' }).getByRole('radio', { name: '×4' }).check();
    await button('Preview').waitFor();
    expect(await page.locator('video').count()).toBe(0);
    expect((await readdir(temporary)).filter((name) => name.startsWith('clearcut-preview'))).toEqual([]);
  });

  it('slow a video down, to the end, with sound or without', async () => {
    const { page } = browsing;
    await page.getByLabel('Preset', { exact: true }).selectOption('slow-4x');
    await page.locator('summary', { hasText: 'Frames by' }).click();
    await page.getByRole('radio', { name: 'Motion alone' }).check();
    await page.getByRole('group', { name: 'Length' }).getByRole('radio', { name: '×2' }).check();
    await page.getByRole('group', { name: 'Sound' }).getByRole('radio', { name: 'Leave out' }).check();
    await page.getByText('2.0 s → 4.0 s').waitFor();
    await button('Export').click();
    await page.getByRole('heading', { name: 'Done' }).waitFor({ timeout: 100_000 });
    await page.getByText('2.0 s → 4.0 s').waitFor();
    await page.getByText(/^Sound track 1 .* was left out, as asked\.$/).waitFor();
    await page.getByRole('slider', { name: 'Compare before and after' }).waitFor();
    const { streams } = await ffprobe(
      join(server.results, 'clip-clearcut-slow2x.mp4'),
      ...['-show_streams', '-count_packets'],
    );
    expect(streams).toMatchObject([{ codec_name: 'h264', avg_frame_rate: '10/1', nb_read_packets: '40' }]);
    expect(await seriousProblems(page)).toEqual([]);
    expect(browsing.complaints).toEqual([]);
  });
});
