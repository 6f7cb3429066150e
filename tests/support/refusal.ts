import { expect } from 'vitest';
import type { CliResult } from './cli';

/** The refusals that users see: one line that names the file, no stack trace, nothing left behind. */
export function expectRefusal(result: CliResult, code: number, naming: string): void {
  expect({ code: result.code, stderr: result.stderr }).toMatchObject({ code });
  const lines = result.stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(naming);
  expect(lines[0]).toMatch(/^clearcut: .*[a-z].*[.)]$/);
  expect(result.stderr).not.toMatch(/\bat .*:\d+:\d+/);
}
