import type { VideoStream } from '../../shared';

const TURN: Readonly<Record<number, string>> = {
  90: 'transpose=clock',
  180: 'hflip,vflip',
  270: 'transpose=cclock',
};

/** ffmpeg's filters that make frames upright, with square pixels and at most `maxWidth` wide. */
export function uprightFilters(rotation: VideoStream['rotation'], maxWidth: number): string[] {
  const turn = TURN[rotation];
  return [
    "scale='max(1,round(iw*sar))':ih",
    'setsar=1',
    ...(turn === undefined ? [] : [turn]),
    `scale='min(iw,${maxWidth})':'max(1,round(ih*min(iw,${maxWidth})/iw))'`,
  ];
}

/** BMP: as large as its pixels, but made and read at once. It goes to a window on this machine. */
export const BMP_OUTPUT = ['-pix_fmt', 'bgr24', '-c:v', 'bmp', '-f', 'image2pipe'] as const;
