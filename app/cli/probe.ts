import type { Command } from 'commander';
import { formatDuration, formatSize, type MediaInfo } from '../shared';
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
    ['kind', `${info.kind}, ${info.container}, ${formatSize(info.sizeBytes)}`],
    [
      'picture',
      `${video.width}×${video.height}, ${video.codec}, ${video.pixelFormat}, ${video.bitDepth} bit${video.rotation ? `, turned by ${video.rotation}°` : ''}`,
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
