import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds wrong with a page that keeps people out: rule and element, one a line. */
export async function seriousProblems(page: Page): Promise<string[]> {
  // As an expression of the debugger's: the page's own policy lets no foreign script in.
  await page.evaluate(await readFile(source, 'utf8'));
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
