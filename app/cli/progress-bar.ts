import { SingleBar } from 'cli-progress';
import { formatDuration, formatSize, type JobProgress, type JobState } from '../shared';

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
  constructor(
    heading: string,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    if (heading) stream.write(`${heading}\n`);
    this.#bar = stream.isTTY
      ? new SingleBar({
          stream,
          format: '{bar} {percentage} % | {done} frames | {fps} | {left} | {size} | {model}',
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
      // `eta` is the library's own guess, which knows nothing of pauses.
      left:
        STATES[progress.state] ??
        (progress.etaSeconds === null ? 'about …' : `about ${formatDuration(progress.etaSeconds)} left`),
      size: progress.expectedBytes === null ? 'size …' : `about ${formatSize(progress.expectedBytes)}`,
      model: progress.choices.map(({ title }) => title).join(', '),
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
    this.stream.write(`note: ${text}\n`);
  }

  stop(): void {
    if (this.#started) this.#bar?.stop();
    this.#started = false;
  }
}
