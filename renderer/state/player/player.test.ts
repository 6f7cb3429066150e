import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeHost, info } from '../../../tests/support/fake-host';
import { clockOf, following, momentOf, panned, Player, rulerMarks, Strip, zoomed, type Ticker } from '.';

/** JPEGs that are nothing but their markers and a number. */
const jpegs = (count: number): Uint8Array =>
  new Uint8Array(Array.from({ length: count }, (_, index) => [0xff, 0xd8, index, 0xff, 0xd9]).flat());

/** A clock that goes when the test says so. */
class Hand implements Ticker {
  time = 0;
  #runs: (() => void)[] = [];
  now(): number {
    return this.time;
  }
  next(run: () => void): number {
    this.#runs.push(run);
    return 1;
  }
  cancel(): void {
    this.#runs = [];
  }
  async go(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds - 1e-9; passed += 0.02) {
      this.time += 0.02;
      for (const run of this.#runs.splice(0)) run();
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
}

describe('the player', () => {
  let host: FakeHost;
  let hand: Hand;
  let player: Player;
  let settled: number[];
  let asked: number[];
  beforeEach(() => {
    host = new FakeHost();
    asked = [];
    host.frames = async ({ start, seconds, rate }) => {
      asked.push(start);
      return jpegs(Math.round(seconds * rate));
    };
    hand = new Hand();
    settled = [];
    player = new Player(host, (moment) => settled.push(moment), hand);
    player.open(info('/a.mp4'), 2);
  });

  it('plays forwards and backwards at a speed that doubles, and tells where it came to rest', async () => {
    player.shuttle(1);
    await hand.go(0.5);
    expect(player.moment).toBeGreaterThan(2.3);
    player.shuttle(1);
    expect(player.speed).toBe(2);
    player.shuttle(-1);
    expect(player.speed).toBe(-1);
    const turned = player.moment;
    await hand.go(0.4);
    expect(player.moment).toBeLessThan(turned);
    expect(settled).toEqual([]);
    player.stop();
    expect(settled).toEqual([player.moment]);
    expect(asked).toContain(2);
  });

  it('shows each frame once, and waits for what is not there yet', async () => {
    const shown: Blob[] = [];
    player.attach({ show: (frame) => shown.push(frame) });
    let give: (bytes: Uint8Array) => void = () => undefined;
    host.frames = () => new Promise((resolve) => (give = resolve));
    player.toggle();
    await hand.go(0.2);
    expect([player.waiting, player.moment, shown]).toEqual([true, 2, []]);
    give(jpegs(50));
    await hand.go(0.42);
    expect(player.waiting).toBe(false);
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.length).toBeGreaterThanOrEqual(8);
  });

  it('ends at the end, begins there anew, and repeats the part that is wanted', async () => {
    player.seek(7.8);
    player.toggle();
    await hand.go(0.5);
    expect([player.playing, player.moment]).toEqual([false, player.last]);
    player.toggle();
    expect(player.moment).toBe(0);
    player.stop();
    player.seek(1);
    player.setIn();
    player.seek(1.4);
    player.setOut();
    player.playPart();
    await hand.go(1.2);
    expect(player.playing).toBe(true);
    expect(player.moment).toBeGreaterThanOrEqual(1);
    expect(player.moment).toBeLessThanOrEqual(1.4);
  });

  it('steps by frames, and keeps in before out', () => {
    player.step(1);
    expect(player.moment).toBeCloseTo(2.04);
    player.step(-3);
    expect([player.moment, player.frame]).toEqual([1.92, 48]);
    player.seek(99);
    expect([player.moment, player.frame]).toEqual([7.96, 199]);
    player.step(1);
    expect(player.moment).toBe(7.96);
    player.setIn();
    player.seek(4);
    player.setOut();
    expect([player.inPoint, player.outPoint]).toEqual([null, 4]);
    player.movePoint('in', 99);
    expect(player.inPoint).toBeCloseTo(3.96);
    expect(player.part).toEqual({ start: player.inPoint, end: 4.02 });
    player.clearPart();
    expect(player.part).toEqual({});
  });

  it('keeps a bounded number of frames', async () => {
    host.frames = async () => {
      asked.push(1);
      return new Uint8Array(40 * 1024 * 1024);
    };
    for (const moment of [0, 2, 4, 6, 0]) {
      player.seek(moment);
      player.play(1);
      await hand.go(0.1);
      player.stop();
    }
    // Three pieces are more than the cache holds: the first one is fetched again.
    expect(asked.length).toBeGreaterThan(4);
  });
});

describe('a timeline', () => {
  it('zooms around a point and never shows what is not there', () => {
    const all = { start: 0, seconds: 100 };
    const near = zoomed(all, 0.1, 50, 100);
    expect(near).toEqual({ start: 45, seconds: 10 });
    expect(zoomed(near, 0.001, 50, 100).seconds).toBe(0.5);
    expect(zoomed(near, 100, 0, 100)).toEqual(all);
    expect(panned(near, 1000, 100)).toEqual({ start: 90, seconds: 10 });
    expect(following(near, 56, 100)).toEqual({ start: 55, seconds: 10 });
    expect(following(near, 20, 100)).toEqual({ start: 15, seconds: 10 });
    expect(following(near, 50, 100)).toBe(near);
  });

  it('has marks that can be read, at any length', () => {
    for (const seconds of [1, 10, 100, 7200]) {
      const marks = rulerMarks({ start: seconds / 3, seconds }, 1000, 80);
      expect(marks.length).toBeGreaterThan(3);
      expect(marks.length).toBeLessThan(14);
    }
    expect([clockOf(3723), clockOf(59.996, true), clockOf(0.5, true)]).toEqual([
      '1:02:03',
      '1:00.00',
      '0:00.50',
    ]);
  });

  it.each([
    ['1:02.5', 62.5],
    ['62,5s', 62.5],
    ['1:00:01', 3601],
    ['#50', 2],
    ['abc', null],
  ])('goes to %s', (text, expected) => {
    expect(momentOf(text, 25)).toBe(expected);
  });

  it('has as many pictures as fit, where they stay while it moves', () => {
    const places = Strip.places({ start: 0, seconds: 7200 }, 1000, 80);
    expect(places.length).toBeGreaterThan(5);
    expect(places.length).toBeLessThan(14);
    const moved = Strip.places({ start: 700, seconds: 7200 }, 1000, 80);
    expect(moved.filter((place) => places.includes(place)).length).toBeGreaterThan(5);
  });

  it('learns the sound that is in sight, a stretch at a time', async () => {
    const host = new FakeHost();
    const asked: number[] = [];
    host.peaks = async ({ start, count }) => {
      asked.push(start);
      return new Uint8Array(count).fill(128);
    };
    const strip = new Strip(host);
    const audio = {
      index: 1,
      kind: 'audio',
      codec: 'aac',
      language: null,
      title: null,
      channels: 2,
      sampleRate: 48_000,
      bitRate: null,
    } as const;
    strip.open({ ...info('/a.mp4'), others: [{ ...audio, attachedPicture: false }] });
    expect(strip.peak(10, 11)).toBe(null);
    strip.wantSound({ start: 100, seconds: 300 });
    await vi.waitFor(() => {
      expect(asked).toEqual([0, 300]);
    });
    expect(strip.peak(10, 11)).toBeCloseTo(0.5, 2);
  });
});
