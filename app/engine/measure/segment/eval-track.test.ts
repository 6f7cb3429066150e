import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  box,
  context,
  DOG,
  finder,
  folderForAll,
  found,
  HEIGHT,
  opening,
  paint,
  PERSON,
  WIDTH,
} from '../../../../tests/support/made-up-finder';
import { CancelledError, type EvalTrackRequest } from '../../../shared';
import { evalTrack } from './eval-track';
import type { Finder } from './finder';

const at = folderForAll();

describe('the evaluation of tracks', () => {
  const FRAMES = 8;
  const evaluate = (
    request: Partial<EvalTrackRequest>,
    by: Finder | null = null,
  ): ReturnType<typeof evalTrack> =>
    evalTrack({ directory: at('video'), ...request }, context(), opening(by));

  beforeAll(async () => {
    for (const sequence of ['run', 'walk']) {
      for (const name of ['frames', 'masks']) await mkdir(at('video', sequence, name), { recursive: true });
      for (let frame = 0; frame < FRAMES; frame++) {
        await paint(at('video', sequence, 'frames', `0${frame}.png`));
        await paint(at('video', sequence, 'masks', `0${frame}.png`), [frame, 10, 20, 20]);
      }
    }
  });

  it('gives exactly 1 for the true masks themselves, in a folder of sequences and in one', async () => {
    await mkdir(at('copies'));
    const perfect = { mean: 1, recall: 1, decay: 0 };
    const facts = { frames: FRAMES, width: WIDTH, height: HEIGHT, tracks: 0 };
    const nothing = { best: null, together: null, switches: null, secondsPerFrame: null };
    const { sequences } = await evaluate({
      directory: at('video', 'run'),
      masks: at('video', 'run', 'masks'),
    });
    expect(sequences).toEqual([
      { name: 'run', ...facts, ...nothing, union: { j: perfect, f: perfect, flicker: 0 } },
    ]);
    for (const sequence of ['run', 'walk']) {
      await mkdir(at('copies', sequence));
      for (let frame = 0; frame < FRAMES; frame++)
        await paint(at('copies', sequence, `0${frame}.png`), [frame, 10, 20, 20]);
    }
    const several = await evaluate({ masks: at('copies') });
    expect(several.sequences.map(({ name, union }) => [name, union.j.mean])).toEqual([
      ['run', 1],
      ['walk', 1],
    ]);
  });

  it('compares the track that fits best, the best ones together, and all', async () => {
    // A person whose left half is track 5, whose right half 6; a dog far off is track 1. Lost as 5 in frame 4, it is 9 then.
    const network = finder((_, index) => {
      const frame = index % FRAMES;
      return [
        found(DOG, box(40, 0, 10, 5), { track: 1 }),
        found(PERSON, box(frame, 10, 15, 20), { track: frame === 4 ? 9 : 5, outlier: frame === 2 }),
        found(PERSON, box(frame + 15, 10, 5, 20), { track: 6 }),
      ];
    });
    const { method, sequences } = await evaluate({ directory: at('video', 'run') }, network);
    expect(method).toBe('a made-up network');
    const [run] = sequences;
    expect(run).toMatchObject({ tracks: 4, switches: 2 });
    expect(run?.best).toMatchObject({ track: 5, className: 'person', flaggedJ: 0.75 });
    expect(run?.best?.flagged).toBeCloseTo(1 / 7, 12);
    expect(run?.best?.j.mean).toBeCloseTo((7 * 0.75) / 8, 12);
    expect(run?.best?.j.recall).toBe(7 / 8);
    expect(run?.together?.j.mean).toBe(1);
    expect(run?.together?.flicker).toBe(0);
    expect(run?.union.j.mean).toBeCloseTo(400 / 450, 12);
    expect(run?.secondsPerFrame).toBeGreaterThanOrEqual(0);
    expect(network.closed).toBe(true);
  });

  it('has an answer where nothing is found', async () => {
    const { sequences } = await evaluate(
      { directory: at('video', 'run') },
      finder(() => []),
    );
    expect(sequences[0]).toMatchObject({ tracks: 0, switches: 0, best: null });
    expect(sequences[0]?.union).toMatchObject({ j: { mean: 0, recall: 0 }, f: { mean: 0 } });
  });

  it('says what is missing, and stops when it is told to', async () => {
    await expect(evaluate({ directory: at('none') })).rejects.toMatchObject({ code: 'no-such-file' });
    await mkdir(at('pictures'));
    await expect(evaluate({ directory: at('pictures') })).rejects.toMatchObject({ code: 'no-media' });
    const stop = new AbortController();
    const network = finder(() => {
      stop.abort();
      return [];
    });
    await expect(
      evalTrack({ directory: at('video') }, context(stop.signal), opening(network)),
    ).rejects.toThrow(CancelledError);
    expect(network.closed).toBe(true);
  });
});
