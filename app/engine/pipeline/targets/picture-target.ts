import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { throwIfCancelled, type Rational } from '../../../shared';
import { ticksToSeconds } from '../../frames';
import { openPictureEncoder, packetsOf, type PictureKind } from '../../media';
import { numberedName, numberPattern } from '../numbered-files';
import { putInPlace } from '../result-file';
import type { SegmentStore } from '../segment-store';
import type { SegmentFile } from '../segment-writer';
import type { Target, TargetContext, Written } from './target';

const PICTURES = 'pictures';

/** The file that keeps the times of frames that don't come at a steady rate. */
const TIMES = 'frames.ffconcat';

/** Files of segments whose packets are pictures. */
export function pictureFiles(context: TargetContext, kind: PictureKind): SegmentFile[] {
  const { stream, display, signal } = context;
  const { rotation, sampleAspectRatio } = display;
  const options = { kind, stream, rotation, sampleAspectRatio, signal };
  return [
    {
      role: PICTURES,
      extension: `${kind}.nut`,
      open: (path) => openPictureEncoder({ ...options, path }),
    },
  ];
}

/** Pictures of all segments in order, with their times in ticks of the stream. */
export async function* storedPictures(
  store: SegmentStore,
  { stream, signal }: TargetContext,
): AsyncGenerator<{ readonly pts: number; readonly data: Uint8Array }> {
  for (const segment of store.segments) {
    const path = store.fileOf(segment, PICTURES);
    if (path === undefined) throw new Error('A segment without pictures.');
    for await (const packet of packetsOf(path, segment, stream)) {
      throwIfCancelled(signal);
      yield packet;
    }
  }
}

/** What of the source can't go along into pictures. */
export function pictureNotes({ info, stream }: TargetContext, name: string): string[] {
  const others =
    info.others.length > 0
      ? [`Sound and all else but the picture stay behind: ${name} can't hold them.`]
      : [];
  const hdr = info.video.hdr
    ? [`The pictures keep the HDR video's codes, but ${name} can't say so: viewers will show them pale.`]
    : [];
  return [
    ...others,
    ...hdr,
    ...(stream.format.bitDepth > 8 ? ['The pictures have 16 bits per channel.'] : []),
  ];
}

/** A picture for each frame, numbered from 1 by the output's pattern. */
export function pictureTarget(context: TargetContext): Target {
  return {
    notes: pictureNotes(context, 'pictures'),
    files: pictureFiles(context, 'png'),
    finish: (store) => finish(store, context),
  };
}

async function finish(store: SegmentStore, context: TargetContext): Promise<Written> {
  const { request, stream } = context;
  const pattern = request.output;
  const folder = dirname(pattern);
  const made = store.pathOf('pictures.part');
  await rm(made, { recursive: true, force: true });
  await mkdir(made);
  const times: number[] = [];
  let sizeBytes = 0;
  for await (const { pts, data } of storedPictures(store, context)) {
    await writeFile(join(made, numberedName(basename(pattern), times.length + 1)), data);
    times.push(pts);
    sizeBytes += data.length;
  }
  if (request.overwrite) await removeOld(folder, basename(pattern));
  const files: string[] = [];
  for (const index of times.keys()) {
    const name = numberedName(basename(pattern), index + 1);
    await putInPlace(join(made, name), join(folder, name), request.overwrite);
    files.push(join(folder, name));
  }
  const end = store.segments.at(-1)?.endPts ?? 0;
  if (isSteady([...times, end], stream.timeBase)) return { files, sizeBytes, notes: [] };
  const listing = join(made, TIMES);
  await writeFile(listing, concatListing(basename(pattern), [...times, end], stream.timeBase));
  sizeBytes += (await stat(listing)).size;
  await putInPlace(listing, join(folder, TIMES), request.overwrite);
  return {
    files: [...files, join(folder, TIMES)],
    sizeBytes,
    notes: [`The frame rate varies: ${TIMES} keeps how long each picture is shown (ffmpeg reads it).`],
  };
}

/** Times are rounded to milliseconds in many files: so much may they be off a steady rate. */
const ROUNDING_SECONDS = 0.002;

/** Whether frames come at a steady rate, give or take what files round times by. */
function isSteady(times: readonly number[], timeBase: Rational): boolean {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const step = (last - first) / (times.length - 1);
  return times.every(
    (time, index) => Math.abs(ticksToSeconds(time - first - index * step, timeBase)) <= ROUNDING_SECONDS,
  );
}

/** Pictures of an earlier result, of which this one may have fewer. */
async function removeOld(folder: string, pattern: string): Promise<void> {
  const own = numberPattern(pattern);
  for (const name of await readdir(folder)) if (own.test(name)) await rm(join(folder, name));
}

/** A script for ffmpeg's concat demuxer: every picture and for how long it is shown. */
function concatListing(pattern: string, times: readonly number[], timeBase: Rational): string {
  const lines = ['ffconcat version 1.0'];
  for (let index = 0; index + 1 < times.length; index++) {
    const duration = ticksToSeconds((times[index + 1] ?? 0) - (times[index] ?? 0), timeBase);
    const name = numberedName(pattern, index + 1).replaceAll("'", "'\\''");
    lines.push(`file '${name}'`, `duration ${duration.toFixed(6)}`);
  }
  return `${lines.join('\n')}\n`;
}
