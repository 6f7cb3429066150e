import type { StreamFormat } from '../frames';

/** Frames per segment: about ten seconds' work lost at most, without key frames too close together for large pictures. */
export function segmentLength(output: StreamFormat): number {
  const megapixels = (output.width * output.height) / 1e6;
  return Math.round(Math.min(250, Math.max(24, 250 / Math.max(1, megapixels))));
}
