import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Previews } from './previews';

describe('files of previews', () => {
  it('go where the job came to nothing before its number was known', async () => {
    const previews = new Previews();
    let folder = '';
    const id = await previews.begin('preview.mp4', async (output) => {
      folder = dirname(output);
      previews.hear({ type: 'failed', jobId: 'a', error: { code: 'bad-result', message: 'Black.' } });
      return 'a';
    });
    expect(previews.has(id)).toBe(false);
    await expect(access(folder)).rejects.toMatchObject({ code: 'ENOENT' });
    // What is told of it later finds nothing any more, and numbers are not kept.
    expect(previews.hear({ type: 'cancelled', jobId: 'a' })).toBe(false);
    expect(await previews.begin('preview.mp4', async () => 'a')).toBe('a');
    expect(previews.has('a')).toBe(true);
    await previews.remove();
  });
});
