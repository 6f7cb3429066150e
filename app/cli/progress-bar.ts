import { SingleBar } from 'cli-progress';
import type { JobProgress, JobState } from '../shared';

const STATES: Partial<Record<JobState, string>> = {
  waiting: 'waiting',
  preparing: 'preparing',
  paused: 'paused',
  finishing: 'finishing',
};

/** A job's progress on stderr: a bar where that is a terminal, nothing where it isn't. */
export class JobProgressBar {
  readonly #bar: SingleBar | null;
  #started = false;

  /** @param heading printed above the bar; may be empty. */
  constructor(heading: string) {
    const terminal = process.stderr.isTTY;
    if (heading) process.stderr.write(`${heading}\n`);
    this.#bar = terminal
      ? new SingleBar({
          stream: process.stderr,
          format: '{bar} {percentage} % | {done} frames | {fps} | {eta}',
          hideCursor: true,
          clearOnComplete: true,
          barsize: 30,
          autopadding: true,
        })
      : null;
  }

  update(progress: JobProgress): void {
    const payload = {
      done:
        progress.framesTotal === null
          ? String(progress.framesDone)
          : `${progress.framesDone}/${progress.framesTotal}`,
      fps: progress.framesPerSecond === null ? 'measuring' : `${progress.framesPerSecond.toFixed(1)} fps`,
      eta:
        STATES[progress.state] ??
        (progress.etaSeconds === null ? 'about …' : `about ${formatDuration(progress.etaSeconds)} left`),
    };
    const value = Math.round((progress.fraction ?? 0) * 1000);
    if (!this.#started) {
      this.#bar?.start(1000, value, payload);
      this.#started = true;
    } else {
      this.#bar?.update(value, payload);
    }
  }

  note(text: string): void {
    if (this.#started) this.#bar?.stop();
    this.#started = false;
    process.stderr.write(`note: ${text}\n`);
  }

  stop(): void {
    if (this.#started) this.#bar?.stop();
    this.#started = false;
  }
}

/** `3 h 20 min`, `4 min 05 s`, `12 s`, `0.8 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** `3.4 MB` in decimal units. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
