type Site = 0 | 0.5 | 1;

/** Where a chroma sample lies between the luma samples that it belongs to, in luma samples from the first of them: across and down. */
const SITES: ReadonlyMap<string, readonly [Site, Site]> = new Map([
  ['left', [0, 0.5]],
  ['center', [0.5, 0.5]],
  ['topleft', [0, 0]],
  ['top', [0.5, 0]],
  ['bottomleft', [0, 1]],
  ['bottom', [0.5, 1]],
]);

/** H.264 and MPEG-2 put chroma here unless they say otherwise (Rec. ITU-T H.264, E.2.1, chroma_loc_info). */
const DEFAULT_SITE = [0, 0.5] as const;

/** The site by ffmpeg's name. */
export function chromaSite(location: string): readonly [across: Site, down: Site] {
  return SITES.get(location) ?? DEFAULT_SITE;
}
