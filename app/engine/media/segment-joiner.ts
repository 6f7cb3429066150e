import { createReadStream } from 'node:fs';
import type { Rational } from '../../shared';
import { rescale, type StreamFormat } from '../frames';
import { nutFrameHead, nutHeader } from './nut-writer';
import { NutReader } from './nut-reader';
import type { SegmentFacts } from './segment-encoder';

export interface JoinPlan {
  readonly segments: readonly (SegmentFacts & { readonly path: string })[];
  /** Format of the segments' video. */
  readonly stream: StreamFormat;
  readonly sampleAspectRatio: Rational;
  /** Time of the source, in ticks of the stream, that becomes zero. Not later than the first frame. */
  readonly origin: number;
  /** Unit of the joined stream's times; a part of the stream's own keeps them all exactly. */
  readonly timeBase: Rational;
  /** Every frame gets a time of its own in a unit that may be too coarse for that; there are no reordered frames. */
  readonly countsFrames: boolean;
}

/**
 * The encoded packets of all segments as one NUT stream, each with its exact time: nothing is added
 * up on the way, so nothing drifts. The pieces have the same codec header, as they come from the same
 * encoder with the same settings.
 */
export async function* joinSegments(plan: JoinPlan, onFrame: () => void): AsyncGenerator<Uint8Array> {
  const { stream, sampleAspectRatio, timeBase } = plan;
  let extradata: Uint8Array | null = null;
  let last = -1;
  for (const segment of plan.segments) {
    const file = createReadStream(segment.path, { highWaterMark: 1 << 18 });
    try {
      const reader = new NutReader(file);
      const own = await reader.open();
      if (!own) throw new Error(`${segment.path} is empty.`);
      if (extradata === null) {
        ({ extradata } = own);
        const { width, height, frameRate } = stream;
        yield nutHeader({ ...own, width, height, frameRate, sampleAspectRatio, timeBase });
      } else if (Buffer.compare(extradata, own.extradata) !== 0) {
        throw new Error(`${segment.path} was encoded with other settings than the segments before it.`);
      }
      let first: number | null = null;
      for (let packet = await reader.next(); packet; packet = await reader.next()) {
        // A segment begins with its key frame, the first to be shown.
        first ??= packet.pts;
        const ticks =
          segment.firstPts + rescale(packet.pts - first, own.timeBase, stream.timeBase) - plan.origin;
        let pts = rescale(ticks, stream.timeBase, timeBase);
        if (plan.countsFrames && pts <= last) pts = last + 1;
        last = pts;
        const data = new Uint8Array(packet.size);
        await reader.read(data);
        yield nutFrameHead({ pts, size: packet.size, key: packet.key });
        yield data;
        onFrame();
      }
    } finally {
      file.destroy();
    }
  }
}
