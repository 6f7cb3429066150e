const { fround } = Math;

const single = (values: readonly number[]): readonly number[] => values.map(fround);

const LOG2_E = fround(Math.LOG2E);
/** ln 2 in two parts, the first with zeros at its end: its product with a small whole number is exact. */
const [LN2_HIGH = 0, LN2_LOW = 0] = single([0.693359375, -2.1219444e-4]);
/** Of x², from the highest power on: the minimax polynomial of Cephes' expf. */
const COEFFICIENTS = single([
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);
/** Beyond these the result stays. */
const LEAST = -87;
const MOST = 88;

/**
 * e to the power of `x`, to 2 units in the last place: the same operations in single precision, each rounded on its own,
 * as in cpu/exponential-f32.h.
 */
export function exponential(x: number): number {
  const within = Math.min(Number.isNaN(x) ? LEAST : Math.max(x, LEAST), MOST);
  const n = Math.floor(fround(fround(within * LOG2_E) + 0.5));
  const r = fround(fround(within - fround(n * LN2_HIGH)) - fround(n * LN2_LOW));
  let p = COEFFICIENTS[0] ?? 0;
  for (let power = 1; power < COEFFICIENTS.length; power++)
    p = fround(fround(p * r) + (COEFFICIENTS[power] ?? 0));
  return fround(fround(fround(fround(p * fround(r * r)) + r) + 1) * 2 ** n);
}
