import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileUrl, inputArguments, runTool } from './child';
import { QUIET } from './ffmpeg-flags';
import { rangeArguments, type MuxPlan, type Traveller } from './mux-plan';
import type { MediaTools } from './tools';

/** Files that are made from the source and put into the result beside it. */
export interface Companions {
  readonly covers: readonly Cover[];
  readonly subtitles: Subtitles | null;
}

export interface Cover {
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Cover pictures as files of their own: Matroska keeps them as attachments, which ffmpeg takes from files alone. */
async function extractCovers(
  tools: MediaTools,
  plan: MuxPlan,
  travellers: readonly Traveller[],
): Promise<Cover[]> {
  const covers: Cover[] = [];
  for (const { stream, carriage } of travellers) {
    if (carriage.kind !== 'attach') continue;
    const extension = stream.codec_name === 'mjpeg' ? 'jpg' : (stream.codec_name ?? 'png');
    const picture = await runTool(
      tools.ffmpeg,
      [
        ...QUIET,
        ...inputArguments(plan.info.path),
        ...['-map', `0:${stream.index}`, '-c', 'copy', '-frames:v', '1', '-f', 'image2pipe', 'pipe:1'],
      ],
      { signal: plan.signal },
    );
    const path = join(dirname(plan.part), `cover-${stream.index}.${extension}`);
    await writeFile(path, picture);
    const tags = {
      mimetype: extension === 'jpg' ? 'image/jpeg' : `image/${extension}`,
      filename: `cover.${extension}`,
      ...stream.tags,
    };
    covers.push({ path, tags });
  }
  return covers;
}

/** Subtitle streams of the source, by index, in a file of their own in that order. */
export interface Subtitles {
  readonly path: string;
  readonly indices: readonly number[];
}

/**
 * Subtitles that are converted, cut to the range first: ffmpeg leaves copied packets from before the
 * start out, but converted ones put all that follow out of place.
 */
async function trimSubtitles(
  tools: MediaTools,
  plan: MuxPlan,
  origin: number,
  travellers: readonly Traveller[],
): Promise<Subtitles | null> {
  if (plan.start === undefined) return null;
  const converted = travellers.filter(
    ({ stream, carriage }) => carriage.kind === 'convert' && stream.codec_type === 'subtitle',
  );
  if (converted.length === 0) return null;
  // Matroska holds all text subtitles but MP4's own kind, which come from MP4 files alone.
  const muxer = converted[0]?.stream.codec_name === 'mov_text' ? 'mp4' : 'matroska';
  const path = join(dirname(plan.part), 'subtitles.part');
  await runTool(
    tools.ffmpeg,
    [
      ...[...QUIET, '-y'],
      ...inputArguments(plan.info.path, ['-seek_timestamp', '1', ...rangeArguments(plan, origin)]),
      ...converted.flatMap(({ stream }) => ['-map', `0:${stream.index}`]),
      ...['-c', 'copy', '-copypriorss', '0', '-f', muxer, fileUrl(path)],
    ],
    { signal: plan.signal },
  );
  return { path, indices: converted.map(({ stream }) => stream.index) };
}

/** Runs `work` with the companions that the result needs, and removes them after. */
export async function withCompanions(
  tools: MediaTools,
  plan: MuxPlan,
  origin: number,
  travellers: readonly Traveller[],
  work: (companions: Companions) => Promise<void>,
): Promise<void> {
  const made: string[] = [];
  try {
    const covers = await extractCovers(tools, plan, travellers);
    made.push(...covers.map(({ path }) => path));
    const subtitles = await trimSubtitles(tools, plan, origin, travellers);
    if (subtitles) made.push(subtitles.path);
    await work({ covers, subtitles });
  } finally {
    for (const path of made) await rm(path, { force: true });
  }
}
