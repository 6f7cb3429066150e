import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousProblems } from '../support/axe';
import { browse, chromiumPath, type Browsing } from '../support/chromium';
import { ffmpeg, ffprobe, temporaryFolder } from '../support/media';
import { startServer, type WebServer } from '../support/web-server';

const SHIPPED = fileURLToPath(new URL('../../resources/models', import.meta.url));
/** Two people in a street: what a network finds has to be there. */
const PHOTO = fileURLToPath(
  new URL('../../../shared/data/instances/people/images/ccp_0634.jpg', import.meta.url),
);

describe.skipIf(chromiumPath === null || !existsSync(PHOTO))('cutting out in the window', () => {
  let folder: string;
  let cleanUp: () => Promise<void>;
  let server: WebServer;
  let browsing: Browsing;

  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
    const models = join(folder, 'models');
    await cp(join(SHIPPED, 'deepsnake-person'), join(models, 'deepsnake-person'), { recursive: true });
    server = await startServer(join(folder, 'results'), { CLEARCUT_MODELS: models });
    const clip = join(folder, 'street.mp4');
    await ffmpeg(
      ...['-loop', '1', '-framerate', '10', '-i', PHOTO, '-t', '0.8'],
      ...['-vf', 'scale=336:512', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', clip],
    );
    browsing = await browse();
    const { page } = browsing;
    await page.goto(server.url);
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a video…' }).click(),
    ]);
    await chooser.setFiles(clip);
    await page.getByAltText(/^A frame of /).waitFor();
    await page.getByRole('button', { name: 'Cut out', exact: true }).click();
    await page.getByRole('button', { name: 'Remove Enhance' }).click();
  });
  afterAll(async () => {
    await browsing.close();
    server.cli.child.kill('SIGINT');
    await server.cli.ended;
    await cleanUp();
  });

  const outlines = () => browsing.page.locator('.stage svg path');
  const boxes = () => browsing.page.getByRole('region', { name: 'Objects' }).getByRole('checkbox');

  it('shows outlines over the frame that is looked at', async () => {
    const { page } = browsing;
    await page.getByRole('img', { name: /^Outlines of \d+ object/ }).waitFor();
    expect(await outlines().count()).toBeGreaterThan(0);
    await page.getByText('street-clearcut-outlines.mp4').waitFor();
    // Nothing to choose among yet: a click on one does nothing.
    await outlines().last().click({ force: true });
    expect(await boxes().count()).toBe(0);
  });

  it('follows objects, and lets them be chosen in the list and in the picture', async () => {
    const { page } = browsing;
    await page.getByRole('button', { name: 'Find and follow objects' }).press('Enter');
    await boxes().first().waitFor();
    const count = await boxes().count();
    expect(count).toBeGreaterThan(1);
    await page.getByRole('heading', { name: `${count} objects` }).waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await boxes().first().press('Space');
    expect(await boxes().first().isChecked()).toBe(false);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    expect(await boxes().first().isChecked()).toBe(true);
    // Those that the shot is about, who are all four here, until all are wished again.
    const mainOnly = page.getByRole('checkbox', { name: 'Leave out passers-by' });
    await mainOnly.check();
    expect([await mainOnly.isChecked(), await checked()]).toEqual([true, count]);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    expect([await mainOnly.isChecked(), await checked()]).toEqual([false, count]);
    const before = await checked();
    await outlines().last().click();
    expect(await checked()).toBe(before - 1);
    await page.getByRole('button', { name: 'None', exact: true }).click();
    await page.getByText('Choose at least one object.').waitFor();
    expect(await page.getByRole('button', { name: 'Export', exact: true }).isDisabled()).toBe(true);
    await boxes().first().check();
    // Its picture leads to where it is seen best.
    await page
      .getByRole('button', { name: /^Show Person \d+ where it is seen best$/ })
      .first()
      .click();
    expect(browsing.complaints).toEqual([]);
  });

  async function checked(): Promise<number> {
    const states = await Promise.all((await boxes().all()).map((box) => box.isChecked()));
    return states.filter((is) => is).length;
  }

  it('exports the chosen one as a cut-out with transparency', async () => {
    const { page } = browsing;
    await page.getByLabel('Result', { exact: true }).selectOption({ label: 'Cut-out, transparent behind' });
    await page.getByText('street-clearcut-cutout.mov').waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    const { streams = [] } = await ffprobe(
      join(server.results, 'street-clearcut-cutout.mov'),
      '-show_streams',
    );
    expect(streams[0]).toMatchObject({
      codec_name: 'prores',
      pix_fmt: expect.stringMatching(/^yuva444p/) as string,
    });
    await page.getByRole('button', { name: 'Again with other settings' }).click();
  });

  it('exports contours of the chosen one alone', async () => {
    const { page } = browsing;
    await page.getByLabel('Result', { exact: true }).selectOption({ label: 'Contours as JSON' });
    await page.getByText('street-clearcut-contours.json').waitFor();
    expect(await page.getByLabel('Codec').count()).toBe(0);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    const text = await readFile(join(server.results, 'street-clearcut-contours.json'), 'utf8');
    const { images, tracks } = JSON.parse(text) as { images: unknown[]; tracks: unknown[] };
    expect([images.length, tracks.length]).toEqual([8, 1]);
    expect(browsing.complaints).toEqual([]);
  });
});
