import { PATCH, type PatchMotion } from './reference-patch-search';
import { bilinear, f32, sampleAt, type Flow, type Plane } from './reference-plane';

/** Kroeger et al., eq. 3: a sample's flow is the mean of the patches over it, weighted by how well each explains it. */
export function referenceDensification(from: Plane, to: Plane, patches: PatchMotion): Flow {
  const { width, height } = from;
  const weights = new Float32Array(width * height);
  const sumsU = new Float32Array(width * height);
  const sumsV = new Float32Array(width * height);
  // Patches of a row in the order in which they are added: each third, then those beside them.
  const columns = [0, 1, 2].flatMap((first) =>
    [...patches.columns.entries()].filter(([column]) => column % 3 === first),
  );
  patches.rows.forEach((top, row) => {
    for (const [column, left] of columns) {
      const index = row * patches.columns.length + column;
      const u = patches.u[index]!;
      const v = patches.v[index]!;
      const x = f32(left + u);
      for (let y = top; y < Math.min(top + PATCH, height); y++) {
        const down = f32(y + v);
        for (let i = 0; i < PATCH && left + i < width; i++) {
          const found = bilinear(
            to,
            Math.floor(x) + i,
            Math.floor(down),
            f32(x - Math.floor(x)),
            f32(down - Math.floor(down)),
          );
          const weight = f32(1 / Math.max(1, Math.abs(f32(found - sampleAt(from, left + i, y)))));
          const at = y * width + left + i;
          weights[at]! += weight;
          sumsU[at]! += f32(weight * u);
          sumsV[at]! += f32(weight * v);
        }
      }
    }
  });
  const mean = (sums: Float32Array): Plane => ({
    width,
    height,
    samples: sums.map((sum, at) => sum / weights[at]!),
  });
  return { u: mean(sumsU), v: mean(sumsV) };
}
