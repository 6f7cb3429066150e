import { bilinearAt, clamp, f32, sampleAt, type Flow, type Plane } from './reference-plane';

const INVERSION_STEPS = 3;
const CUBIC = -0.75;

type Vector = readonly [u: number, v: number];
type Place = readonly [x: number, y: number];

/** The flow at a place of the full picture, in its samples; `scale` is 2^level of the flow. */
function flowAt(flow: Flow, scale: number, x: number, y: number): Vector {
  const place = (value: number): number => f32(f32(f32(value + 0.5) * (1 / scale)) - 0.5);
  const component = (plane: Plane): number => f32(bilinearAt(plane, place(x), place(y)) * scale);
  return [component(flow.u), component(flow.v)];
}

/** The vector that passes through (x, y) after `time` of its way: f = F(x − time · f), by fixed-point steps. */
export function invertedFlow(flow: Flow, scale: number, time: number, x: number, y: number): Vector {
  let found = flowAt(flow, scale, x, y);
  for (let step = 0; step < INVERSION_STEPS; step++)
    found = flowAt(flow, scale, f32(x - f32(time * found[0])), f32(y - f32(time * found[1])));
  return found;
}

/** Keys' weights of the four samples round a place (1981), by its distance from the second of them. */
function cubicWeights(part: number): readonly number[] {
  const rest = f32(1 - part);
  const outer = (near: number, far: number): number => f32(f32(f32(CUBIC * near) * far) * far);
  const inner = (t: number): number => f32(f32(f32(f32(f32((CUBIC + 2) * t) - (CUBIC + 3)) * t) * t) + 1);
  return [outer(part, rest), inner(part), inner(rest), f32(f32(f32(CUBIC * rest) * part) * part)];
}

/** The mean of planes' samples at two places, by cubic interpolation; beyond the border the border's samples. */
export function meanOfTwo(planes: readonly Plane[], a: Place, b: Place): readonly number[] {
  const [sumsA, sumsB] = [cubicSums(planes, ...a), cubicSums(planes, ...b)];
  return planes.map((_, channel) => {
    const sum = (half: 0 | 1): number => f32(sumsA[channel]![half] + sumsB[channel]![half]);
    return f32(f32(sum(0) + sum(1)) * 0.5);
  });
}

/** Of each plane the sum of taps 0 and 2 and that of taps 1 and 3. */
function cubicSums(
  planes: readonly Plane[],
  wantedX: number,
  wantedY: number,
): readonly (readonly [number, number])[] {
  const x = clamp(wantedX, -1, planes[0]!.width);
  const y = clamp(wantedY, -1, planes[0]!.height);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const across = cubicWeights(f32(x - left));
  const down = cubicWeights(f32(y - top));
  return planes.map((plane) => {
    const taps = across.map((weight, i) => {
      const sum = down.reduce((total, part, j) => {
        const term = f32(part * sampleAt(plane, left - 1 + i, top - 1 + j));
        return j === 0 ? term : f32(total + term);
      }, 0);
      return f32(sum * weight);
    });
    return [f32(taps[0]! + taps[2]!), f32(taps[1]! + taps[3]!)] as const;
  });
}
