import type { LinearAxis } from './chroma-axis';

/**
 * Straight lines between samples, widened by the factor where the axis gets shorter, so that nothing aliases: what PIL and
 * PyTorch call bilinear with antialiasing. Near an edge the taps that are there share the weight.
 */
export function bilinearAxis(source: number, target: number): LinearAxis {
  const step = source / target;
  const radius = Math.max(1, step);
  const taps = Math.min(source, Math.ceil(2 * radius) + 1);
  const starts = new Int32Array(target);
  const weights = new Float32Array(target * taps);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * step;
    const start = Math.max(0, Math.min(source - taps, Math.floor(centre - radius)));
    const exact = Array.from({ length: taps }, (_, tap) =>
      Math.max(0, 1 - Math.abs(start + tap + 0.5 - centre) / radius),
    );
    const total = exact.reduce((sum, weight) => sum + weight);
    starts[i] = start;
    weights.set(
      exact.map((weight) => weight / total),
      i * taps,
    );
  }
  return { count: target, taps, starts, weights };
}
