import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearcut, leftovers, type CliResult } from '../support/cli';
import { ffmpeg, ffprobe, makeClip, temporaryFolder } from '../support/media';
import { expectRefusal } from '../support/refusal';
import { finishedSegments } from '../support/segments';

const execute = promisify(execFile);

let folder: string;
let cleanUp: () => Promise<void>;
let clip: string;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  clip = await makeClip(join(folder, 'clip.mp4'));
});
afterAll(() => cleanUp());

const at = (name: string): string => join(folder, name);

describe('bad input to clearcut run', () => {
  const refused = (input: string, output: string, ...more: string[]): Promise<CliResult> =>
    clearcut('run', input, '-o', output, '--enhance', '2', ...more);

  it('is refused with one line that names it', async () => {
    await writeFile(at('text.mp4'), 'I am a text file.\n'.repeat(100));
    await writeFile(at('empty.mp4'), '');
    await mkdir(at('no-media'), { recursive: true });
    await ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', at('sound.m4a'));
    await copyFile(clip, at('cut.mp4'));
    await truncate(at('cut.mp4'), Math.floor((await stat(clip)).size * 0.6));
    const output = at('never.mp4');
    for (const [input, naming, code] of [
      [at('nowhere.mp4'), 'nowhere.mp4', 2],
      [at('text.mp4'), 'text.mp4', 2],
      [at('empty.mp4'), 'empty.mp4', 2],
      [at('sound.m4a'), 'sound.m4a', 2],
      [at('cut.mp4'), 'cut.mp4', 1],
      [at('no-media'), 'no-media', 2],
    ] as const) {
      expectRefusal(await refused(input, output), code, naming);
      expect(await leftovers(output)).toEqual([]);
    }
    await copyFile(clip, at('secret.mp4'));
    await chmod(at('secret.mp4'), 0);
    // Root may read anything.
    if (process.getuid?.() !== 0) expectRefusal(await refused(at('secret.mp4'), output), 2, 'no permission');
  });

  it('is told with what was probably meant', async () => {
    for (const [args, meant] of [
      [['--enhence', '2'], 'Did you mean --enhance?'],
      [['--segment', 'person,persn'], 'Did you mean person?'],
      [['--segment', 'Cars'], 'Did you mean car?'],
      [['--output', 'cutuot'], 'Did you mean cutout?'],
      [['--codec', 'x264'], 'Did you mean h264?'],
      [['--preset', 'enhance2x'], 'did you mean enhance-2x?'],
    ] as const)
      expectRefusal(await clearcut('run', clip, '-o', at('never.mp4'), ...args), 2, meant);
    expect((await refused(clip, at('never.mp4'), '--codec', 'mpeg1')).stderr).not.toContain('Did you mean');
  });

  it('is refused where the output cannot be', async () => {
    expectRefusal(await refused(clip, clip, '--overwrite'), 2, 'clip.mp4');
    await writeFile(at('taken.mp4'), 'mine');
    expectRefusal(await refused(clip, at('taken.mp4')), 2, 'taken.mp4');
    expect(await readFile(at('taken.mp4'), 'utf8')).toBe('mine');
    expectRefusal(await refused(clip, join(clip, 'below.mp4')), 2, 'clip.mp4');
    expectRefusal(await refused(clip, at('strange.xyz')), 2, 'xyz');
    expectRefusal(await refused(clip, '/proc/clearcut/out.mp4'), 2, '/proc/clearcut');
    const readonly = at('read-only');
    await mkdir(readonly);
    await chmod(readonly, 0o500);
    // Root may write anywhere.
    if (process.getuid?.() !== 0)
      expectRefusal(await refused(clip, join(readonly, 'out.mp4')), 2, 'read-only');
  });

  it('is refused for options that mean nothing', async () => {
    for (const args of [
      ['--codec', 'mpeg1'],
      ['--crf', 'x'],
      ['--preset', 'nope'],
      ['--start', '9'],
      ['--start', '1', '--end', '0.5'],
      ['--backend', 'quantum'],
      ['--backend', 'webgpu'],
    ]) {
      const result = await refused(clip, at('never.mp4'), ...args);
      expect({ args, code: result.code, stack: /\bat .*:\d+:\d+/.test(result.stderr) }).toEqual({
        args,
        code: 2,
        stack: false,
      });
    }
    expect((await clearcut('run', clip, '-o', at('never.mp4'))).code).toBe(2);
    expect((await clearcut('run', clip, '-o', at('never.mp4'), '--enhance', '7')).code).toBe(2);
    expect((await clearcut('run')).code).toBe(2);
    expect((await clearcut('no-such-command')).code).toBe(2);
    expect(await leftovers(at('never.mp4'))).toEqual([]);
  });

  it('is answered with exit code 1 on a disk that fills up, keeping finished segments for a resume', async (context) => {
    // Room for the first segment of 250 frames (7.7 MB), not for the hundred after it.
    const disk = at('small-disk');
    await mkdir(disk);
    try {
      await execute('mount', ['-t', 'tmpfs', '-o', 'size=9m', 'tmpfs', disk]);
    } catch {
      context.skip('needs the right to mount a small disk');
    }
    try {
      const source = await makeClip(at('busy.mp4'), {
        width: 192,
        height: 128,
        seconds: 14,
        rate: 25,
        sound: false,
      });
      const output = join(disk, 'out.mkv');
      const result = await refused(source, output, '--codec', 'ffv1', '--quality', 'light');
      // Told beforehand, too: as soon as the first segment showed how large the result would be.
      const [warning = '', ...refusal] = result.stderr.split('\n');
      expect(warning).toContain('The disk may fill up: the result will take about');
      expectRefusal({ ...result, stderr: refusal.join('\n') }, 1, 'disk');
      expect(await readdir(disk)).toEqual(['.out.mkv.clearcut']);
      expect(await finishedSegments(output)).toBeGreaterThan(0);
      await execute('mount', ['-o', 'remount,size=80m', disk]);
      const args = ['--codec', 'ffv1', '--quality', 'light', '--resume', '--json'];
      const again = await refused(source, output, ...args);
      expect(again).toMatchObject({ code: 0 });
      const { jobs } = JSON.parse(again.stdout) as { jobs: { result: { framesThisRun: number } }[] };
      expect(jobs[0]?.result.framesThisRun).toBeLessThan(14 * 25);
      const { streams } = await ffprobe(output, '-show_streams', '-count_packets');
      expect(streams?.[0]).toMatchObject({ nb_read_packets: String(14 * 25) });
    } finally {
      await execute('umount', [disk]);
    }
  });
});
