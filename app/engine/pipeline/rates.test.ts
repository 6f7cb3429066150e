import { stat } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../../tests/support/scratch';
import { ffmpeg, frameHashes } from '../../../tests/support/media';
import { job } from '../../../tests/support/segment-jobs';
import type { JobRequest, StageRequest } from '../../shared';

const at = scratchFolder();
const SMOOTH: StageRequest = { kind: 'interpolate', factor: 2, method: 'motion' };
const plain = { stages: [SMOOTH] } as const;

describe('a result of a wanted size', () => {
  let clip: string;
  beforeAll(async () => {
    clip = at('calm-then-wild.mkv');
    // Four seconds that cost little, then eight of noise: 600 frames of the result, three segments.
    const noise = "noise=alls=10:allf=t,noise=alls=60:allf=t:enable='gt(t,4)'";
    const video = ['-f', 'lavfi', '-i', `testsrc2=size=96x64:rate=25:duration=12,${noise}`];
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=12', '-c:a', 'aac', '-b:a', '64k'];
    await ffmpeg(...video, ...sound, '-c:v', 'libx264', '-crf', '12', clip);
  });

  it.each(['h264', 'hevc'] as const)(
    'comes near it in %s, calm parts paying for wild ones',
    async (codec) => {
      const wish = 400_000;
      const facts = await job(clip, at(`${codec}.mkv`), {}, { ...plain, codec, targetSize: wish });
      expect(facts.sizeBytes).toBe((await stat(at(`${codec}.mkv`))).size);
      expect(facts.sizeBytes / wish).toBeGreaterThan(0.85);
      expect(facts.sizeBytes / wish).toBeLessThan(1.05);
    },
  );

  it('is the same in a run that was broken off', async () => {
    const more: Partial<JobRequest> = { ...plain, codec: 'h264', targetSize: 400_000 };
    await job(clip, at('whole.mkv'), {}, more);
    const abort = new AbortController();
    const broken = job(clip, at('broken.mkv'), {}, more, abort, (_frames, _new, { frames }) => {
      if (frames >= 250) abort.abort();
    });
    await expect(broken).rejects.toMatchObject({ code: 'cancelled' });
    const rest = await job(clip, at('broken.mkv'), {}, more);
    expect(rest.framesThisRun).toBeLessThan(600);
    expect(await frameHashes(at('broken.mkv'))).toBe(await frameHashes(at('whole.mkv')));
  });

  it('follows a bit rate', async () => {
    const sizes = await Promise.all(
      [200_000, 400_000].map(
        async (bitrate) =>
          (await job(clip, at(`${bitrate}.mkv`), {}, { ...plain, codec: 'h264', bitrate })).sizeBytes,
      ),
    );
    const [less = 0, more = 0] = sizes;
    expect((more - less) / ((200_000 * 12) / 8)).toBeGreaterThan(0.7);
    expect((more - less) / ((200_000 * 12) / 8)).toBeLessThan(1.3);
  });

  it('is refused where it can’t be', async () => {
    const asked = (more: Partial<JobRequest>, output: string): Promise<unknown> =>
      job(clip, at(output), {}, { ...plain, codec: 'h264', ...more });
    await expect(asked({ targetSize: 50_000 }, 'small.mkv')).rejects.toThrow(
      /50\.0 kB is too little for 12 s: ask for/,
    );
    await expect(asked({ targetSize: 1e6, codec: 'ffv1' }, 'exact.mkv')).rejects.toThrow(
      /choose --codec h264/,
    );
    await expect(asked({ bitrate: 1e6 }, 'pictures/%d.png')).rejects.toThrow(/leave out --bitrate/);
  });
});
