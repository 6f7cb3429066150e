import { z } from 'zod';

const path = z.string().min(1).max(32_768);
const LONGEST_SECONDS = 20;
const seconds = z.number().positive().max(LONGEST_SECONDS);

/** Frames to be looked at in their order. */
export const framesRequestSchema = z
  .object({
    path,
    /** Seconds after the first frame. */
    start: z.number().nonnegative(),
    seconds,
    /** Frames a second: slower ones are repeated, quicker ones left out. */
    rate: z.number().positive().max(120),
    maxWidth: z.int().min(16).max(1920),
  })
  .readonly();
export type FramesRequest = z.infer<typeof framesRequestSchema>;

/** How loud the first sound track is over time. */
export const peaksRequestSchema = z
  .object({
    path,
    start: z.number().nonnegative(),
    seconds: z.number().positive().max(900),
    /** Parts of equal length. */
    count: z.int().min(1).max(20_000),
  })
  .readonly();
export type PeaksRequest = z.infer<typeof peaksRequestSchema>;

/** A piece of the first sound track to be heard. */
export const soundRequestSchema = z.object({ path, start: z.number().nonnegative(), seconds }).readonly();
export type SoundRequest = z.infer<typeof soundRequestSchema>;

/** Start and end of each JPEG in a row of them: entropy-coded data never holds these markers. */
export function splitJpegs(bytes: Uint8Array): Uint8Array[] {
  const pictures: Uint8Array[] = [];
  let start = -1;
  for (let at = 0; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    if (bytes[at + 1] === 0xd8 && start < 0) start = at;
    else if (bytes[at + 1] === 0xd9 && start >= 0) {
      pictures.push(bytes.subarray(start, at + 2));
      start = -1;
    }
  }
  return pictures;
}
