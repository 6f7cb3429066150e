import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

const CANDIDATES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Debian's Chromium, or null where there is none: tests that need it are then skipped. */
export const chromiumPath = CANDIDATES.find((path) => path !== undefined && existsSync(path)) ?? null;

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browsing {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What must not happen: script errors, console errors, anything that the content policy refused. */
  readonly complaints: string[];
  /** Addresses that pages asked for. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A browser of its own, with a profile that is removed afterwards. */
export async function browse(
  options: BrowserContextOptions = {},
  args: readonly string[] = ARGUMENTS,
): Promise<Browsing> {
  const profile = await mkdtemp(join(tmpdir(), 'clearcut-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath ?? '',
    args: [...args],
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const complaints: string[] = [];
  const requests: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.text()} ${message.location().url}`.trim());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('request', (request) => requests.push(request.url()));
  // As text: it runs in the page, whose names this file doesn't know.
  await context.addInitScript(`
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error('Content policy: ' + event.violatedDirective + ' ' + event.blockedURI);
    });
  `);
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    context,
    page,
    complaints,
    requests,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
