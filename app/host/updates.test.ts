import { describe, expect, it } from 'vitest';
import { findUpdate } from './updates';

const answering =
  (body: unknown, status = 200) =>
  async (): Promise<Response> =>
    new Response(JSON.stringify(body), { status });

describe('a look for a newer version', () => {
  it.each([
    ['1.2.3', '1.2.3', null],
    ['1.2.3', '1.2.4', '1.2.4'],
    ['1.2.3', '1.10.0', '1.10.0'],
    ['2.0.0', '1.9.9', null],
  ])('from %s finds %s: %s', async (current, version, newer) => {
    expect(await findUpdate('https://example.com/latest', current, answering({ version }))).toEqual({
      current,
      newer,
    });
  });

  it('says that it failed where there is no answer, or none that means something', async () => {
    for (const ask of [
      answering({}, 404),
      answering({ version: 7 }),
      () => Promise.reject(new Error('offline')),
    ]) {
      await expect(findUpdate('https://example.com/latest', '1', ask)).rejects.toMatchObject({
        code: 'tool-failed',
      });
    }
  });
});
