import { bilinearAt, f32, makePlane, sampleAt, type Flow, type Plane } from './reference-plane';

const FIXED_POINT_STEPS = 5;
const RELAXATIONS = 3;
/** Halves of the terms' weights in the energy. */
const SMOOTHNESS = 10;
const BRIGHTNESS = 2.5;
const GRADIENTS = 5;
const PENALTY_FLOOR = f32(f32(0.001) * f32(0.001));
const GRADIENT_FLOOR = f32(f32(0.1) * f32(0.1));
const LEAST_DIAGONAL = f32(1e-6);
const OVER_RELAXATION = f32(1.6);

const sum3 = (a: number, b: number, c: number): number => f32(f32(a + b) + c);
const product = (a: number, b: number): number => f32(a * b);

interface Equation {
  readonly inverse11: number;
  readonly inverse22: number;
  readonly a12: number;
  readonly b1: number;
  readonly b2: number;
}

/**
 * Variational refinement (Brox et al., ECCV 2004; normalised data terms as in Zimmer et al., IJCV 2011): the flow that
 * keeps brightness and its gradients along it and is smooth, both with the robust penalty sqrt(x² + ε²).
 */
export function referenceRefinement(from: Plane, to: Plane, start: Flow): Flow {
  const { width, height } = from;
  const warped = makePlane(width, height, (x, y) =>
    bilinearAt(to, f32(x + sampleAt(start.u, x, y)), f32(y + sampleAt(start.v, x, y))),
  );
  const mean = makePlane(width, height, (x, y) =>
    f32(f32(sampleAt(from, x, y) + sampleAt(warped, x, y)) * 0.5),
  );
  const difference = makePlane(width, height, (x, y) => sampleAt(warped, x, y) - sampleAt(from, x, y));
  const flow: Flow = {
    u: makePlane(width, height, (x, y) => sampleAt(start.u, x, y)),
    v: makePlane(width, height, (x, y) => sampleAt(start.v, x, y)),
  };
  for (let step = 0; step < FIXED_POINT_STEPS; step++) {
    const links = makePlane(width, height, (x, y) => link(flow, x, y));
    const equations = Array.from(links.samples, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      return equation(mean, difference, start, flow, neighbourLinks(links, x, y), x, y);
    });
    for (let sweep = 0; sweep < 2 * RELAXATIONS; sweep++)
      for (let y = 0; y < height; y++)
        for (let x = (y + sweep) % 2; x < width; x += 2)
          relax(flow, equations[y * width + x]!, neighbourLinks(links, x, y), x, y);
  }
  return flow;
}

/** The weight of the links from a sample to the ones right of and below it. */
function link({ u, v }: Flow, x: number, y: number): number {
  const step = (plane: Plane, right: number, down: number): number => {
    const apart = f32(sampleAt(plane, x + right, y + down) - sampleAt(plane, x, y));
    return f32(apart * apart);
  };
  const squares = f32(f32(step(u, 1, 0) + step(u, 0, 1)) + f32(step(v, 1, 0) + step(v, 0, 1)));
  return f32(SMOOTHNESS / f32(Math.sqrt(f32(squares + PENALTY_FLOOR))));
}

interface Links {
  readonly right: number;
  readonly left: number;
  readonly down: number;
  readonly up: number;
}

function neighbourLinks(links: Plane, x: number, y: number): Links {
  return {
    right: x + 1 < links.width ? sampleAt(links, x, y) : 0,
    left: x > 0 ? sampleAt(links, x - 1, y) : 0,
    down: y + 1 < links.height ? sampleAt(links, x, y) : 0,
    up: y > 0 ? sampleAt(links, x, y - 1) : 0,
  };
}

