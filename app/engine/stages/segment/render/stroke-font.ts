import type { Polyline } from './coverage';

/** Strokes of a letter as `x,y` points; y runs down from 0 (top of high letters) over 2 and 6 (line) to 8. */
const GLYPHS: Readonly<Record<string, { readonly width: number; readonly strokes: string }>> = {
  a: { width: 4, strokes: '4,2 4,6;4,3 3,2 1,2 0,3 0,5 1,6 3,6 4,5' },
  b: { width: 4, strokes: '0,0 0,6;0,3 1,2 3,2 4,3 4,5 3,6 1,6 0,5' },
  c: { width: 4, strokes: '4,3 3,2 1,2 0,3 0,5 1,6 3,6 4,5' },
  d: { width: 4, strokes: '4,0 4,6;4,3 3,2 1,2 0,3 0,5 1,6 3,6 4,5' },
  e: { width: 4, strokes: '0,4 4,4 4,3 3,2 1,2 0,3 0,5 1,6 3,6 4,5.2' },
  f: { width: 3, strokes: '3.4,.3 2.8,0 2,0 1.2,1 1.2,6;0,2 2.8,2' },
  g: { width: 4, strokes: '4,2 4,7 3,8 1,8 0,7.4;4,3 3,2 1,2 0,3 0,5 1,6 3,6 4,5' },
  h: { width: 4, strokes: '0,0 0,6;0,3 1,2 3,2 4,3 4,6' },
  i: { width: 0, strokes: '0,2 0,6;0,.2 0,.3' },
  j: { width: 1, strokes: '1,2 1,7.2 .2,8;1,.2 1,.3' },
  k: { width: 3.6, strokes: '0,0 0,6;3.4,2 0,4.6;1.3,3.6 3.6,6' },
  l: { width: 0.6, strokes: '0,0 0,5.4 .6,6' },
  m: { width: 6, strokes: '0,2 0,6;0,3 1,2 2,2 3,3 3,6;3,3 4,2 5,2 6,3 6,6' },
  n: { width: 4, strokes: '0,2 0,6;0,3 1,2 3,2 4,3 4,6' },
  o: { width: 4, strokes: '1,2 3,2 4,3 4,5 3,6 1,6 0,5 0,3 1,2' },
  p: { width: 4, strokes: '0,2 0,8;0,3 1,2 3,2 4,3 4,5 3,6 1,6 0,5' },
  q: { width: 4, strokes: '4,2 4,8;4,3 3,2 1,2 0,3 0,5 1,6 3,6 4,5' },
  r: { width: 2.6, strokes: '0,2 0,6;0,3.4 1,2.2 2,2 2.6,2.1' },
  s: { width: 4, strokes: '3.8,2.6 3,2 1,2 .2,2.6 .2,3.4 1,4 3,4 3.8,4.6 3.8,5.4 3,6 1,6 .2,5.4' },
  t: { width: 3, strokes: '1.2,.6 1.2,5.2 2,6 2.8,5.9;0,2 2.8,2' },
  u: { width: 4, strokes: '0,2 0,5 1,6 3,6 4,5;4,2 4,6' },
  v: { width: 4, strokes: '0,2 2,6 4,2' },
  w: { width: 6, strokes: '0,2 1.5,6 3,2.6 4.5,6 6,2' },
  x: { width: 4, strokes: '0,2 4,6;4,2 0,6' },
  y: { width: 4, strokes: '0,2 2.1,6;4,2 1.4,7.4 .4,8' },
  z: { width: 4, strokes: '0,2 4,2 0,6 4,6' },
  0: { width: 4, strokes: '1,0 3,0 4,1.2 4,4.8 3,6 1,6 0,4.8 0,1.2 1,0' },
  1: { width: 2, strokes: '0,1.4 2,0 2,6' },
  2: { width: 4, strokes: '0,1 1,0 3,0 4,1 4,2 0,6 4,6' },
  3: { width: 4, strokes: '0,.8 1,0 3,0 4,1 4,2 3,2.8 1.6,2.8;3,2.8 4,3.8 4,5 3,6 1,6 0,5.2' },
  4: { width: 4, strokes: '3,6 3,0 0,4.2 4,4.2' },
  5: { width: 4, strokes: '3.8,0 .6,0 .4,2.6 1.4,2.2 3,2.2 4,3.2 4,5 3,6 1,6 0,5.2' },
  6: { width: 4, strokes: '3.6,.5 2.8,0 1.6,0 .5,1.2 0,3 0,5 1,6 3,6 4,5 4,3.6 3,2.6 1,2.6 0,3.6' },
  7: { width: 4, strokes: '0,0 4,0 1.6,6' },
  8: {
    width: 4,
    strokes: '1,2.8 .2,2 .2,1 1,0 3,0 3.8,1 3.8,2 3,2.8 1,2.8 0,3.8 0,5 1,6 3,6 4,5 4,3.8 3,2.8',
  },
  9: { width: 4, strokes: '.4,5.5 1.2,6 2.4,6 3.5,4.8 4,3 4,1 3,0 1,0 0,1 0,2.4 1,3.4 3,3.4 4,2.4' },
};
/** Of what has no glyph: a space. */
const SPACE = 2;
/** Room between two letters. */
const GAP = 1.8;

/** Height of letters from the top of high ones to the lowest point of low ones. */
export const LETTER_HEIGHT = 8;

/** Lower-case letters, digits and spaces as strokes. Width in the same units. */
export function textStrokes(text: string): { readonly lines: readonly Polyline[]; readonly width: number } {
  const lines: Polyline[] = [];
  let x = 0;
  for (const letter of text) {
    const glyph = GLYPHS[letter];
    for (const chain of glyph?.strokes.split(';') ?? []) {
      const points = chain.split(/[ ,]/).map(Number);
      lines.push({ points: points.map((value, i) => (i % 2 === 0 ? value + x : value)), closed: false });
    }
    x += (glyph?.width ?? SPACE) + GAP;
  }
  return { lines, width: Math.max(0, x - GAP) };
}
