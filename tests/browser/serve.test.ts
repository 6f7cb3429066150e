import { mkdir, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { get, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { browse, chromiumPath, type Browsing } from '../support/chromium';
import { ffprobe, makeClip, temporaryFolder } from '../support/media';
import { startServer, type WebServer } from '../support/web-server';

let folder: string;
let cleanUp: () => Promise<void>;
let server: WebServer;
/** Uploads of this server alone, so that it can be seen that they go. */
let temporary: string;

beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  temporary = join(folder, 'temporary');
  await mkdir(temporary);
  server = await startServer(join(folder, 'results'), { TMPDIR: temporary });
});
afterAll(async () => {
  if (server.cli.child.exitCode === null) server.cli.child.kill('SIGINT');
  await server.cli.ended;
  await cleanUp();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request as sent: fetch would tidy the path and set its own Host and Origin. */
function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { hostname, port, host } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method, headers: { host, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const cookie = (): Record<string, string> => ({
  cookie: `clearcut-${new URL(server.origin).port}=${server.token}`,
});

/** The line of a page that has the key; `call` gives what the server answers. */
async function line(headers: Record<string, string> = { ...cookie(), origin: server.origin }): Promise<{
  call: (name: string, ...args: unknown[]) => Promise<unknown>;
  close: () => void;
}> {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/page`, { headers });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const waiting = new Map<string, (value: unknown) => void>();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { t: string; i?: string; r?: unknown };
    if (message.t === 's') waiting.get(message.i ?? '')?.(message.r);
  });
  let last = 0;
  return {
    call: (name, ...args) =>
      new Promise((resolve) => {
        const id = String((last += 1));
        waiting.set(id, resolve);
        socket.send(JSON.stringify({ t: 'q', i: id, m: 'call', a: [name, args] }));
      }),
    close: () => {
      socket.terminate();
    },
  };
}

describe('who may talk to the server', () => {
  it('gives nothing to those without the key', async () => {
    for (const path of [
      '/',
      '/?token=',
      `/?token=${'A'.repeat(43)}`,
      '/index.html',
      '/bytes/poster',
      '/download/x',
    ]) {
      expect(await ask(path), path).toMatchObject({ status: 403 });
    }
    expect(await ask('/index.html', { headers: { cookie: 'clearcut=1' } })).toMatchObject({ status: 403 });
    expect(await ask('/upload?name=a.mp4', { method: 'PUT', body: 'x' })).toMatchObject({ status: 403 });
    // The key is for the first page alone: files want the cookie that comes with it.
    expect(await ask(`/index.html?token=${server.token}`)).toMatchObject({ status: 403 });
  });

  it('opens the first page with the key, and keeps the key where scripts and other sites cannot get it', async () => {
    const answer = await ask(`/?token=${server.token}`, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(await ask('/', { headers: cookie() })).toMatchObject({ status: 200 });
  });

  it('refuses foreign names for this machine, and foreign pages', async () => {
    const foreign = [
      { host: 'evil.example' },
      { host: `evil.example:${new URL(server.origin).port}` },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: server.origin.replace('http:', 'https:') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      expect(
        await ask('/index.html', { headers: { ...cookie(), ...headers } }),
        JSON.stringify(headers),
      ).toMatchObject({ status: 403 });
    }
    // What changes something must say where it comes from.
    const silent = await ask('/upload?name=a.mp4', { method: 'PUT', headers: cookie(), body: 'x' });
    expect(silent.status).toBe(403);
  });

  it('opens a line only to its own pages with the key', async () => {
    const { origin } = server;
    for (const headers of [
      {},
      { origin },
      cookie(),
      { ...cookie(), origin: 'http://evil.example' },
      { ...cookie(), origin, host: 'evil.example' },
    ]) {
      await expect(line(headers), JSON.stringify(headers)).rejects.toThrow('403');
    }
    const open = await line();
    expect(await open.call('host')).toMatchObject({ ok: true, value: { kind: 'web' } });
    open.close();
  });

  it('gives out the built window and nothing beside it', async () => {
    for (const path of [
      '/../main/cli.js',
      '/%2e%2e/main/cli.js',
      '/%2e%2e%2fmain/cli.js',
      '/assets/../../main/cli.js',
      '/..%5cmain%5ccli.js',
      '/%252e%252e/main/cli.js',
      '//etc/passwd',
      '/C:/Windows/win.ini',
      '/index.html%00.js',
      '/%',
      '/download/../../../etc/passwd',
      'http://evil.example/index.html',
    ]) {
      const { status, text } = await ask(path, { headers: cookie() });
      expect([403, 404], `${path}: ${status}`).toContain(status);
      expect(text).not.toMatch(/root:|import /);
    }
    expect(await ask('/', { method: 'POST', headers: { ...cookie(), origin: server.origin } })).toMatchObject(
      {
        status: 405,
      },
    );
  });

  it('lets a page name only files that it sent or made', async () => {
    const { call, close } = await line();
    const secret = join(folder, 'private.mp4');
    await makeClip(secret, { seconds: 0.2 });
    for (const path of ['/etc/passwd', secret, `${server.results}/../private.mp4`]) {
      expect(await call('probe', path), path).toMatchObject({ ok: false, error: { code: 'no-such-file' } });
      expect(await call('suggestOutput', path, [{ kind: 'enhance', scale: 2 }], 'h264')).toMatchObject({
        ok: false,
      });
      const poster = await ask(`/bytes/poster?args=${encodeURIComponent(JSON.stringify([path, 0, 64]))}`, {
        headers: cookie(),
      });
      expect(poster.status).toBe(422);
      const offer = await ask(`/offer?path=${encodeURIComponent(path)}`, { headers: cookie() });
      expect(JSON.parse(offer.text)).toMatchObject({ ok: false });
    }
    const request = {
      input: secret,
      output: join(folder, 'stolen.mp4'),
      stages: [{ kind: 'enhance', scale: 2 }],
      codec: 'h264',
      backend: 'auto',
      overwrite: true,
      resume: true,
    };
    const add = (wanted: object): Promise<unknown> =>
      call('changeQueue', { kind: 'add', wishes: [{ request: wanted, source: null }] });
    expect(await add(request)).toMatchObject({ ok: false, error: { code: 'no-such-file' } });
    // Its own input, but a place that nobody suggested.
    const sent = await ask('/upload?name=own.mp4', {
      method: 'PUT',
      headers: { ...cookie(), origin: server.origin },
      body: 'not a video',
    });
    const { value: own } = JSON.parse(sent.text) as { value: string };
    expect(await add({ ...request, input: own })).toMatchObject({
      ok: false,
      error: { code: 'output-not-writable' },
    });
    expect(await call('probe', 7)).toMatchObject({ ok: false, error: { code: 'bad-usage' } });
    expect(await call('evalSr', { directory: '/', scale: 2 })).toMatchObject({ ok: false });
    expect(await call('constructor')).toMatchObject({ ok: false });
    for (const name of ['constructor', 'start', 'reveal']) {
      expect(await ask(`/bytes/${name}?args=[]`, { headers: cookie() })).toMatchObject({ status: 404 });
    }
    close();
  });

  it('keeps uploads under harmless names, out of sight of others', async () => {
    const sent = await ask(`/upload?name=${encodeURIComponent('../../..\\CON.mp4')}`, {
      method: 'PUT',
      headers: { ...cookie(), origin: server.origin },
      body: 'text',
    });
    const { value } = JSON.parse(sent.text) as { value: string };
    expect(value.startsWith(join(temporary, 'clearcut-uploads-'))).toBe(true);
    expect(value.endsWith('/_CON.mp4')).toBe(true);
    const [uploads] = await readdir(temporary);
    expect((await stat(join(temporary, uploads ?? ''))).mode & 0o777).toBe(0o700);
    // Errors name the file, not the place that it is kept in.
    const { call, close } = await line();
    const answer = (await call('probe', value)) as { error: { message: string } };
    expect(answer.error.message).toMatch(/^_CON\.mp4 is no video/);
    close();
  });
});

describe.skipIf(chromiumPath === null)('the window in a browser', () => {
  let browsing: Browsing;
  beforeAll(async () => {
    browsing = await browse({ acceptDownloads: true });
  });
  afterAll(() => browsing.close());

  async function choose(path: string): Promise<void> {
    const { page } = browsing;
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: /^(Choose (a|another)|Add files)/ }).click(),
    ]);
    await chooser.setFiles(path);
  }

  it('does the whole job: open, look, choose, export, download', async () => {
    const { page } = browsing;
    const clip = await makeClip(join(folder, 'Ferien & Meer.mp4'), {
      width: 96,
      height: 64,
      rate: 10,
      seconds: 3,
    });
    await page.goto(server.url);
    // The key does not stay in the address.
    await page.getByRole('heading', { name: 'Make a video clearer' }).waitFor();
    expect(page.url()).toBe(`${server.origin}/`);

    await choose(clip);
    await page.getByRole('heading', { name: 'Ferien & Meer.mp4' }).waitFor();
    await page.getByText('96 × 64 → 192 × 128').waitFor();
    await page.getByText('AAC mono').waitFor();
    await page.getByAltText('A frame of Ferien & Meer.mp4').waitFor();
    await page.getByRole('slider', { name: 'Moment of the video' }).waitFor();
    await page.getByText('Ferien & Meer-clearcut-2x.mp4').waitFor();
    expect(await page.title()).toBe('Ferien & Meer.mp4 – Clearcut');

    // The size of the result, by keyboard: the name and the picture's size follow.
    const size = page.getByRole('group', { name: 'Size of the result' });
    await size.getByRole('radio', { name: 'Fit to…' }).press('Space');
    await page.getByRole('combobox', { name: 'Fit to' }).selectOption('own');
    await page.getByLabel('Width').fill('150');
    await page.getByLabel('Height').fill('');
    await page.getByText('96 × 64 → 150 × 100').waitFor();
    await page.getByText('Ferien & Meer-clearcut-150w.mp4').waitFor();
    await page.getByLabel('Width').fill('3');
    await page.getByRole('alert').getByText('Enter a width or a height').waitFor();
    expect(await page.getByRole('button', { name: 'Export', exact: true }).isDisabled()).toBe(true);
    await size.getByRole('radio', { name: '×2' }).press('Space');
    await page.getByText('Ferien & Meer-clearcut-2x.mp4').waitFor();
    await page.locator('summary', { hasText: 'Network' }).click();
    const network = page.getByRole('group', { name: 'Network' });
    await network.getByRole('radio', { name: 'Light' }).check();
    expect(await page.getByLabel('Preset', { exact: true }).inputValue()).toBe('');
    await network.getByRole('radio', { name: 'Automatic' }).check();

    const codec = page.getByRole('combobox', { name: 'Codec', exact: true });
    await codec.selectOption('hevc');
    await codec.selectOption('h264');
    await page.getByRole('slider', { name: 'Quality (CRF)', exact: true }).waitFor();
    const preset = page.getByRole('combobox', { name: 'Preset', exact: true });
    expect(await preset.inputValue()).toBe('enhance-2x');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor({ timeout: 100_000 });
    expect(await page.title()).toBe('Done – Ferien & Meer.mp4 – Clearcut');
    await page.getByRole('slider', { name: 'Compare before and after' }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Ferien & Meer-clearcut-2x.mp4');
    const saved = join(folder, 'downloaded.mp4');
    await download.saveAs(saved);
    const { streams } = await ffprobe(saved, '-show_streams', '-count_packets');
    expect(streams).toMatchObject([
      { codec_name: 'h264', width: 192, height: 128, nb_read_packets: '30' },
      { codec_name: 'aac' },
    ]);
    expect(await readdir(server.results)).toContain('Ferien & Meer-clearcut-2x.mp4');
  });

  it('goes on with the same file: a free name, pause and cancel by keyboard, back to the settings', async () => {
    const { page } = browsing;
    await page.getByRole('button', { name: 'Another video' }).click();
    const clip = await makeClip(join(folder, 'long.mp4'), { width: 320, height: 240, rate: 25, seconds: 30 });
    await choose(clip);
    await page.getByText('320 × 240 → 640 × 480').waitFor();
    await page.getByText('long-clearcut-2x.mp4').waitFor();
    const start = page.getByRole('button', { name: 'Export', exact: true });
    await start.focus();
    await page.keyboard.press('Enter');
    const bar = page.getByRole('progressbar', { name: 'Export' });
    await bar.waitFor();
    // The focus goes with the panel that took the button's place.
    await page
      .locator('h2:focus')
      .and(page.getByText(/Waiting|Starting|Preparing|Enhancing/))
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).and(page.locator(':enabled')).press('Space');
    await page.getByRole('heading', { name: 'Paused' }).waitFor();
    expect(await bar.getAttribute('aria-valuetext')).toMatch(/^paused/);
    await page.getByRole('button', { name: 'Continue' }).press('Enter');
    await page.getByRole('heading', { name: 'Enhancing' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    await start.waitFor();
    await page.locator('h2:focus').and(page.getByText('Settings')).waitFor({ state: 'attached' });
    expect(await readdir(server.results)).not.toContain('long-clearcut-2x.mp4');
  });

  it('says in plain words what is wrong with a file', async () => {
    const { page } = browsing;
    const text = join(folder, 'notes.mp4');
    await writeFile(text, 'These are not pictures.\n');
    await choose(text);
    await page.getByRole('alert').getByText('notes.mp4 is no video or image').waitFor();
    const cut = await makeClip(join(folder, 'cut.mp4'));
    await truncate(cut, 3000);
    await choose(cut);
    await page.getByRole('alert').getByText('cut.mp4 is cut off or damaged').waitFor();
  });

  it('asks no other server for anything, and breaks no rule of its own', () => {
    const foreign = browsing.requests.filter(
      (url) => !url.startsWith(`${server.origin}/`) && !url.startsWith('blob:') && !url.startsWith('data:'),
    );
    expect(foreign).toEqual([]);
    expect(browsing.complaints).toEqual([]);
  });

  it('takes its uploads with it when it ends', async () => {
    expect(await readdir(temporary)).not.toEqual([]);
    server.cli.child.kill('SIGINT');
    expect(await server.cli.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(temporary)).toEqual([]);
    await expect(
      new Promise((resolve, reject) => get(server.origin, resolve).on('error', reject)),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
