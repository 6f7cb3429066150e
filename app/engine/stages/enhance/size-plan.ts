import { factorFor, fittedSize, formatFit, type EnhanceScale, type Fit } from '../../../shared';
import type { Display, StreamFormat } from '../../frames';

/** What is known when sizes are planned. */
export interface SizeWish {
  readonly input: StreamFormat;
  readonly display: Display;
  readonly still: boolean;
  readonly scale: EnhanceScale | undefined;
  readonly fit: Fit | undefined;
  /** The picture has to go through the network even where it need not grow. */
  readonly restore: boolean;
  /** Factors that there are models for, at least one. */
  readonly scales: readonly EnhanceScale[];
}

/** How large the result is, and the network's part in that. */
export interface SizePlan {
  /** The network's factor, null where none is needed. */
  readonly scale: EnhanceScale | null;
  readonly width: number;
  readonly height: number;
  readonly display: Display;
  /** What the user should know, or null. */
  readonly note: string | null;
}

const SQUARE = { num: 1, den: 1 } as const;

/** The size that a request means, and the factor that the network has to enlarge by before a resize. */
export function planSize(wish: SizeWish): SizePlan {
  const { input, display, fit } = wish;
  if (fit === undefined) {
    if (wish.scale === undefined) throw new Error('Expected a scale or a size to fit.');
    const { scale } = wish;
    return { scale, width: input.width * scale, height: input.height * scale, display, note: null };
  }
  const size = fittedSize({ ...input, ...display }, fit, unitOf(wish));
  const needed = Math.max(size.factorX, size.factorY);
  const least = wish.restore ? (wish.scales[0] ?? null) : null;
  const scale = wish.scale ?? factorFor(size, wish.scales) ?? least;
  return {
    scale,
    width: size.width,
    height: size.height,
    display: { ...display, sampleAspectRatio: SQUARE },
    note: noteOn(scale, needed, `${size.width}×${size.height}`, fit),
  };
}

/** Sizes that a codec with subsampled chroma can write are even; grey goes as 4:2:0 to most. */
function unitOf({ input, still }: SizeWish): 1 | 2 {
  const { planes, chromaShiftX } = input.format;
  return still || (planes === 3 && chromaShiftX === 0) ? 1 : 2;
}

function noteOn(scale: number | null, needed: number, size: string, fit: Fit): string | null {
  const bounds = formatFit(fit);
  if (scale === null) {
    return needed < 0.98
      ? `The picture is larger than ${bounds} already: it was made smaller, which needs no network.`
      : `The picture is about as large as ${bounds} already: it was only resized to ${size}, without a network.`;
  }
  return needed > scale + 0.02
    ? `The network enlarges by ${scale}; the rest of the way to ${size} the picture was enlarged bicubically.`
    : null;
}
