/** Arithmetic of the references: IEEE single precision, rounded after every operation. */
export const f32 = Math.fround;

/** A plane of floats; beyond its border the border's samples count. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly samples: Float32Array;
}

export function makePlane(width: number, height: number, sample: (x: number, y: number) => number): Plane {
  const samples = new Float32Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) samples[y * width + x] = sample(x, y);
  return { width, height, samples };
}

/** The sample at whole coordinates. */
export function sampleAt({ width, height, samples }: Plane, x: number, y: number): number {
  return samples[clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)] ?? 0;
}

export function clamp(value: number, least: number, most: number): number {
  const raised = value > least ? value : least;
  return raised < most ? raised : most;
}

export function mix(a: number, b: number, part: number): number {
  return f32(a + f32(part * f32(b - a)));
}

/** Bilinear interpolation between whole coordinates and those after them. */
export function bilinear(plane: Plane, left: number, top: number, across: number, down: number): number {
  const upper = mix(sampleAt(plane, left, top), sampleAt(plane, left + 1, top), across);
  const lower = mix(sampleAt(plane, left, top + 1), sampleAt(plane, left + 1, top + 1), across);
  return mix(upper, lower, down);
}

/** At single-precision coordinates; beyond the border, the border. */
export function bilinearAt(plane: Plane, wantedX: number, wantedY: number): number {
  const x = clamp(wantedX, 0, plane.width - 1);
  const y = clamp(wantedY, 0, plane.height - 1);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return bilinear(plane, left, top, f32(x - left), f32(y - top));
}

/** A flow in samples of its own level. */
export interface Flow {
  readonly u: Plane;
  readonly v: Plane;
}
