import { chromaSite } from '../../frames';

/**
 * How far from the middle the source position of a resized chroma sample lies along an axis, in source
 * chroma samples: what `resizeBicubic` takes as its phase. `site` is the sample's place between its two
 * luma samples, S the luma's enlargement along the axis.
 *
 * With two luma samples to a chroma sample, sample j lies at luma position 2j + d (d: 0 for left, ½
 * for centre). An output luma position p comes from (p + ½)/S − ½, so output chroma sample j comes
 * from luma position (2j + d + ½)/S − ½, which is chroma position
 *
 *     ((2j + d + ½)/S − ½ − d) / 2  =  j/S + (d + ½)(1 − S)/2S
 *
 * A centred resize by a step of 1/S takes j/S + (1 − S)/2S; the difference is (½ − d)(S − 1)/2S: for
 * S = 2 and left siting an eighth of a sample to the right.
 */
function phaseOf(site: number, scale: number): number {
  return ((0.5 - site) * (scale - 1)) / (2 * scale);
}

/** The phases of both axes. Without subsampling chroma lies where luma does: 0. */
export function chromaPhase(
  chromaLocation: string,
  scale: { readonly x: number; readonly y: number },
  shiftX: number,
  shiftY: number,
): { readonly x: number; readonly y: number } {
  const [across, down] = chromaSite(chromaLocation);
  return {
    x: shiftX === 0 ? 0 : phaseOf(across, scale.x),
    y: shiftY === 0 ? 0 : phaseOf(down, scale.y),
  };
}
