import type { Rgb } from './colour-name';

/** Turn from one hue to the next: the golden angle, so that neighbours are never alike. */
const HUE_STEP = 137.508;
/** Of the hues' brightest and darkest parts: colours that stand out on dark and bright pictures. */
const STRONG = 250;
const WEAK = 60;

/** The colour of a track, the same in every frame, file, run and window. */
export function trackColour(track: number): Rgb {
  const hue = (((track - 1) * HUE_STEP + 140) % 360) / 60;
  const part = (offset: number): number => {
    const k = (offset + hue) % 6;
    const share = Math.max(0, Math.min(1, Math.min(k, 4 - k)));
    return Math.round(STRONG - (STRONG - WEAK) * share);
  };
  return { red: part(5), green: part(3), blue: part(1) };
}

/** `#rrggbb`. */
export function hexOf({ red, green, blue }: Rgb): string {
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** True for colours on which black letters read better than white ones. */
export function isBright({ red, green, blue }: Rgb): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}
