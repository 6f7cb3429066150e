import { z } from 'zod';

/** A rational number, as ffmpeg writes time bases and frame rates. */
export const rationalSchema = z.object({ num: z.int(), den: z.int() }).readonly();
export type Rational = z.infer<typeof rationalSchema>;

/** How codes relate to light (ISO/IEC 23091-2, by ffmpeg's names); `unknown` where the file doesn't say. */
export const colourSchema = z
  .object({
    matrix: z.string(),
    range: z.enum(['limited', 'full']),
    primaries: z.string(),
    transfer: z.string(),
    /** Where chroma samples lie: ffmpeg's chroma_location (`left`, `center`, `topleft`, … or `unknown`). */
    chromaLocation: z.string(),
    /** False where the file doesn't state a range and limited was assumed. */
    rangeStated: z.boolean(),
  })
  .readonly();
export type ColourDescription = z.infer<typeof colourSchema>;

export const videoStreamSchema = z
  .object({
    /** Index in the file, as ffmpeg counts (`-map 0:INDEX`). */
    index: z.int().nonnegative(),
    codec: z.string(),
    /** Stored size in pixels, before sample aspect ratio and rotation. */
    width: z.int().positive(),
    height: z.int().positive(),
    sampleAspectRatio: rationalSchema,
    /** Clockwise degrees a player turns the picture by: 0, 90, 180 or 270. */
    rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
    /** ffmpeg's pix_fmt of the file. */
    pixelFormat: z.string(),
    bitDepth: z.int().positive(),
    colour: colourSchema,
    hdr: z.boolean(),
    timeBase: rationalSchema,
    /** Average rate; null where unknown. */
    frameRate: rationalSchema.nullable(),
    /** True where frame durations differ (average and base rate disagree). */
    variableFrameRate: z.boolean(),
    interlaced: z.boolean(),
    /** Exact where the file states it, else null. */
    frameCount: z.int().nullable(),
    /** Presentation time of the first frame in ticks of `timeBase`, where known. */
    startPts: z.int().nullable(),
    durationSeconds: z.number().nullable(),
    /** Seconds from the first frame to the last, looked up where the rate varies. */
    lastSeconds: z.number().nonnegative().optional(),
  })
  .readonly();
export type VideoStream = z.infer<typeof videoStreamSchema>;

export const otherStreamSchema = z
  .object({
    index: z.int().nonnegative(),
    kind: z.enum(['audio', 'subtitle', 'attachment', 'data', 'video']),
    codec: z.string(),
    language: z.string().nullable(),
    title: z.string().nullable(),
    /** Audio: channels and samples per second. */
    channels: z.int().nullable(),
    sampleRate: z.int().nullable(),
    /** Bits a second in the mean, where the file tells. */
    bitRate: z.number().positive().nullable(),
    /** A cover picture that travels as a video stream. */
    attachedPicture: z.boolean(),
  })
  .readonly();
export type OtherStream = z.infer<typeof otherStreamSchema>;

/** What probing a file tells. */
export const mediaInfoSchema = z
  .object({
    path: z.string(),
    kind: z.enum(['video', 'still']),
    /** Container by ffmpeg's name, or the image format. */
    container: z.string(),
    sizeBytes: z.number(),
    durationSeconds: z.number().nullable(),
    video: videoStreamSchema,
    others: z.array(otherStreamSchema).readonly(),
    chapters: z.int().nonnegative(),
    /** What the user should know before the job: VFR, interlaced, HDR, damaged tail, … */
    notes: z.array(z.string()).readonly(),
  })
  .readonly();
export type MediaInfo = z.infer<typeof mediaInfoSchema>;
