import { clamp, f32, makePlane, sampleAt, type Plane } from './reference-plane';

const PATCH = 8;

/** A frame's luma in 0 … 255 on every level, and its planes as they came. */
export interface Pyramid {
  readonly channels: readonly Plane[];
  readonly levels: readonly Plane[];
}

/** Levels of the pyramid: the coarsest still holds a patch, and motion that it can't hold is not looked for. */
export function levelCount(width: number, height: number, finestScale: number): number {
  const longer = Math.log2(Math.max(width, height) / (4 * PATCH)) + 0.5;
  const shorter = Math.log2(Math.min(width, height) / PATCH);
  return 1 + Math.max(finestScale, Math.floor(Math.min(longer, shorter)));
}

/** Of planar RGB [3, height, width]. */
export function pyramidOf(picture: Float32Array, width: number, height: number, levels: number): Pyramid {
  const area = width * height;
  const channels = [0, 1, 2].map((channel) => ({
    width,
    height,
    samples: picture.slice(channel * area, (channel + 1) * area),
  }));
  const [red, green, blue] = channels as [Plane, Plane, Plane];
  let plane = makePlane(width, height, (x, y) => {
    const both = f32(f32(f32(76.245) * sampleAt(red, x, y)) + f32(f32(149.685) * sampleAt(green, x, y)));
    return clamp(f32(both + f32(f32(29.07) * sampleAt(blue, x, y))), 0, 255);
  });
  const all = [plane];
  while (all.length < levels) all.push((plane = halved(plane)));
  return { channels, levels: all };
}

function halved(plane: Plane): Plane {
  return makePlane((plane.width + 1) >> 1, (plane.height + 1) >> 1, (x, y) => {
    const pair = (row: number): number => f32(sampleAt(plane, 2 * x, row) + sampleAt(plane, 2 * x + 1, row));
    return f32(f32(pair(2 * y) + pair(2 * y + 1)) * 0.25);
  });
}
