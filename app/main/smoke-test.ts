import { app } from 'electron';
import { toErrorData } from '../shared';
import type { Desktop } from './desktop';

/** What a package needs to be one: the window, the engine with its kernels, ffmpeg, and networks. */
export async function smokeTest(desktop: Desktop): Promise<void> {
  const smoke = await desktop.look().then(
    ({ facts, models }) => ({
      ok: models.length > 0 && !/reference/i.test(facts.backend.description),
      backend: facts.backend.description,
      ffmpeg: facts.ffmpeg.version,
      models: models.length,
    }),
    (error: unknown) => ({ ok: false, error: toErrorData(error) }),
  );
  process.stdout.write(`${JSON.stringify({ smoke })}\n`);
  app.exit(smoke.ok ? 0 : 1);
}
