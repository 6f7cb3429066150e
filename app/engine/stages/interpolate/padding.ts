/** A picture's size, and that of the smallest one around it whose sides a network takes. */
export interface Padding {
  readonly width: number;
  readonly height: number;
  readonly paddedWidth: number;
  readonly paddedHeight: number;
}

export function paddingFor(width: number, height: number, multiple: number): Padding {
  const up = (side: number): number => Math.ceil(side / multiple) * multiple;
  return { width, height, paddedWidth: up(width), paddedHeight: up(height) };
}

export function isPadded({ width, height, paddedWidth, paddedHeight }: Padding): boolean {
  return width !== paddedWidth || height !== paddedHeight;
}

/** Puts a picture, [3, height, width], into the top left of a padded one; beyond its edges it goes on as it ends. */
export function pad(picture: Float32Array, padded: Float32Array, size: Padding): void {
  const { width, height, paddedWidth, paddedHeight } = size;
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < paddedHeight; y++) {
      const from = (channel * height + Math.min(y, height - 1)) * width;
      const to = (channel * paddedHeight + y) * paddedWidth;
      padded.set(picture.subarray(from, from + width), to);
      padded.fill(picture[from + width - 1] ?? 0, to + width, to + paddedWidth);
    }
}

/** The top left of a padded picture. */
export function unpad(padded: Float32Array, picture: Float32Array, size: Padding): void {
  const { width, height, paddedWidth, paddedHeight } = size;
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < height; y++) {
      const from = (channel * paddedHeight + y) * paddedWidth;
      picture.set(padded.subarray(from, from + width), (channel * height + y) * width);
    }
}
