import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Frame, Instance, Matte } from '../../../frames';

const matteSchema = z
  .object({
    x: z.int(),
    y: z.int(),
    width: z.int().nonnegative(),
    height: z.int().nonnegative(),
    /** Deflated, in base 64. */
    data: z.string(),
  })
  .readonly();

const objectSchema = z
  .object({
    track: z.int().positive(),
    classIndex: z.int().min(0),
    score: z.number(),
    confidence: z.number(),
    outlier: z.boolean(),
    /** Left, top, right, bottom. */
    box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    contours: z.array(z.array(z.number()).readonly()).readonly(),
    matte: matteSchema.optional(),
  })
  .readonly();
export type FoundObject = z.infer<typeof objectSchema>;

const recordSchema = z
  .object({
    /** Presentation time of the frame in ticks of the stream that it belongs to. */
    pts: z.int(),
    /** Size of the picture that was looked at; coordinates are in its pixels. */
    width: z.int().positive(),
    height: z.int().positive(),
    /** Null where nobody looked: a new frame between two. */
    objects: z.array(objectSchema).readonly().nullable(),
  })
  .readonly();
/** What was found in one frame, as it is kept on disk: a line of JSON. */
export type FoundRecord = z.infer<typeof recordSchema>;

/** The line of a frame, without its end. Mattes are many times larger than the rest: only where they are needed again. */
export function recordLine({ pts, stream, found }: Frame, withMattes: boolean): string {
  const { width, height } = found ?? stream;
  const record: FoundRecord = {
    pts,
    width,
    height,
    objects: found && found.instances.map((instance) => objectOf(instance, withMattes)),
  };
  return JSON.stringify(record);
}

/** @throws ZodError, SyntaxError for a line that `recordLine` did not write */
export function readRecord(line: string): FoundRecord {
  return recordSchema.parse(JSON.parse(line));
}

/** The instances that a record was made of; without contours' last digits. @throws Error where mattes were not kept */
export function instancesOf({ objects }: FoundRecord): readonly Instance[] {
  return (objects ?? []).map(({ box, contours, matte, ...rest }) => {
    if (!matte) throw new Error('Mattes were not kept.');
    const [x0, y0, x1, y1] = box;
    return {
      ...rest,
      box: { x0, y0, x1, y1 },
      contours: contours.map((contour) => Float32Array.from(contour)),
      matte: { ...matte, data: new Uint8Array(inflateRawSync(Buffer.from(matte.data, 'base64'))) },
    };
  });
}

function objectOf({ box, contours, matte, ...rest }: Instance, withMatte: boolean): FoundObject {
  const { track, classIndex, outlier } = rest;
  return {
    track,
    classIndex,
    score: rounded(rest.score, 1e4),
    confidence: rounded(rest.confidence, 1e4),
    outlier,
    box: [rounded(box.x0, 100), rounded(box.y0, 100), rounded(box.x1, 100), rounded(box.y1, 100)],
    contours: contours.map((contour) => Array.from(contour, (value) => rounded(value, 100))),
    ...(withMatte ? { matte: keptMatte(matte) } : {}),
  };
}

function keptMatte({ x, y, width, height, data }: Matte): FoundObject['matte'] {
  return { x, y, width, height, data: deflateRawSync(data, { level: 3 }).toString('base64') };
}

function rounded(value: number, unit: number): number {
  return Math.round(value * unit) / unit;
}
