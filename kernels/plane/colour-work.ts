import { checkArray, checkCodes, checkFinite, checkInteger, expected, type Codes } from '../checks';
import { downAxis, upAxis, type ChromaSite, type LinearAxis } from './chroma-axis';
import type { ColourFactors, ColourWork } from './colour-reference';

/** How the codes of a YCbCr or grey picture relate to colours. */
export interface PictureCoding {
  readonly width: number;
  readonly height: number;
  /** Base-2 logarithm of luma samples per chroma sample; 0 for grey. */
  readonly chromaShiftX: 0 | 1;
  readonly chromaShiftY: 0 | 1;
  /** Where a chroma sample lies, in luma samples from the first of its two. */
  readonly siteX: ChromaSite;
  readonly siteY: ChromaSite;
  /** Weights of red and blue in luma. */
  readonly red: number;
  readonly blue: number;
  /** Codes of black and white, of no colour, and from chroma −½ to ½. */
  readonly black: number;
  readonly white: number;
  readonly chromaZero: number;
  readonly chromaSpan: number;
  /** The largest code. */
  readonly most: number;
}

export type Direction = 'to-rgb' | 'from-rgb';

/** What a kernel does for a coding, ready to be used for every frame; tables included. */
export type ColourPlan = Omit<ColourWork, 'planes' | 'rgb'>;

/** @throws TypeError */
export function planColour(coding: PictureCoding, direction: Direction): ColourPlan {
  const { width, height, chromaShiftX, chromaShiftY, siteX, siteY } = coding;
  for (const [name, side] of Object.entries({ width, height })) checkInteger(side, name, 1, 2 ** 20);
  for (const [name, shift] of Object.entries({ chromaShiftX, chromaShiftY })) checkInteger(shift, name, 0, 1);
  for (const [name, site] of Object.entries({ siteX, siteY }))
    if (site !== 0 && site !== 0.5 && site !== 1) expected('0, 0.5 or 1', name, site);
  const chromaWidth = (width + chromaShiftX) >> chromaShiftX;
  const chromaHeight = (height + chromaShiftY) >> chromaShiftY;
  const axis = (luma: number, chroma: number, shift: 0 | 1, site: ChromaSite): LinearAxis => {
    if (shift === 0) return identity(luma);
    return direction === 'to-rgb' ? upAxis(luma, chroma, site) : downAxis(luma, chroma, site);
  };
  return {
    width,
    height,
    chromaWidth,
    chromaHeight,
    factors: factorsOf(coding),
    across: axis(width, chromaWidth, chromaShiftX, siteX),
    down: axis(height, chromaHeight, chromaShiftY, siteY),
  };
}

/** The plan with its arrays, checked. @throws TypeError */
export function colourWork(plan: ColourPlan, planes: readonly Codes[], rgb: Float32Array): ColourWork {
  if (planes.length !== 1 && planes.length !== 3) expected('1 or 3 planes', 'planes', planes);
  for (const [index, plane] of planes.entries()) {
    const samples = index === 0 ? plan.width * plan.height : plan.chromaWidth * plan.chromaHeight;
    checkCodes(plane, samples, `planes[${index}]`);
    if (plane.BYTES_PER_ELEMENT !== planes[0]?.BYTES_PER_ELEMENT)
      expected('the type of planes[0]', `planes[${index}]`, plane);
  }
  checkArray(rgb, Float32Array, 3 * plan.width * plan.height, 'rgb');
  return { ...plan, planes, rgb };
}

function identity(count: number): LinearAxis {
  const starts = Int32Array.from({ length: count }, (_, index) => index);
  return { count, taps: 1, starts, weights: new Float32Array(count).fill(1) };
}

function factorsOf(coding: PictureCoding): ColourFactors {
  const { red, blue, black, white, chromaZero, chromaSpan, most } = coding;
  for (const [name, value] of Object.entries({ red, blue, black, white, chromaZero, chromaSpan }))
    checkFinite(value, name);
  checkInteger(most, 'most', 1, 65_535);
  if (!(white > black)) expected('a code above black', 'white', white);
  if (!(chromaSpan > 0)) expected('a number above 0', 'chromaSpan', chromaSpan);
  const green = 1 - red - blue;
  const exact: ColourFactors = {
    lumaScale: 1 / (white - black),
    lumaOffset: -black / (white - black),
    chromaScale: 1 / chromaSpan,
    chromaOffset: -chromaZero / chromaSpan,
    redFromRed: 2 * (1 - red),
    greenFromBlue: (-2 * blue * (1 - blue)) / green,
    greenFromRed: (-2 * red * (1 - red)) / green,
    blueFromBlue: 2 * (1 - blue),
    red,
    green,
    blue,
    blueSpread: 1 / (2 * (1 - blue)),
    redSpread: 1 / (2 * (1 - red)),
    lumaSpan: white - black,
    lumaZero: black,
    chromaSpan,
    chromaZero,
    most,
  };
  return Object.fromEntries(
    Object.entries(exact).map(([name, value]) => [name, Math.fround(value as number)]),
  ) as unknown as ColourFactors;
}
