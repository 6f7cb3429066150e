/** Two frames of a known motion; tests and benchmarks share these. */
export interface MotionCase {
  readonly width: number;
  readonly height: number;
  readonly finestScale: 0 | 1;
  /** Samples right and down from one frame to the next. */
  readonly move?: readonly [number, number];
  /** Radians round the middle. */
  readonly turn?: number;
  /** Growth from the middle. */
  readonly zoom?: number;
}

/** Odd sizes, smaller than a patch, strips. */
export const MOTION_CASES: readonly MotionCase[] = [
  { width: 97, height: 61, finestScale: 0, move: [3.25, -2.5] },
  { width: 98, height: 63, finestScale: 1, turn: 0.05 },
  { width: 64, height: 48, finestScale: 0, zoom: 1.05 },
  { width: 8, height: 8, finestScale: 0, move: [1, 0] },
  { width: 8, height: 8, finestScale: 1, move: [0, 1] },
  { width: 1, height: 1, finestScale: 0 },
  { width: 5, height: 3, finestScale: 1, move: [0.5, 0.5] },
  { width: 2, height: 33, finestScale: 0, move: [0, 4] },
  { width: 640, height: 16, finestScale: 0, move: [9, 0] },
  { width: 17, height: 300, finestScale: 1, move: [0, 9] },
];

/** Of the size of most test clips. */
export const MOTION_BENCH: readonly MotionCase[] = ([1, 0] as const).map((finestScale) => ({
  width: 640,
  height: 480,
  finestScale,
  move: [7.5, -4.25],
  turn: 0.02,
}));

/** Where and how fast the waves of a picture run, and how much of them each channel has. */
const WAVES = Array.from({ length: 24 }, (_, index) => {
  const angle = 2.4 * index;
  const frequency = 0.05 * 1.12 ** index;
  return {
    x: frequency * Math.cos(angle),
    y: frequency * Math.sin(angle),
    phase: 1.7 * index * index,
    shares: [0, 1, 2].map((channel) => (1 + 0.5 * Math.cos(index + 2 * channel)) / 24),
  };
});

/** Planes [3, height, width] of a textured scene at a time: 0 is the first frame, 1 the second. */
export function movingPicture(
  { width, height, move = [0, 0], turn = 0, zoom = 1 }: MotionCase,
  time: number,
): Float32Array {
  const picture = new Float32Array(3 * width * height);
  const scale = zoom ** -time;
  const cosine = scale * Math.cos(-turn * time);
  const sine = scale * Math.sin(-turn * time);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const dx = x - width / 2 - time * move[0];
      const dy = y - height / 2 - time * move[1];
      const sourceX = cosine * dx - sine * dy;
      const sourceY = sine * dx + cosine * dy;
      const sums = [0.5, 0.5, 0.5];
      for (const wave of WAVES) {
        const value = Math.sin(wave.x * sourceX + wave.y * sourceY + wave.phase);
        for (const [channel, share] of wave.shares.entries()) sums[channel]! += share * value;
      }
      for (const [channel, sum] of sums.entries()) picture[(channel * height + y) * width + x] = sum;
    }
  return picture;
}
