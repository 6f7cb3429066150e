import type { Command } from 'commander';
import { formatDuration, formatSize, type MediaInfo, type VideoStream } from '../shared';
import { print, printJson, table, withEngine } from './output';

export function addProbe(program: Command): void {
  program
    .command('probe')
    .description('Say what a video or still is')
    .argument('<in>', 'video or still')
    .option('--json', 'machine-readable on stdout')
    .action(async (input: string, flags: { json?: boolean }) => {
      const info = await withEngine((engine) => engine.probe(input));
      if (flags.json) printJson(info);
      else print(...describe(info));
    });
}

function describe(info: MediaInfo): string[] {
  const { video } = info;
  const rows = [
    ['file', info.path],
    ['kind', `${info.kind}, ${containerName(info.container)}, ${formatSize(info.sizeBytes)}`],
    [
      'picture',
      `${video.width}×${video.height}, ${video.codec}, ${video.pixelFormat}, ${video.bitDepth} bit${video.rotation ? `, turned by ${video.rotation}°` : ''}${shownAs(video)}`,
    ],
    [
      'colour',
      `${video.colour.matrix} / ${video.colour.primaries} / ${video.colour.transfer}, ${video.colour.range} range${video.colour.rangeStated ? '' : ' (assumed)'}${video.hdr ? ', HDR' : ''}`,
    ],
  ];
  if (info.kind === 'video') {
    const rate = video.frameRate
      ? (video.frameRate.num / video.frameRate.den).toFixed(3).replace(/\.?0+$/, '')
      : 'unknown';
    rows.push([
      'time',
      `${info.durationSeconds === null ? 'unknown length' : formatDuration(info.durationSeconds)}, ${rate} fps${video.variableFrameRate ? ' on average (variable)' : ''}${video.interlaced ? ', interlaced' : ''}`,
    ]);
  }
  for (const stream of info.others) {
    rows.push([
      stream.kind,
      [stream.codec, stream.language, stream.title, stream.channels ? `${stream.channels} ch` : null]
        .filter(Boolean)
        .join(', '),
    ]);
  }
  if (info.chapters > 0) rows.push(['chapters', String(info.chapters)]);
  for (const note of info.notes) rows.push(['note', note]);
  return table(rows);
}

/** ffmpeg's names of families of containers, in everybody's words. */
const FAMILIES: Readonly<Record<string, string>> = {
  'mov,mp4,m4a,3gp,3g2,mj2': 'MP4 or MOV',
  'matroska,webm': 'Matroska or WebM',
  mpegts: 'MPEG transport stream',
  mpeg: 'MPEG program stream',
};

function containerName(container: string): string {
  return FAMILIES[container] ?? container;
}

/** How large players show a picture whose pixels are no squares. */
function shownAs({ width, height, sampleAspectRatio: { num, den }, rotation }: VideoStream): string {
  if (num === den) return '';
  const wide = Math.round((width * num) / den);
  return rotation % 180 === 0 ? `, shown as ${wide}×${height}` : `, shown as ${height}×${wide}`;
}
