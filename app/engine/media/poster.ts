import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { UserError, type MediaInfo } from '../../shared';
import { inputPath, TOOL_ENVIRONMENT } from './child';
import type { MediaTools } from './tools';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
const TURN: Readonly<Record<number, string>> = {
  90: 'transpose=clock',
  180: 'hflip,vflip',
  270: 'transpose=cclock',
};

/** PNG of the frame at `seconds`, at most `maxWidth` wide, upright and with square pixels. */
export async function poster(
  tools: MediaTools,
  info: MediaInfo,
  seconds: number,
  maxWidth: number,
): Promise<Uint8Array> {
  if (info.kind === 'still') {
    return sharp(info.path).rotate().resize({ width: maxWidth, withoutEnlargement: true }).png().toBuffer();
  }
  const turn = TURN[info.video.rotation];
  const filters = [
    "scale='max(1,round(iw*sar))':ih",
    'setsar=1',
    ...(turn === undefined ? [] : [turn]),
    `scale='min(iw,${maxWidth})':-2`,
  ];
  const last = Math.max(0, (info.durationSeconds ?? 0) - 0.1);
  for (const from of [Math.min(seconds, last), 0]) {
    try {
      const { stdout } = await run(
        tools.ffmpeg.path,
        [
          '-nostdin',
          '-loglevel',
          'error',
          '-protocol_whitelist',
          'file,pipe',
          '-noautorotate',
          '-ss',
          from.toFixed(3),
          '-i',
          inputPath(info.path),
          '-map',
          `0:${info.video.index}`,
          '-frames:v',
          '1',
          '-vf',
          filters.join(','),
          '-pix_fmt',
          'rgb24',
          '-c:v',
          'png',
          '-f',
          'image2pipe',
          'pipe:1',
        ],
        { encoding: 'buffer', timeout: TIMEOUT_MS, maxBuffer: 1 << 27, env: TOOL_ENVIRONMENT },
      );
      if (stdout.length > 0) return stdout;
    } catch (cause) {
      if (from === 0)
        throw new UserError(
          'damaged-input',
          `No frame of ${info.path} could be decoded: it may be damaged.`,
          { cause },
        );
    }
  }
  throw new UserError('damaged-input', `No frame of ${info.path} could be decoded: it may be damaged.`);
}
