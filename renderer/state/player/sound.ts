import type { ClearcutApi, MediaInfo } from '../../../app/shared';

/** A piece that is fetched at once. */
const PIECE_SECONDS = 4;
/** The next piece is asked for when the last one has so much left. */
const AHEAD_SECONDS = 2;

/** The sound of a file beside its frames: pieces of WAV, one after the other, while it plays forwards at its own speed. */
export class PlayerSound {
  #context: AudioContext | null = null;
  #sources: AudioBufferSourceNode[] = [];
  /** Moment of the file up to which sound is scheduled. */
  #until = 0;
  #turn = 0;
  #fetching = false;
  #playing = false;

  constructor(private readonly host: Pick<ClearcutApi, 'sound'>) {}

  /** Keeps on with the frames, which show `moment` now; silent where `on` is false. */
  follow(info: MediaInfo | null, moment: number, on: boolean): void {
    const wanted = on && (info?.others.some(({ kind }) => kind === 'audio') ?? false);
    if (!wanted || !info) {
      this.stop();
      return;
    }
    if (typeof AudioContext === 'undefined') return;
    this.#context ??= new AudioContext();
    // It was jumped elsewhere, or played to the end of what there is.
    if (
      !this.#playing ||
      moment > this.#until + 0.3 ||
      moment < this.#until - PIECE_SECONDS - AHEAD_SECONDS
    ) {
      this.stop();
      this.#playing = true;
      this.#until = moment;
    }
    if (!this.#fetching && this.#until - moment < AHEAD_SECONDS) void this.#fetch(info.path, moment);
  }

  stop(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#turn += 1;
    this.#fetching = false;
    for (const source of this.#sources) source.stop();
    this.#sources = [];
  }

  async #fetch(path: string, moment: number): Promise<void> {
    const context = this.#context;
    if (!context) return;
    const turn = this.#turn;
    this.#fetching = true;
    const start = this.#until;
    const asked = performance.now();
    const bytes = await this.host
      .sound({ path, start, seconds: PIECE_SECONDS })
      .catch(() => new Uint8Array());
    const buffer =
      bytes.length > 44
        ? await context.decodeAudioData(new Uint8Array(bytes).buffer).catch(() => null)
        : null;
    if (turn !== this.#turn) return;
    this.#fetching = false;
    // Where there is no more, nothing more is asked for.
    this.#until = buffer ? start + buffer.duration : Infinity;
    if (!buffer) return;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    // The frames went on while it was fetched.
    const now = moment + (performance.now() - asked) / 1000;
    const late = Math.max(0, now - start);
    source.start(context.currentTime + Math.max(0, start - now), Math.min(late, buffer.duration));
    source.onended = () => (this.#sources = this.#sources.filter((other) => other !== source));
    this.#sources.push(source);
  }
}
