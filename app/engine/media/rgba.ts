import { ALPHA_PLANE, chromaSite, codeRange, lumaWeights, type Frame, type Plane } from '../frames';

/** Interleaved red, green and blue, and alpha last where the frame has it: 8 bits each, or 16 for frames of more. */
export interface RgbaPicture {
  readonly data: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** A frame's colours by its matrix and range; subsampled chroma is drawn out along straight lines from where it lies. */
export function toRgba(frame: Frame): RgbaPicture {
  const { width, height, format, colour } = frame.stream;
  const [luma, cb, cr] = frame.planes;
  const alpha = frame.planes[ALPHA_PLANE];
  if (!luma) throw new Error('A frame without planes.');
  const deep = format.bitDepth > 8;
  const channels = alpha ? 4 : 3;
  const data = deep ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  const { black, white, chromaZero, chromaSpan } = codeRange(format.bitDepth, colour.range);
  const { red, blue } = lumaWeights(colour.matrix, height);
  const top = deep ? 65_535 : 255;
  const scale = top / (white - black);
  const chromaScale = (2 * top) / chromaSpan;
  const [toRed, toBlue] = [(1 - red) * chromaScale, (1 - blue) * chromaScale];
  const green = 1 - red - blue;
  const [redInGreen, blueInGreen] = [-(toRed * red) / green, -(toBlue * blue) / green];
  const alphaScale = top / (2 ** format.bitDepth - 1);
  const [siteX, siteY] = chromaSite(colour.chromaLocation);
  const reader = (plane: Plane | undefined): ((y: number) => Float32Array) | null =>
    plane ? chromaRows(plane, width, [format.chromaShiftX, siteX], [format.chromaShiftY, siteY]) : null;
  const [cbRows, crRows] = [reader(cb), reader(cr)];
  const fit = (value: number): number => (value < 0 ? 0 : value > top ? top : value + 0.5);
  for (let y = 0, at = 0, to = 0; y < height; y++) {
    const [b, r] = [cbRows?.(y), crRows?.(y)];
    for (let x = 0; x < width; x++, at++, to += channels) {
      const light = ((luma.data[at] ?? 0) - black) * scale;
      const u = b ? (b[x] ?? 0) - chromaZero : 0;
      const v = r ? (r[x] ?? 0) - chromaZero : 0;
      data[to] = fit(light + toRed * v);
      data[to + 1] = fit(light + blueInGreen * u + redInGreen * v);
      data[to + 2] = fit(light + toBlue * u);
      if (alpha) data[to + 3] = (alpha.data[at] ?? 0) * alphaScale + 0.5;
    }
  }
  return { data, width, height, channels };
}

/** Where samples lie on an axis of chroma: its subsampling and site. */
type Axis = readonly [shift: 0 | 1, site: number];

/** Gives rows of a plane drawn out to `width` samples; each is overwritten by the next. */
function chromaRows(
  plane: Plane,
  width: number,
  [shiftX, siteX]: Axis,
  [shiftY, siteY]: Axis,
): (y: number) => Float32Array {
  const cells = new Float32Array(plane.width + 1);
  const row = new Float32Array(width);
  const place = (at: number, shift: number, site: number, count: number): readonly [number, number] => {
    const exact = shift === 0 ? at : Math.max(0, Math.min(count - 1, (at - site) / 2));
    return [Math.floor(exact), exact - Math.floor(exact)];
  };
  const columns = Array.from({ length: width }, (_, x) => place(x, shiftX, siteX, plane.width));
  const left = Int32Array.from(columns, ([cell]) => cell);
  const across = Float32Array.from(columns, ([, rest]) => rest);
  return (y) => {
    const [upper, down] = place(y, shiftY, siteY, plane.height);
    const a = upper * plane.width;
    const b = Math.min(plane.height - 1, upper + 1) * plane.width;
    for (let x = 0; x < plane.width; x++) {
      const first = plane.data[a + x] ?? 0;
      cells[x] = first + down * ((plane.data[b + x] ?? 0) - first);
    }
    cells[plane.width] = cells[plane.width - 1] ?? 0;
    for (let x = 0; x < width; x++) {
      const cell = left[x] ?? 0;
      const first = cells[cell] ?? 0;
      row[x] = first + (across[x] ?? 0) * ((cells[cell + 1] ?? 0) - first);
    }
    return row;
  };
}
