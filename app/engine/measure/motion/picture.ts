import type { RgbImage } from '../read-image';

/** Interleaved RGB in 0…255: rounded to 8 bits as in a file, or as a method computed it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Float32Array;
}

/** Planes [3,H,W] in 0…1 as a picture, clipped, not rounded. */
export function fromPlanar(planes: Float32Array, width: number, height: number): Picture {
  const plane = width * height;
  const data = new Float32Array(3 * plane);
  for (let index = 0; index < plane; index++)
    for (let channel = 0; channel < 3; channel++)
      data[3 * index + channel] = 255 * Math.min(1, Math.max(0, planes[channel * plane + index] ?? 0));
  return { width, height, data };
}

/** Rounded to 8 bits. */
export function rounded({ width, height, data }: Picture): RgbImage {
  return { width, height, data: Uint8Array.from(data, Math.round) };
}
