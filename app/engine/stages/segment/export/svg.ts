import { CLASS_NAMES, hexOf, trackColour } from '../../../../shared';
import type { FoundRecord } from './found-record';
import {
  shownFrames,
  shownSize,
  type ContourTarget,
  type ShownFrame,
  type ShownObject,
} from './shown-frames';

/**
 * The contours of all frames as one SVG document that plays: every frame is a group that is shown
 * at its time (SMIL `set`). A viewer that doesn't play shows the first.
 */
export async function* animatedSvg(
  records: AsyncIterable<FoundRecord>,
  target: ContourTarget,
): AsyncGenerator<string> {
  yield opening(target);
  let first = true;
  for await (const frame of shownFrames(records, target)) {
    yield animatedGroup(frame, first);
    first = false;
  }
  yield '</svg>\n';
}

/** A document for each frame that was looked at, with its number in the result. */
export async function* svgOfEach(
  records: AsyncIterable<FoundRecord>,
  target: ContourTarget,
): AsyncGenerator<{ readonly index: number; readonly document: string }> {
  for await (const { index, objects } of shownFrames(records, target))
    yield { index, document: `${opening(target)}${objects.map(pathOf).join('')}</svg>\n` };
}

function opening(target: ContourTarget): string {
  const { width, height } = shownSize(target);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill-opacity="0.25" fill-rule="evenodd" stroke-width="${Math.max(1, Math.round(Math.min(width, height) / 300))}" stroke-linejoin="round">`,
    `<title>${escaped(target.source)}</title>`,
    '',
  ].join('\n');
}

function animatedGroup({ index, time, duration, objects }: ShownFrame, first: boolean): string {
  const paths = objects.map(pathOf).join('');
  const begin = `begin="${seconds(time)}s"`;
  const still = duration === null ? 'dur="indefinite"' : `dur="${seconds(duration)}s"`;
  if (!first)
    return `<g id="frame-${index}" visibility="hidden"><set attributeName="visibility" to="visible" ${begin} ${still}/>\n${paths}</g>\n`;
  const end =
    duration === null
      ? ''
      : `<set attributeName="visibility" to="hidden" begin="${seconds(time + duration)}s" dur="indefinite"/>`;
  return `<g id="frame-${index}">${end}\n${paths}</g>\n`;
}

function pathOf({ track, classIndex, score, confidence, outlier, polygons }: ShownObject): string {
  const colour = hexOf(trackColour(track));
  const name = escaped(CLASS_NAMES[classIndex] ?? 'object');
  return `<path data-track="${track}" data-class="${name}" data-score="${score}" data-confidence="${confidence}"${outlier ? ' data-outlier="true"' : ''} fill="${colour}" stroke="${colour}" d="${polygons.map(outline).join('')}"><title>${name} ${track}</title></path>\n`;
}

function outline(polygon: readonly number[]): string {
  const points: string[] = [];
  for (let i = 0; i < polygon.length; i += 2)
    points.push(`${tenths(polygon[i] ?? 0)} ${tenths(polygon[i + 1] ?? 0)}`);
  return `M${points.join('L')}Z`;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Six digits after the point, without zeros at the end. */
function seconds(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