/** One sample's linear equations: a11 u + a12 v = b1 and a12 u + a22 v = b2, links of the neighbours' flow aside. */
function equation(
  mean: Plane,
  difference: Plane,
  start: Flow,
  flow: Flow,
  { right, left, down, up }: Links,
  column: number,
  row: number,
): Equation {
  const m = (dx: number, dy: number): number => sampleAt(mean, column + dx, row + dy);
  const d = (dx: number, dy: number): number => sampleAt(difference, column + dx, row + dy);
  const second = (before: number, own: number, after: number): number =>
    f32(f32(f32(after - own) - f32(own - before)) * 0.25);
  const x = f32(f32(m(1, 0) - m(-1, 0)) * 0.5);
  const z = f32(f32(m(0, 1) - m(0, -1)) * 0.5);
  const xx = second(m(-2, 0), m(0, 0), m(2, 0));
  const zz = second(m(0, -2), m(0, 0), m(0, 2));
  const xz = f32(f32(f32(m(1, 1) - m(-1, 1)) - f32(m(1, -1) - m(-1, -1))) * 0.25);
  const u0 = sampleAt(start.u, column, row);
  const v0 = sampleAt(start.v, column, row);
  const u = sampleAt(flow.u, column, row);
  const v = sampleAt(flow.v, column, row);
  // What brightness and its gradients would be off by without any motion, linearised at the start.
  const still = (off: number, alongX: number, alongZ: number): number =>
    f32(f32(off - f32(alongX * u0)) - f32(alongZ * v0));
  const t = still(d(0, 0), x, z);
  const xt = still(f32(f32(d(1, 0) - d(-1, 0)) * 0.5), xx, xz);
  const zt = still(f32(f32(d(0, 1) - d(0, -1)) * 0.5), xz, zz);
  const miss = (off: number, alongX: number, alongZ: number): number => {
    const value = sum3(off, product(alongX, u), product(alongZ, v));
    return f32(value * value);
  };
  const normOf = (a: number, b: number): number => sum3(product(a, a), product(b, b), GRADIENT_FLOOR);

  const norm = normOf(x, z);
  const p = f32(BRIGHTNESS / f32(Math.sqrt(f32(norm * f32(miss(t, x, z) + f32(PENALTY_FLOOR * norm))))));
  const normX = normOf(xx, xz);
  const normZ = normOf(xz, zz);
  const norms = f32(normX * normZ);
  const misses = sum3(
    product(miss(xt, xx, xz), normZ),
    product(miss(zt, xz, zz), normX),
    product(PENALTY_FLOOR, norms),
  );
  const q = f32(GRADIENTS / f32(Math.sqrt(f32(norms * misses))));
  const [qx, qz] = [f32(q * normZ), f32(q * normX)];
  const [px, pz] = [f32(p * x), f32(p * z)];
  const [qxxx, qxxz, qzxz, qzzz] = [f32(qx * xx), f32(qx * xz), f32(qz * xz), f32(qz * zz)];
  const terms = (brightness: number, gradientX: number, gradientZ: number, of: readonly number[]): number =>
    sum3(product(brightness, of[0]!), product(gradientX, of[1]!), product(gradientZ, of[2]!));
  const links = f32(f32(right + left) + f32(down + up));
  const a11 = Math.max(f32(terms(px, qxxx, qzxz, [x, xx, xz]) + links), LEAST_DIAGONAL);
  const a22 = Math.max(f32(terms(pz, qxxz, qzzz, [z, xz, zz]) + links), LEAST_DIAGONAL);
  const inverse = f32(1 / f32(a11 * a22));
  return {
    inverse11: f32(a22 * inverse),
    inverse22: f32(a11 * inverse),
    a12: terms(px, qxxx, qzxz, [z, xz, zz]),
    b1: -terms(px, qxxx, qzxz, [t, xt, zt]),
    b2: -terms(pz, qxxz, qzzz, [t, xt, zt]),
  };
}

/** Solves a sample's equations for its neighbours as they are, and goes somewhat beyond (Young's over-relaxation). */
function relax(
  flow: Flow,
  { inverse11, inverse22, a12, b1, b2 }: Equation,
  links: Links,
  x: number,
  y: number,
): void {
  const at = y * flow.u.width + x;
  const pull = (plane: Plane): number =>
    f32(
      f32(product(links.right, sampleAt(plane, x + 1, y)) + product(links.left, sampleAt(plane, x - 1, y))) +
        f32(product(links.down, sampleAt(plane, x, y + 1)) + product(links.up, sampleAt(plane, x, y - 1))),
    );
  const beyond = (own: number, next: number): number => f32(own + f32(OVER_RELAXATION * f32(next - own)));
  const [u, v] = [flow.u.samples, flow.v.samples];
  const nextU = f32(f32(f32(b1 + pull(flow.u)) - f32(a12 * v[at]!)) * inverse11);
  const pullV = pull(flow.v);
  u[at] = beyond(u[at]!, nextU);
  const nextV = f32(f32(f32(b2 + pullV) - f32(a12 * u[at])) * inverse22);
  v[at] = beyond(v[at]!, nextV);
}
