import { clockOf, rulerMarks, Strip, type MediaWindow } from '../../state/player';

/** Heights of the three rows, in pixels of the page. */
export const ROWS = { ruler: 18, pictures: 46, sound: 34 } as const;
const THUMBNAIL = 82;
const MARK_ROOM = 84;

export interface TimelineColours {
  readonly text: string;
  readonly line: string;
  readonly ground: string;
  readonly sound: string;
}

/** Draws what is in sight: marks, pictures, and the shape of the sound. Asks `strip` for what is missing. */
export function drawTimeline(
  context: CanvasRenderingContext2D,
  { width, ratio }: { readonly width: number; readonly ratio: number },
  window: MediaWindow,
  total: number,
  strip: Strip,
  colours: TimelineColours,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, ROWS.ruler + ROWS.pictures + ROWS.sound);
  const at = (seconds: number): number => ((seconds - window.start) / window.seconds) * width;
  drawPictures(context, width, window, total, strip, at, colours);
  if (strip.hasSound) drawSound(context, width, window, strip, colours);
  drawRuler(context, width, window, at, colours);
}

function drawRuler(
  context: CanvasRenderingContext2D,
  width: number,
  window: MediaWindow,
  at: (seconds: number) => number,
  colours: TimelineColours,
): void {
  const marks = rulerMarks(window, width, MARK_ROOM);
  const fine = marks.length > 1 && (marks[1] ?? 0) - (marks[0] ?? 0) < 1;
  context.fillStyle = colours.text;
  context.strokeStyle = colours.line;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.beginPath();
  for (const seconds of marks) {
    const x = Math.round(at(seconds)) + 0.5;
    context.moveTo(x, ROWS.ruler - 5);
    context.lineTo(x, ROWS.ruler);
    context.fillText(clockOf(seconds, fine), x + 4, ROWS.ruler / 2);
  }
  context.stroke();
}

function drawPictures(
  context: CanvasRenderingContext2D,
  width: number,
  window: MediaWindow,
  total: number,
  strip: Strip,
  at: (seconds: number) => number,
  colours: TimelineColours,
): void {
  const places = Strip.places(window, width, THUMBNAIL);
  strip.wantPictures(places, total);
  const step = places.length > 1 ? (places[1] ?? 0) - (places[0] ?? 0) : window.seconds;
  context.fillStyle = colours.ground;
  context.fillRect(0, ROWS.ruler, width, ROWS.pictures);
  for (const seconds of places) {
    const picture = strip.picture(seconds);
    if (!picture) continue;
    const [x, room] = [at(seconds), at(seconds + step) - at(seconds)];
    // As much of its middle as there is room for.
    const wanted = room / ROWS.pictures;
    const { naturalWidth, naturalHeight } = picture;
    const cut = Math.min(naturalWidth, naturalHeight * wanted);
    const high = Math.min(naturalHeight, cut / wanted);
    context.drawImage(
      picture,
      (naturalWidth - cut) / 2,
      (naturalHeight - high) / 2,
      cut,
      high,
      x,
      ROWS.ruler,
      room - 1,
      ROWS.pictures,
    );
  }
}

function drawSound(
  context: CanvasRenderingContext2D,
  width: number,
  window: MediaWindow,
  strip: Strip,
  colours: TimelineColours,
): void {
  strip.wantSound(window);
  const middle = ROWS.ruler + ROWS.pictures + ROWS.sound / 2;
  const each = window.seconds / width;
  context.fillStyle = colours.sound;
  for (let x = 0; x < width; x += 2) {
    const peak = strip.peak(window.start + x * each, window.start + (x + 2) * each);
    if (peak === null) continue;
    const high = Math.max(0.5, (peak * (ROWS.sound - 4)) / 2);
    context.fillRect(x, middle - high, 1.4, 2 * high);
  }
}
