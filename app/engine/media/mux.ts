import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CancelledError, UserError, type Rational } from '../../shared';
import { ticksToSeconds } from '../frames';
import { carriageOf } from './carriage';
import { startTool, ToolFailure } from './child';
import { withCompanions } from './companions';
import { diskFull, isFull } from './disk';
import { muxArguments } from './mux-arguments';
import { originOf, type MuxPlan, type OriginPlan } from './mux-plan';
import { ask, toOtherStream } from './probe';
import { joinSegments } from './segment-joiner';
import type { MediaTools } from './tools';

/**
 * Joins the segments and puts the source's other streams, chapters, attachments and metadata beside
 * them, all at the times that they had. Returns notes on what could not be carried, and why.
 * @throws UserError disk-full, tool-failed; CancelledError
 */
export async function muxResult(tools: MediaTools, plan: MuxPlan): Promise<string[]> {
  const { info, container, signal } = plan;
  const file = await ask(tools, info.path, signal);
  const travellers = file.streams
    .filter((stream) => stream.index !== info.video.index)
    .map((stream) => ({
      stream,
      carriage: carriageOf({
        stream: toOtherStream(stream),
        tag: stream.codec_tag_string ?? '',
        container,
        encoders: tools.encoders,
        slow: plan.slow ?? null,
      }),
    }));
  const origin = originOf(plan, file);
  await withCompanions(tools, plan, origin, travellers, (companions) =>
    run(tools, plan, origin, muxArguments(tools, plan, file, origin, travellers, companions)),
  ).catch(async (error: unknown) => {
    throw error instanceof ToolFailure ? await failureOf(plan, error) : error;
  });
  const notes = travellers.map(({ carriage }) =>
    carriage.kind === 'convert' || carriage.kind === 'drop' ? carriage.note : null,
  );
  return [...notes, ...containerNotes(plan)].filter((note) => note !== null);
}

/** Time, in ticks of the stream, that is zero in a result such as `muxResult` makes. */
export async function resultOrigin(
  tools: MediaTools,
  plan: OriginPlan & Pick<MuxPlan, 'signal'>,
): Promise<number> {
  const file = await ask(tools, plan.info.path, plan.signal);
  return originTicks(plan, originOf(plan, file));
}

function originTicks({ stream, slow }: OriginPlan, origin: number): number {
  return Math.round((origin * (slow?.factor ?? 1)) / ticksToSeconds(1, stream.timeBase));
}

function containerNotes(plan: MuxPlan): (string | null)[] {
  const { container, info, slow } = plan;
  const turned = info.video.rotation !== 0 && container !== 'mp4' && container !== 'mov';
  return [
    slow && info.chapters > 0
      ? 'Chapters could not be carried: their times are those of the unstretched video.'
      : null,
    turned
      ? `.${container} may not keep that the picture is turned: choose .mp4 or .mov if it lies on its side.`
      : null,
    container === 'avi' && info.video.variableFrameRate
      ? '.avi has one frame rate: frame times were rounded to it. Choose .mkv or .mp4 to keep them.'
      : null,
  ];
}

async function run(tools: MediaTools, plan: MuxPlan, origin: number, args: readonly string[]): Promise<void> {
  const { stream, segments, signal } = plan;
  const tool = startTool(tools.ffmpeg, args, ['pipe', 'ignore', 'pipe']);
  const stop = (): void => {
    tool.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const total = segments.reduce((sum, segment) => sum + segment.frames, 0);
    let done = 0;
    const packets = joinSegments(
      {
        segments,
        stream,
        sampleAspectRatio: plan.sampleAspectRatio ?? plan.info.video.sampleAspectRatio,
        origin: originTicks(plan, origin),
        timeBase: timeBaseOf(plan),
        countsFrames: plan.container === 'avi',
      },
      () => plan.onProgress?.(++done / total),
    );
    if (!tool.input) throw new Error('ffmpeg has no input.');
    const failure = await pipeline(Readable.from(packets), tool.input).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    // A broken pipe is explained by how ffmpeg ended; anything else is not ffmpeg's fault.
    if (failure !== null && !isBrokenPipe(failure)) tool.kill();
    const end = await tool.ended;
    if (signal.aborted) throw new CancelledError();
    if (failure !== null && !isBrokenPipe(failure)) throw failure;
    if (end.code !== 0) throw new ToolFailure(tools.ffmpeg, end, tool.stderr());
  } finally {
    signal.removeEventListener('abort', stop);
    tool.kill();
    await tool.ended;
  }
}

function isBrokenPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'EOF' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

async function failureOf(plan: MuxPlan, cause: ToolFailure): Promise<UserError> {
  const folder = dirname(dirname(plan.part));
  if (cause.diskFull || (await isFull(plan.part))) return diskFull(folder, cause);
  return new UserError(
    'tool-failed',
    `The result could not be put together as .${plan.container} (${cause.lastLine || `exit code ${cause.end.code}`}): try an output name that ends in .mkv; finished work is kept.`,
    { cause },
  );
}

/**
 * AVI counts frames; other containers get times in the stream's own unit, cut finer where it is so
 * coarse (a millisecond) that ffmpeg would misjudge the frame rate by it.
 */
function timeBaseOf({ container, stream }: MuxPlan): Rational {
  if (container === 'avi' && stream.frameRate)
    return { num: stream.frameRate.den, den: stream.frameRate.num };
  const { num } = stream.timeBase;
  let { den } = stream.timeBase;
  // NUT wants its time bases in lowest terms.
  while (den / num < 48_000 && num % 2 === 1) den *= 2;
  return { num, den };
}
