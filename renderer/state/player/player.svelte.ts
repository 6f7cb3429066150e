import type { ClearcutApi, MediaInfo } from '../../../app/shared';
import type { Remembered } from '../history';
import { frameMoment, lastMoment, standingMoment } from '../source.svelte';
import { Film, frameAt, PIECE_SECONDS } from './film';
import { following, panned, zoomed, type MediaWindow } from './media-window';
import { PlayerSound } from './sound';

/** Wide enough for the window's picture while it moves. */
const PLAY_WIDTH = 1280;
/** Faster than this nobody sees anything. */
const MOST_SPEED = 8;
const USUAL_RATE = 25;

/** What shows a frame: a canvas in the window, a list in a test. */
export interface Screen {
  show(frame: Blob): void;
}

/** Clock and frames of a screen, so that time can be made up in tests. */
export interface Ticker {
  now(): number;
  next(run: () => void): number;
  cancel(id: number): void;
}

const browser: Ticker = {
  now: () => performance.now() / 1000,
  next: (run) => requestAnimationFrame(run),
  cancel: (id) => {
    cancelAnimationFrame(id);
  },
};

/**
 * Where the window looks in a video, what part of it is wanted, and its playing: forwards and backwards, by frames that
 * ffmpeg decodes, so that everything that can be exported can be played.
 */
export class Player implements Remembered {
  readonly fields: readonly (keyof Player)[] = ['inPoint', 'outPoint'];
  /** Seconds after the first frame. */
  moment = $state(0);
  /** Times a second; negative for backwards, 0 for standing still. */
  speed = $state(0);
  /** Waiting for frames. */
  waiting = $state(false);
  inPoint = $state<number | null>(null);
  outPoint = $state<number | null>(null);
  loops = $state(false);
  muted = $state(false);
  window = $state.raw<MediaWindow>({ start: 0, seconds: 0 });
  #info = $state.raw<MediaInfo | null>(null);
  #film: Film | null = null;
  #screen: Screen | null = null;
  #shown: Blob | null = null;
  readonly #sound: PlayerSound;
  #tick: number | null = null;
  #last = 0;

  constructor(
    private readonly host: ClearcutApi,
    private readonly settled: (moment: number) => void,
    private readonly ticker: Ticker = browser,
  ) {
    this.#sound = new PlayerSound(host);
  }

  get info(): MediaInfo | null {
    return this.#info;
  }

  /** When the last frame stands. */
  get last(): number {
    return this.#info ? lastMoment(this.#info) : 0;
  }

  get total(): number {
    return this.#info?.video.durationSeconds ?? this.#info?.durationSeconds ?? 0;
  }

  get rate(): number {
    const rate = this.#info?.video.frameRate;
    return rate && rate.num > 0 && rate.den > 0 ? rate.num / rate.den : USUAL_RATE;
  }

  get playing(): boolean {
    return this.speed !== 0;
  }

  /** Number of the frame that is shown, from 0. */
  get frame(): number {
    return Math.round(this.moment * this.rate);
  }

  /** The part that is wanted, for a job; empty for all of it. */
  get part(): { readonly start?: number; readonly end?: number } {
    const { inPoint, outPoint } = this;
    return {
      ...(inPoint === null ? {} : { start: inPoint }),
      // The frame at the out point is the last one in.
      ...(outPoint === null ? {} : { end: outPoint + 0.5 / this.rate }),
    };
  }

  /** Seconds of the part that is wanted. */
  get partSeconds(): number {
    return Math.max(0, (this.outPoint ?? this.total) - (this.inPoint ?? 0));
  }

  open(info: MediaInfo | null, moment: number): void {
    this.stop();
    this.#film?.clear();
    this.#info = info;
    this.#film = info?.kind === 'video' ? new Film(this.host, info.path, this.rate, PLAY_WIDTH) : null;
    this.inPoint = null;
    this.outPoint = null;
    this.moment = moment;
    this.window = { start: 0, seconds: this.total };
  }

