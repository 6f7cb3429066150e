import { z } from 'zod';
import type { MediaInfo } from '../../shared';
import { ticksToSeconds } from '../frames';
import { inputArguments, runTool } from './child';
import type { MediaTools } from './tools';

const TIMEOUT_MS = 60_000;
/** Packets are read from so long before the stated end: the last of them may stand long, or the end be wrong by the sound's. */
const TAIL_SECONDS = 5;

/** Seconds after where reading begins: some builds take an end that is left out for the beginning. */
const FOR_EVER = '+1000000';

const packetsSchema = z.object({
  packets: z.array(z.object({ pts: z.number().optional(), flags: z.string().default('') })).default([]),
});

/** Seconds from a video's first frame to its last, as its packets say; null where they say nothing. */
export async function lastFrame(
  tools: MediaTools,
  { path, video, durationSeconds }: MediaInfo,
  signal?: AbortSignal,
): Promise<number | null> {
  const { index, timeBase, startPts } = video;
  const first = startPts ?? 0;
  const length = video.durationSeconds ?? durationSeconds ?? 0;
  const late = Math.max(0, ticksToSeconds(first, timeBase) + length - TAIL_SECONDS);
  for (const from of late > 0 ? [late, 0] : [0]) {
    const said = await runTool(
      tools.ffprobe,
      [
        ...['-v', 'error', '-of', 'json', '-select_streams', String(index)],
        ...['-show_entries', 'packet=pts,flags', '-read_intervals', `${from.toFixed(3)}%${FOR_EVER}`],
        ...inputArguments(path),
      ],
      { signal, timeoutMs: TIMEOUT_MS },
    );
    const { packets } = packetsSchema.parse(JSON.parse(said.toString('utf8')));
    // An edit list hides some.
    const times = packets.flatMap(({ pts, flags }) => (flags.includes('D') ? [] : (pts ?? [])));
    // Packets come in the order of decoding.
    const last = times.reduce((latest, pts) => Math.max(latest, pts), -Infinity);
    if (last >= first) return ticksToSeconds(last - first, timeBase);
  }
  return null;
}
