import { createReadStream } from 'node:fs';
import type { Rational } from '../../shared';
import { rescale, type StreamFormat } from '../frames';
import { nutFrameHead, nutHeader, type NutStream } from './nut-writer';
import { NutReader } from './nut-reader';
import type { SegmentFacts } from './segment-facts';

/** A segment on disk. */
export type StoredSegment = SegmentFacts & {
  readonly path: string;
  /** Its alpha, where that is a stream of its own. */
  readonly alphaPath?: string;
};

export interface JoinPlan {
  readonly segments: readonly StoredSegment[];
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
 * encoder with the same settings. Alpha that lies apart goes beside the packet that it belongs to.
 */
export async function* joinSegments(plan: JoinPlan, onFrame: () => void): AsyncGenerator<Uint8Array> {
  const { stream, sampleAspectRatio, timeBase } = plan;
  let extradata: Uint8Array | null = null;
  let last = -1;
  for (const segment of plan.segments) {
    const alphas = segment.alphaPath === undefined ? null : packetsOf(segment.alphaPath, segment, stream);
    try {
      for await (const { header, pts: at, key, data } of packetsOf(segment.path, segment, stream)) {
        if (extradata === null) {
          ({ extradata } = header);
          const { width, height, frameRate } = stream;
          const besides = alphas !== null;
          yield nutHeader({ ...header, width, height, frameRate, sampleAspectRatio, timeBase, besides });
        } else if (Buffer.compare(extradata, header.extradata) !== 0) {
          throw new Error(`${segment.path} was encoded with other settings than the segments before it.`);
        }
        let pts = rescale(at - plan.origin, stream.timeBase, timeBase);
        if (plan.countsFrames && pts <= last) pts = last + 1;
        last = pts;
        const alpha = alphas && (await alphas.next());
        if (alpha && (alpha.done || alpha.value.pts !== at))
          throw new Error(`${segment.alphaPath} has no alpha for the frame at ${at}.`);
        yield nutFrameHead({
          pts,
          size: data.length,
          key,
          ...(alpha && !alpha.done ? { alpha: alpha.value.data } : {}),
        });
        yield data;
        onFrame();
      }
    } finally {
      await alphas?.return(undefined);
    }
  }
}

/** A packet of a segment with its time in ticks of the stream. */
export interface SegmentPacket {
  readonly header: NutStream;
  readonly pts: number;
  readonly key: boolean;
  readonly data: Uint8Array;
}

/** The packets of one of a segment's files, in the order in which they lie there. */
export async function* packetsOf(
  path: string,
  segment: SegmentFacts,
  stream: StreamFormat,
): AsyncGenerator<SegmentPacket> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    const reader = new NutReader(file);
    const header = await reader.open();
    if (!header) throw new Error(`${path} is empty.`);
    let first: number | null = null;
    for (let packet = await reader.next(); packet; packet = await reader.next()) {
      // A segment begins with its key frame, the first to be shown.
      first ??= packet.pts;
      const pts = segment.firstPts + rescale(packet.pts - first, header.timeBase, stream.timeBase);
      const data = new Uint8Array(packet.size);
      await reader.read(data);
      yield { header, pts, key: packet.key, data };
    }
  } finally {
    file.destroy();
  }
}
