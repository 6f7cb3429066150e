import { writeFile } from 'node:fs/promises';
import { throwIfCancelled, UserError, type JobRequest } from '../../shared';
import { FramePool, type Frame } from '../frames';
import { framePicture, openDecoder } from '../media';
import { choicesOf, displayOf } from './open-stages';
import type { RunFacts } from './run-events';
import { backendOf, decodable, openAll, type RunContext } from './run-video';
import { Stopwatch } from './stopwatch';
import { chained, DECODED_FRAMES } from './write-segments';

/**
 * The first frame of a job, by the same decoder, stages and validator as the whole, as a picture: no segments, and no more
 * frames than it takes.
 *
 * @throws UserError, CancelledError
 */
export async function runFirstFrame(
  request: JobRequest,
  maxWidth: number,
  context: RunContext,
): Promise<RunFacts> {
  const { tools, info, events } = context;
  const decoding = decodable(info, request);
  const notes = [...info.notes, ...decoding.notes];
  const opened = await openAll(request, context, decoding, (note) => {
    notes.push(note);
    events.note(note);
  });
  const stopwatch = new Stopwatch();
  // What is still under way when the frame is there is of no use.
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  try {
    events.chose(choicesOf(opened));
    const neighbours = opened.reduce((sum, { plan: { window } }) => sum + window.past + window.future, 0);
    const plain = neighbours === 0 && opened.every(({ plan }) => plan.rate === 1 && !plan.finds);
    const { stream, pixelFormat, filter } = decoding;
    const decoder = openDecoder(tools, info, {
      ...{ stream, pixelFormat, filter, signal, pool: new FramePool(stream, DECODED_FRAMES) },
      // Without a look at other frames no cut before them matters.
      alone: plain && !info.video.variableFrameRate,
      ...(request.start === undefined ? {} : { start: request.start }),
      ...(request.end === undefined ? {} : { end: request.end }),
    });
    const decoded = atMost(1 + neighbours, stopwatch.iterate('decode', decoder));
    const parts = { decoding, opened, stopwatch };
    for await (const frame of chained(request, parts, decoded, null)) {
      try {
        const { width, height } = frame.stream;
        events.finishing();
        const display = displayOf(opened, info.video);
        const bytes = await stopwatch.time('encode', () =>
          framePicture(tools, frame, { display, maxWidth, signal }),
        );
        throwIfCancelled(signal);
        await writeFile(request.output, bytes, { flag: 'wx' });
        return {
          ...{ width, height, files: [request.output], sizeBytes: bytes.length },
          ...{ frames: 1, framesThisRun: 1 },
          backend: backendOf(opened),
          choices: choicesOf(opened),
          notes: [...new Set(notes)],
          stopwatch,
        };
      } finally {
        frame.release();
        stop.abort();
      }
    }
    throw new UserError(
      'no-video',
      `${info.path} has no frames in the chosen range: check --start and --end.`,
    );
  } finally {
    for (const { stage } of opened) await stage.close();
  }
}

async function* atMost(count: number, frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  let left = count;
  for await (const frame of frames) {
    yield frame;
    left -= 1;
    if (left === 0) return;
  }
}
