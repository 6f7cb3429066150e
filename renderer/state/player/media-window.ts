/** The part of a video that a timeline shows, in seconds. */
export interface MediaWindow {
  readonly start: number;
  readonly seconds: number;
}

/** What a timeline never zooms in beyond: a handful of frames. */
const LEAST_SECONDS = 0.5;

/** `window` made `factor` times as long, with `around` where it was; never more than there is. */
export function zoomed(window: MediaWindow, factor: number, around: number, total: number): MediaWindow {
  const seconds = Math.min(total, Math.max(Math.min(LEAST_SECONDS, total), window.seconds * factor));
  const part = window.seconds > 0 ? (around - window.start) / window.seconds : 0.5;
  return panned({ start: around - part * seconds, seconds }, 0, total);
}

/** `window` moved by `by` seconds, as far as there is something. */
export function panned(window: MediaWindow, by: number, total: number): MediaWindow {
  const start = Math.min(Math.max(0, window.start + by), Math.max(0, total - window.seconds));
  return { start, seconds: window.seconds };
}

/** `window` moved just so far that `moment` is in it: a page on, where it ran out at the side. */
export function following(window: MediaWindow, moment: number, total: number): MediaWindow {
  const end = window.start + window.seconds;
  if (moment >= window.start && moment <= end) return window;
  const start = moment > end && moment - end < window.seconds / 4 ? end : moment - window.seconds / 2;
  return panned({ start, seconds: window.seconds }, 0, total);
}

/** Steps between marks of a ruler that people can read. */
const STEPS = [0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

/** Moments that a ruler marks, at least `room` pixels apart. */
export function rulerMarks(window: MediaWindow, width: number, room: number): readonly number[] {
  const least = (window.seconds * room) / Math.max(1, width);
  const step = STEPS.find((seconds) => seconds >= least) ?? 14_400;
  const first = Math.ceil(window.start / step - 1e-9);
  const last = Math.floor((window.start + window.seconds) / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** `1:02:03`, `2:03`, and with hundredths where marks are that close. */
export function clockOf(seconds: number, fine = false): string {
  const hundredths = Math.round(seconds * 100);
  const whole = fine ? Math.floor(hundredths / 100) : Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number): string => String(part).padStart(2, '0');
  const clock = hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  return fine ? `${clock}.${two(hundredths % 100)}` : clock;
}

/** Seconds of `1:02.5`, `62.5s` or `#250` (a frame's number); null for what is none. */
export function momentOf(text: string, rate: number | null): number | null {
  const frame = /^#(\d+)$/.exec(text.trim());
  if (frame) return rate === null ? null : Number(frame[1]) / rate;
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)s?$/.exec(text.trim());
  if (!match) return null;
  const [, hours = '0', minutes = '0', seconds = ''] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(',', '.'));
}
