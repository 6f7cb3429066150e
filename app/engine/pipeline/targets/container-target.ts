import { rm, stat } from 'node:fs/promises';
import { throwIfCancelled, UserError } from '../../../shared';
import {
  encoderFor,
  muxResult,
  openAlphaEncoder,
  openSegmentEncoder,
  type Container,
  type EncoderSpec,
  type StoredSegment,
} from '../../media';
import { putInPlace, RESULT_PART } from '../result-file';
import { ALPHA_ROLE, VIDEO_ROLE, type Segment, type SegmentStore } from '../segment-store';
import { segmentLength } from '../segment-length';
import type { SegmentFile, SegmentPlace } from '../segment-writer';
import { sizeBudget } from '../size-budget';
import type { Target, TargetContext, Written } from './target';

/** A video with all that goes along from its source. @throws UserError unsupported-output */
export async function containerTarget(context: TargetContext, container: Container): Promise<Target> {
  const { tools, request, stream } = context;
  const choice = await encoderFor(tools, {
    codec: request.codec,
    stream,
    container,
    ...(request.crf === undefined ? {} : { crf: request.crf }),
    playable: request.chroma !== 'keep',
    rated: request.bitrate !== undefined || request.targetSize !== undefined,
  });
  if (!choice.supported) throw new UserError('unsupported-output', choice.reason);
  return {
    notes: choice.notes,
    files: filesOf(context, await encoderByPlace(context, container, choice.encoder)),
    finish: (store) => finish(store, context, container),
  };
}

/** How each segment is encoded: all alike, or at the rate that a size leaves for it. */
interface EncoderByPlace {
  readonly alphaApart: boolean;
  at(place: SegmentPlace): EncoderSpec;
}

async function encoderByPlace(
  context: TargetContext,
  container: Container,
  encoder: EncoderSpec,
): Promise<EncoderByPlace> {
  const { bitrate, targetSize } = context.request;
  const alphaApart = encoder.alphaArgs !== null;
  if (targetSize === undefined) {
    const same = bitrate === undefined ? encoder : encoder.at(bitrate, bitrate);
    return { alphaApart, at: () => same };
  }
  const budget = await sizeBudget(targetSize, container, context, segmentLength(context.stream));
  return { alphaApart, at: ({ index, closed }) => encoder.at(budget.rateOf(index, closed), budget.highest) };
}

function filesOf({ tools, stream, display, signal }: TargetContext, encoders: EncoderByPlace): SegmentFile[] {
  const { sampleAspectRatio } = display;
  const common = { stream, sampleAspectRatio, signal };
  const video: SegmentFile = {
    role: VIDEO_ROLE,
    extension: 'nut',
    open: (path, place) => openSegmentEncoder(tools, { ...common, encoder: encoders.at(place), path }),
  };
  if (!encoders.alphaApart) return [video];
  const alpha: SegmentFile = {
    role: ALPHA_ROLE,
    extension: 'alpha.nut',
    open: (path, place) => openAlphaEncoder(tools, { ...common, encoder: encoders.at(place), path }),
  };
  return [video, alpha];
}

async function finish(store: SegmentStore, context: TargetContext, container: Container): Promise<Written> {
  const { tools, info, request, stream, display, slow, signal } = context;
  const part = store.pathOf(RESULT_PART);
  const notes = await muxResult(tools, {
    segments: store.segments.map((segment) => storedSegment(store, segment)),
    stream,
    sampleAspectRatio: display.sampleAspectRatio,
    info,
    part,
    container,
    codec: request.codec,
    ...(request.start === undefined ? {} : { start: request.start }),
    ...(request.end === undefined ? {} : { end: request.end }),
    ...(slow === null ? {} : { slow }),
    signal,
  }).catch(async (error: unknown) => {
    await rm(part, { force: true });
    throw error;
  });
  throwIfCancelled(signal);
  const sizeBytes = (await stat(part)).size;
  await putInPlace(part, request.output, request.overwrite);
  return { files: [request.output], sizeBytes, notes };
}

function storedSegment(store: SegmentStore, segment: Segment): StoredSegment {
  const path = store.fileOf(segment, VIDEO_ROLE);
  const alphaPath = store.fileOf(segment, ALPHA_ROLE);
  if (path === undefined) throw new Error('A segment without video.');
  return { ...segment, path, ...(alphaPath === undefined ? {} : { alphaPath }) };
}
