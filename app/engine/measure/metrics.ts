/** Samples of one component, rows without padding. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/**
 * BT.601 luma of full-range RGB in 0…255: 16 to 235, not rounded (ITU-R BT.601-7, 2.5.4; what
 * MATLAB's `rgb2ycbcr` computes). `data` is interleaved RGB.
 */
export function lumaOfRgb(data: ArrayLike<number>, width: number, height: number): Float64Array {
  const luma = new Float64Array(width * height);
  for (let index = 0; index < luma.length; index++) {
    const red = data[3 * index] ?? 0;
    const green = data[3 * index + 1] ?? 0;
    const blue = data[3 * index + 2] ?? 0;
    luma[index] = 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255;
  }
  return luma;
}

/** Peak signal-to-noise ratio in dB for a peak of 255, over all but the outer `border` pixels; Infinity where equal. */
export function psnr(image: Image, reference: Image, border: number): number {
  const { width, height } = checked(image, reference, border, 1);
  let sum = 0;
  for (let y = border; y < height - border; y++) {
    for (let x = border; x < width - border; x++) {
      const difference = (image.data[y * width + x] ?? 0) - (reference.data[y * width + x] ?? 0);
      sum += difference * difference;
    }
  }
  const mean = sum / ((width - 2 * border) * (height - 2 * border));
  return 10 * Math.log10(255 ** 2 / mean);
}

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** The window's weights along one axis; they add up to 1. */
const WEIGHTS: readonly number[] = (() => {
  const raw = Array.from({ length: WINDOW }, (_, index) =>
    Math.exp(-((index - (WINDOW - 1) / 2) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
})();

/**
 * Structural similarity (Wang et al., IEEE TIP 2004, eq. 13) for a peak of 255, over all but the
 * outer `border` pixels: Gaussian window 11×11 of σ 1.5 wherever it lies wholly inside, K1 = 0.01,
 * K2 = 0.03, mean of the map.
 *
 * @throws RangeError for pictures smaller than the window
 */
export function ssim(image: Image, reference: Image, border: number): number {
  const { width, height } = checked(image, reference, border, WINDOW);
  const inner = { width: width - 2 * border, height: height - 2 * border };
  const a = new Float64Array(inner.width * inner.height);
  const b = new Float64Array(a.length);
  for (let y = 0; y < inner.height; y++) {
    for (let x = 0; x < inner.width; x++) {
      const from = (y + border) * width + x + border;
      a[y * inner.width + x] = image.data[from] ?? 0;
      b[y * inner.width + x] = reference.data[from] ?? 0;
    }
  }
  const at = (array: Float64Array, index: number): number => array[index] ?? 0;
  const blurred = (values: Float64Array): Float64Array => blur(values, inner.width, inner.height);
  const meanA = blurred(a);
  const meanB = blurred(b);
  const squareA = blurred(a.map((value) => value * value));
  const squareB = blurred(b.map((value) => value * value));
  const product = blurred(a.map((value, index) => value * at(b, index)));
  let sum = 0;
  for (let index = 0; index < meanA.length; index++) {
    const muA = at(meanA, index);
    const muB = at(meanB, index);
    const varianceA = at(squareA, index) - muA * muA;
    const varianceB = at(squareB, index) - muB * muB;
    const covariance = at(product, index) - muA * muB;
    sum +=
      ((2 * muA * muB + C1) * (2 * covariance + C2)) /
      ((muA * muA + muB * muB + C1) * (varianceA + varianceB + C2));
  }
  return sum / meanA.length;
}

/** Windowed mean at every position where the window fits. */
function blur(values: Float64Array, width: number, height: number): Float64Array {
  const columns = width - WINDOW + 1;
  const rows = height - WINDOW + 1;
  const across = new Float64Array(columns * height);
  const result = new Float64Array(columns * rows);
  for (let tap = 0; tap < WINDOW; tap++) {
    const weight = WEIGHTS[tap] ?? 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < columns; x++) {
        const to = y * columns + x;
        across[to] = (across[to] ?? 0) + weight * (values[y * width + x + tap] ?? 0);
      }
    }
  }
  for (let tap = 0; tap < WINDOW; tap++) {
    const weight = WEIGHTS[tap] ?? 0;
    for (let to = 0; to < result.length; to++)
      result[to] = (result[to] ?? 0) + weight * (across[tap * columns + to] ?? 0);
  }
  return result;
}

function checked(image: Image, reference: Image, border: number, least: number): Image {
  if (image.width !== reference.width || image.height !== reference.height)
    throw new RangeError(
      `Expected ${reference.width}×${reference.height} pixels but received ${image.width}×${image.height}.`,
    );
  if (Math.min(image.width, image.height) - 2 * border < least)
    throw new RangeError(`Expected at least ${least} pixels inside a border of ${border}.`);
  return image;
}