  attach(screen: Screen): () => void {
    this.#screen = screen;
    return () => {
      if (this.#screen === screen) this.#screen = null;
    };
  }

  /** Goes to the frame nearest to a moment; playing goes on from there. */
  seek(moment: number): void {
    const within = Math.min(Math.max(0, moment), this.last);
    const to = this.#info ? frameMoment(this.#info, within) : within;
    this.moment = to;
    this.#last = this.ticker.now();
    this.window = following(this.window, to, this.total);
    if (!this.playing) this.settled(to);
  }

  step(frames: number): void {
    this.stop();
    // From the middle of a frame, so that rounding hits the next one whatever the rate.
    this.seek((this.frame + frames) / this.rate);
  }

  toggle(): void {
    if (this.playing) this.stop();
    else this.play(1);
  }

  /** As an editor's J and L: pressed again, twice as fast. */
  shuttle(direction: 1 | -1): void {
    const same = Math.sign(this.speed) === direction;
    this.play(same ? Math.max(-MOST_SPEED, Math.min(MOST_SPEED, this.speed * 2)) : direction);
  }

  play(speed: number): void {
    if (!this.#film || this.last <= 0) return;
    const [from, to] = [this.#from, this.#to];
    if (speed > 0 && this.moment >= to - 1e-3) this.moment = from;
    if (speed < 0 && this.moment <= from + 1e-3) this.moment = to;
    this.speed = speed;
    this.#last = this.ticker.now();
    if (this.#tick === null) this.#next();
  }

  stop(): void {
    if (this.#tick !== null) this.ticker.cancel(this.#tick);
    this.#tick = null;
    this.waiting = false;
    this.#shown = null;
    this.#sound.stop();
    if (!this.playing) return;
    this.speed = 0;
    this.loops = false;
    if (this.#info) this.moment = standingMoment(this.#info, this.moment);
    this.settled(this.moment);
  }

  /** Again and again from in to out. */
  playPart(): void {
    this.loops = true;
    this.moment = this.inPoint ?? 0;
    this.play(1);
  }

  setIn(): void {
    this.inPoint = this.moment;
    if (this.outPoint !== null && this.outPoint <= this.moment) this.outPoint = null;
  }

  setOut(): void {
    this.outPoint = this.moment;
    if (this.inPoint !== null && this.inPoint >= this.moment) this.inPoint = null;
  }

  /** Moves a point by a key or the pointer, as far as the other one lets it. */
  movePoint(which: 'in' | 'out', moment: number): void {
    const gap = 1 / this.rate;
    if (which === 'in') {
      this.inPoint = Math.max(0, Math.min(moment, (this.outPoint ?? this.last) - gap));
    } else this.outPoint = Math.min(this.last, Math.max(moment, (this.inPoint ?? 0) + gap));
  }

  clearPart(): void {
    this.inPoint = null;
    this.outPoint = null;
  }

  zoom(factor: number, around = this.moment): void {
    this.window = zoomed(this.window, factor, around, this.total);
  }

  pan(seconds: number): void {
    this.window = panned(this.window, seconds, this.total);
  }

  get #from(): number {
    return this.loops ? (this.inPoint ?? 0) : 0;
  }

  get #to(): number {
    return this.loops ? (this.outPoint ?? this.last) : this.last;
  }

  #next(): void {
    this.#tick = this.ticker.next(() => {
      this.#advance();
    });
  }

  #advance(): void {
    const film = this.#film;
    this.#tick = null;
    if (!film || !this.playing) return;
    const now = this.ticker.now();
    const piece = film.held(this.moment);
    if (piece) {
      this.waiting = false;
      // Clocks jump where a tab was asleep.
      const passed = Math.min(0.25, now - this.#last);
      if (!this.#move(passed * this.speed)) return;
      const frame = frameAt(film.held(this.moment) ?? piece, this.moment);
      if (frame && frame !== this.#shown) {
        this.#shown = frame;
        this.#screen?.show(frame);
      }
      this.#fetchAhead(film);
    } else {
      this.waiting = true;
      void film.fetch(this.moment).then((fetched) => {
        // A stretch that can't be decoded is jumped over rather than waited for.
        if (!fetched && this.playing) this.#move(Math.sign(this.speed) * PIECE_SECONDS);
      });
    }
    // Sound is of one speed, and stands still with the frames.
    this.#sound.follow(this.#info, this.moment, this.speed === 1 && !this.muted && !this.waiting);
    this.#last = now;
    this.#next();
  }

  /** False where playing has come to an end. */
  #move(by: number): boolean {
    const [from, to] = [this.#from, this.#to];
    const moment = this.moment + by;
    if (moment > to || moment < from) {
      if (this.loops) this.moment = by > 0 ? from : to;
      else {
        this.moment = moment > to ? to : from;
        this.stop();
        return false;
      }
    } else this.moment = moment;
    this.window = following(this.window, this.moment, this.total);
    return true;
  }

  #fetchAhead(film: Film): void {
    const ahead = this.moment + Math.sign(this.speed) * PIECE_SECONDS;
    if (ahead >= 0 && ahead <= this.last) void film.fetch(ahead);
    const further = this.moment + 2 * this.speed * PIECE_SECONDS;
    if (Math.abs(this.speed) > 1 && further >= 0 && further <= this.last) void film.fetch(further);
  }
}
