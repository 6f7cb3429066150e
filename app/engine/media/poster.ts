import ffmpeg from 'fluent-ffmpeg';
import sharp from 'sharp';
import { UserError, type MediaInfo } from '../../shared';
import { fileUrl } from './child';
import { lastFrame } from './last-frame';
import { seekArguments } from './seek';
import { stillSource } from './still-source';
import type { MediaTools } from './tools';
import { BMP_OUTPUT, uprightFilters } from './upright';

const TIMEOUT_SECONDS = 60;
/**
 * A picture of the frame at `seconds` after the first, at most `maxWidth` wide, upright and with square
 * pixels: BMP of a video's, PNG of a still. A time past the end gives the last frame.
 * @throws UserError damaged-input
 */
export async function poster(
  tools: MediaTools,
  info: MediaInfo,
  seconds: number,
  maxWidth: number,
): Promise<Uint8Array> {
  try {
    if (info.kind === 'still') {
      return await sharp(await stillSource(tools, info.path))
        .rotate()
        .resize({ width: maxWidth, withoutEnlargement: true })
        .png()
        .toBuffer();
    }
    const picture =
      (await frameAt(tools, info, seconds, maxWidth)) ??
      (await frameAt(tools, info, (await lastFrame(tools, info)) ?? 0, maxWidth));
    if (picture) return picture;
    throw new Error('ffmpeg gave no picture.');
  } catch (cause) {
    throw new UserError(
      'damaged-input',
      `No picture of ${info.path} could be decoded: it may be damaged; copy or download it again.`,
      { cause },
    );
  }
}

/** The frame as a BMP, or null if there is none so late. */
async function frameAt(
  tools: MediaTools,
  info: MediaInfo,
  seconds: number,
  maxWidth: number,
): Promise<Uint8Array | null> {
  const command = ffmpeg({ timeout: TIMEOUT_SECONDS })
    .setFfmpegPath(tools.ffmpeg.path)
    .input(fileUrl(info.path))
    .inputOptions([
      ...['-nostdin', '-loglevel error', '-protocol_whitelist file,pipe', '-noautorotate'],
      ...seekArguments(info, seconds),
    ])
    .outputOptions([
      ...[`-map 0:${info.video.index}`, '-frames:v 1'],
      ...['-vf', uprightFilters(info.video.rotation, maxWidth).join(',')],
      ...BMP_OUTPUT,
    ]);
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    command
      .on('error', (error: Error, _output, said: string | null) => {
        reject(new Error(`${error.message} ${said ?? ''}`, { cause: error }));
      })
      .on('end', () => {
        resolve();
      })
      .pipe()
      .on('data', (chunk: Buffer) => chunks.push(chunk));
  });
  const picture = Buffer.concat(chunks);
  return picture.length > 0 ? picture : null;
}
