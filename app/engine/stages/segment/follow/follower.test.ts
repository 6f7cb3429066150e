import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { random } from '../../../../../tests/support/random';
import type { Detection, Instance, Matte } from '../instances';
import { tracedLazily } from '../trace-outlines';
import { Follower, LOOKAHEAD, type FoundFrame } from './follower';
import { matteOverlap } from './matte-overlap';

const WIDTH = 160;
const HEIGHT = 96;
const FRAMES_A_SECOND = 25;

/** A thing in a scene: an ellipse of a colour. */
interface Thing {
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY?: number;
  readonly colour: readonly [number, number, number];
  readonly score?: number;
  readonly classIndex?: number;
  /** In the picture, but not found. */
  readonly missed?: boolean;
}

function matteOf({ x, y, radiusX, radiusY = radiusX }: Thing): Matte {
  const [x0, y0] = [Math.max(0, Math.floor(x - radiusX)), Math.max(0, Math.floor(y - radiusY))];
  const width = Math.max(1, Math.min(WIDTH, Math.ceil(x + radiusX)) - x0);
  const height = Math.max(1, Math.min(HEIGHT, Math.ceil(y + radiusY)) - y0);
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [across, down] = [(x0 + column + 0.5 - x) / radiusX, (y0 + row + 0.5 - y) / radiusY];
      data[row * width + column] = across ** 2 + down ** 2 < 1 ? 255 : 0;
    }
  return { x: x0, y: y0, width, height, data };
}

function detectionOf(thing: Thing): Detection {
  const { x, y, radiusX, radiusY = radiusX, score = 0.6, classIndex = 0 } = thing;
  const box = { x0: x - radiusX, y0: y - radiusY, x1: x + radiusX, y1: y + radiusY };
  return tracedLazily({ classIndex, score, box, matte: matteOf(thing) });
}

/** A frame with things in it, the later ones before the earlier. */
function frameOf(index: number, things: readonly Thing[], noise = 0, background = 0.5): FoundFrame {
  const data = new Float32Array(3 * WIDTH * HEIGHT).fill(background);
  for (const thing of things) {
    const matte = matteOf(thing);
    for (let row = 0; row < matte.height; row++)
      for (let column = 0; column < matte.width; column++)
        if (matte.data[row * matte.width + column])
          for (const [plane, value] of thing.colour.entries())
            data[(plane * HEIGHT + matte.y + row) * WIDTH + matte.x + column] = value;
  }
  const next = random(index + 1);
  if (noise > 0) for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) + noise * (next() - 0.5);
  return {
    width: WIDTH,
    height: HEIGHT,
    seconds: index / FRAMES_A_SECOND,
    detections: things.filter(({ missed }) => !missed).map(detectionOf),
    seen: {
      data,
      fitting: { width: WIDTH, height: HEIGHT, pictureWidth: WIDTH, pictureHeight: HEIGHT },
    },
  };
}

/** What is told of each frame of a shot. */
async function follow(
  frames: readonly FoundFrame[],
  follower = new Follower(0.3),
): Promise<(readonly Instance[])[]> {
  const told: (readonly Instance[])[] = [];
  for (const frame of frames) told.push(...(await follower.push(frame)));
  return [...told, ...(await follower.flush())];
}

const numbers = (told: readonly (readonly Instance[])[]): number[][] =>
  told.map((instances) => instances.map(({ track }) => track));

const RED = [0.9, 0.1, 0.1] as const;
const BLUE = [0.1, 0.1, 0.9] as const;
const GREEN = [0.1, 0.8, 0.1] as const;

/** Things of each of some frames. */
function shot(count: number, at: (index: number) => readonly Thing[], noise = 0): FoundFrame[] {
  return Array.from({ length: count }, (_, index) => frameOf(index, at(index), noise));
}

describe('Follower', () => {
  it('keeps numbers while objects move, and tells of every frame', async () => {
    const told = await follow(
      shot(12, (index) => [
        { x: 30 + 5 * index, y: 30, radiusX: 12, colour: RED, score: 0.6 },
        { x: 130 - 4 * index, y: 70, radiusX: 10, colour: BLUE, score: 0.5 },
      ]),
    );
    expect(numbers(told)).toEqual(Array.from({ length: 12 }, () => [1, 2]));
    for (const [index, instances] of told.entries())
      expect(instances[0]?.box.x0).toBeCloseTo(30 + 5 * index - 12, 6);
  });

  it('tells of frames when those after them are known', async () => {
    const follower = new Follower(0.3);
    const thing = { x: 50, y: 50, radiusX: 20, colour: RED };
    expect(await follower.push(frameOf(0, [thing]))).toEqual([]);
    expect(await follower.push(frameOf(1, [thing]))).toEqual([]);
    expect(await follower.push(frameOf(2, [thing]))).toHaveLength(1);
    expect(await follower.flush()).toHaveLength(LOOKAHEAD);
    expect(await follower.flush()).toEqual([]);
  });

  it('keeps two that cross apart, the one behind out of sight for a while', async () => {
    const told = await follow(
      shot(30, (index) => {
        const [left, right] = [20 + 4 * index, 140 - 4 * index];
        const hidden = Math.abs(left - right) < 24;
        return [
          { x: right, y: 50, radiusX: 14, radiusY: 30, colour: BLUE, missed: hidden },
          { x: left, y: 50, radiusX: 14, radiusY: 30, colour: RED },
        ];
      }),
    );
    const byPlace = (instances: readonly Instance[]): number[] =>
      instances.toSorted((a, b) => a.box.x0 - b.box.x0).map(({ track }) => track);
    const [first = [], last = []] = [told[0], told.at(-1)].map((instances) => byPlace(instances ?? []));
    expect(first).toHaveLength(2);
    expect(last).toEqual(first.toReversed());
    expect(new Set(told.flat().map(({ track }) => track)).size).toBe(2);
  });

  it('gives an object its number back after half a second out of sight, and another after two', async () => {
    const hiddenFor = async (frames: number): Promise<number[]> => {
      const told = await follow(
        shot(20 + frames, (index) => [
          {
            x: 60 + (index < 10 ? 0 : 4),
            y: 50,
            radiusX: 15,
            colour: GREEN,
            missed: index >= 10 && index < 10 + frames,
          },
        ]),
      );
      return [...new Set(told.flat().map(({ track }) => track))];
    };
    expect(await hiddenFor(12)).toEqual([1]);
    expect(await hiddenFor(50)).toEqual([1, 2]);
  });

  it('tells nothing of what is seen once, unless the network is sure, and of others from the first time on', async () => {
    const told = await follow(
      shot(10, (index) => [
        { x: 80, y: 20, radiusX: 12, colour: GREEN },
        ...(index === 4 ? [{ x: 30, y: 70, radiusX: 9, colour: RED }] : []),
        ...(index === 6 ? [{ x: 130, y: 70, radiusX: 9, colour: BLUE, score: 0.9 }] : []),
      ]),
    );
    expect(numbers(told)).toEqual([[1], [1], [1], [1], [1], [1], [1, 2], [1], [1], [1]]);
  });

  it('takes its time with what appears where nothing has changed', async () => {
    const [seen, doubted] = [
      { x: 80, y: 20, radiusX: 12, colour: GREEN },
      { x: 30, y: 70, radiusX: 15, colour: RED, score: 0.32 },
    ];
    const told = await follow(
      shot(24, (index) => [
        seen,
        { ...doubted, missed: index < 3 || (index > 4 && index < 12) },
        { x: 130, y: 70, radiusX: 9, colour: BLUE, score: 0.9, missed: index < 6 },
      ]),
    );
    // The network is sure of the third at once; the second is told of from two frames before its sixth sighting on.
    const doubtedFrom = told.findIndex((instances) =>
      instances.some(({ box }) => box.y0 === 55 && box.x0 < 60),
    );
    expect(numbers(told.slice(0, 6))).toEqual(Array.from({ length: 6 }, () => [1]));
    expect(numbers(told.slice(6, 15)).every((found) => found.join() === '1,2')).toBe(true);
    expect(doubtedFrom).toBe(15);
    expect(numbers(told.slice(15)).every((found) => found.join() === '1,2,3')).toBe(true);
  });

  it('takes what a shot of one picture shows', async () => {
    expect(numbers(await follow(shot(1, () => [{ x: 40, y: 40, radiusX: 20, colour: RED }])))).toEqual([[1]]);
    expect(await follow([frameOf(0, [])])).toEqual([[]]);
  });

  it('fills in a frame in which the network missed an object', async () => {
    const told = await follow(
      shot(8, (index) => [{ x: 40 + 6 * index, y: 50, radiusX: 15, colour: RED, missed: index === 4 }]),
    );
    expect(numbers(told)).toEqual(Array.from({ length: 8 }, () => [1]));
    const [filled] = told[4] ?? [];
    expect(filled?.box.x0).toBeCloseTo(40 + 24 - 15, 6);
    const truth = matteOf({ x: 64, y: 50, radiusX: 15, colour: RED });
    expect(filled && matteOverlap(filled.matte, truth, 0, 0)).toBeGreaterThan(0.95);
    expect(filled?.confidence).toBeLessThan(told[3]?.[0]?.confidence ?? 0);
    expect(filled?.contours).toHaveLength(1);
  });

  it('flags an outline that stands out between two that agree, and no steady change', async () => {
    const told = await follow(
      shot(12, (index) => [
        { x: 60, y: 50, radiusX: index === 5 ? 11 : 20, colour: RED },
        { x: 110, y: 50, radiusX: 10 + 1.5 * index, radiusY: 20, colour: BLUE },
      ]),
    );
    const flagged = told.flatMap((instances, index) =>
      instances.filter(({ outlier }) => outlier).map(({ track }) => [index, track]),
    );
    expect(flagged).toEqual([[5, told[0]?.[0]?.track]]);
    expect(told[5]?.[0]?.confidence).toBeLessThan(told[4]?.[0]?.confidence ?? 0);
  });

  it('begins anew after a cut, but gives no number twice', async () => {
    const follower = new Follower(0.3);
    const thing = { x: 60, y: 50, radiusX: 15, colour: RED };
    const one = await follow(
      shot(5, () => [thing]),
      follower,
    );
    const two = await follow(
      shot(5, () => [thing]),
      follower,
    );
    expect([...new Set(numbers(one).flat())]).toEqual([1]);
    expect([...new Set(numbers(two).flat())]).toEqual([2]);
  });

  it('keeps the number of an object that is taken for another class, and tells what it is for the most part', async () => {
    const thing = { x: 60, y: 50, radiusX: 15, colour: RED };
    const told = await follow(
      shot(10, (index) => [{ ...thing, classIndex: index === 3 || index === 7 ? 7 : 2 }]),
    );
    expect(numbers(told)).toEqual(Array.from({ length: 10 }, () => [1]));
    expect(told.slice(3).flatMap((instances) => instances.map(({ classIndex }) => classIndex))).toEqual(
      Array.from({ length: 7 }, () => 2),
    );
    const apart = await follow(
      shot(10, (index) => [{ ...thing, x: index < 5 ? 40 : 100, classIndex: index < 5 ? 0 : 16 }]),
    );
    expect([...new Set(numbers(apart).flat())]).toEqual([1, 2]);
  });

  it('takes outlines over one another for one object', async () => {
    const told = await follow(
      shot(6, () => [
        { x: 60, y: 50, radiusX: 20, colour: RED, classIndex: 2, score: 0.5 },
        { x: 61, y: 50, radiusX: 20, colour: RED, classIndex: 7, score: 0.4 },
        { x: 100, y: 50, radiusX: 25, colour: BLUE },
      ]),
    );
    expect(numbers(told)).toEqual(Array.from({ length: 6 }, () => [1, 2]));
  });

  it('follows what is seen faintly, but begins with nothing so faint', async () => {
    const thing = { x: 60, y: 50, radiusX: 15, colour: RED };
    const faint = { x: 120, y: 50, radiusX: 15, colour: BLUE, score: 0.2 };
    const told = await follow(shot(8, (index) => [{ ...thing, score: index > 2 ? 0.2 : 0.5 }, faint]));
    expect(numbers(told)).toEqual(Array.from({ length: 8 }, () => [1]));
  });

  it('leaves out parts of an object', async () => {
    const told = await follow(
      shot(5, () => [
        { x: 60, y: 50, radiusX: 25, radiusY: 40, colour: RED, score: 0.6 },
        { x: 60, y: 70, radiusX: 12, colour: RED, score: 0.5 },
      ]),
    );
    expect(numbers(told)).toEqual(Array.from({ length: 5 }, () => [1]));
  });

  it('tells where objects are to be expected', async () => {
    const follower = new Follower(0.3);
    for (const frame of shot(6, (index) => [{ x: 40 + 5 * index, y: 50, radiusX: 10, colour: RED }]))
      await follower.push(frame);
    const [expected, ...others] = follower.expected(6 / FRAMES_A_SECOND);
    expect(others).toEqual([]);
    expect(Math.abs((expected?.box.x0 ?? 0) - (40 + 30 - 10))).toBeLessThan(2);
  });

  it('goes on from what was saved as if nothing had happened', async () => {
    const frames = shot(16, (index) => [
      { x: 40 + 3 * index, y: 40, radiusX: 14, colour: RED, missed: index === 9 },
      { x: 120, y: 60, radiusX: 10 + (index % 2), colour: BLUE },
    ]);
    const whole = await follow(frames);
    const first = new Follower(0.3);
    const begun: (readonly Instance[])[] = [];
    for (const frame of frames.slice(0, 8)) begun.push(...(await first.push(frame)));
    const saved = serialize(first.save());
    // Later calls don't change it.
    const kept = first.save();
    await first.push(frameOf(8, []));
    expect(serialize(kept).equals(saved)).toBe(true);
    const second = new Follower(0.3);
    second.restore(deserialize(saved));
    const plain = (told: readonly (readonly Instance[])[]): unknown =>
      told.map((instances) =>
        instances.map(({ track, matte, confidence, outlier }) => ({ track, matte, confidence, outlier })),
      );
    expect(plain([...begun, ...(await follow(frames.slice(8), second))])).toEqual(plain(whole));
  });
});

describe('steadied mattes', () => {
  /** Mean overlap of consecutive mattes. */
  const steadiness = (told: readonly (readonly Instance[])[]): number => {
    const overlaps = told.slice(1).map((instances, index) => {
      const [before, now] = [told[index]?.[0], instances[0]];
      return before && now ? exactOverlap(before.matte, now.matte) : 0;
    });
    return overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
  };

  /** A disc whose outline the network draws a bit differently every time. */
  const wobbling = (index: number, x: number): Detection => {
    const next = random(1000 + index);
    const thing = { x, y: 48, radiusX: 30, colour: RED };
    const wobbled = { ...thing, radiusX: 30 + 1.5 * (next() - 0.5), radiusY: 30 + 1.5 * (next() - 0.5) };
    return { ...detectionOf(thing), matte: matteOf(wobbled) };
  };

  const scene = (count: number, at: (index: number) => number): FoundFrame[] =>
    Array.from({ length: count }, (_, index) => ({
      ...frameOf(index, [{ x: at(index), y: 48, radiusX: 30, colour: RED }], 12 / 255),
      detections: [wobbling(index, at(index))],
    }));

  it('flicker less where the picture rests but for noise', async () => {
    const frames = scene(40, () => 70);
    const raw = frames.map(({ detections }) => detections as unknown as Instance[]);
    const [before, after] = [steadiness(raw), steadiness(await follow(frames))];
    expect(before).toBeLessThan(0.985);
    expect(after).toBeGreaterThan(0.998);
  });

  it.each([0.4, 1, 3])('are where the object is that moves by %f pixels a frame', async (speed) => {
    const at = (index: number): number => 40 + speed * index;
    const frames = scene(25, at);
    const truthOf = (index: number): Matte => matteOf({ x: at(index), y: 48, radiusX: 30, colour: RED });
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const told = (await follow(frames)).map(([instance], index) =>
      instance ? exactOverlap(instance.matte, truthOf(index)) : 0,
    );
    const raw = frames.map(({ detections: [found] }, index) =>
      found ? exactOverlap(found.matte, truthOf(index)) : 0,
    );
    expect(mean(told)).toBeGreaterThanOrEqual(mean(raw) - 0.001);
    expect(Math.min(...told)).toBeGreaterThan(0.93);
  });

  it('go off with an object that begins to move, in that very frame', async () => {
    const at = (index: number): number => 50 + 3 * Math.max(0, index - 11);
    const frames = scene(16, at);
    const told = await follow(frames);
    for (const [index, { detections }] of frames.entries()) {
      if (index < 12) continue;
      const [found, [shown]] = [detections[0], told[index] ?? []];
      expect(found && shown && exactOverlap(shown.matte, found.matte)).toBeGreaterThan(0.995);
    }
  });

  it('come round to what the network says for long, and are not those of the shot before', async () => {
    const disc = { x: 70, y: 48, radiusX: 30, colour: RED };
    const drawn = (index: number, radiusX: number): FoundFrame => ({
      ...frameOf(index, [disc], 12 / 255),
      detections: [{ ...detectionOf(disc), matte: matteOf({ ...disc, radiusX, radiusY: 30 }) }],
    });
    const follower = new Follower(0.3);
    const told = await follow(
      Array.from({ length: 30 }, (_, index) => drawn(index, index < 8 ? 24 : 30)),
      follower,
    );
    const overlapWith = (instances: readonly Instance[] | undefined, radiusX: number): number =>
      exactOverlap(instances?.[0]?.matte ?? matteOf(disc), matteOf({ ...disc, radiusX, radiusY: 30 }));
    expect(overlapWith(told[9], 24)).toBeGreaterThan(0.99);
    expect(overlapWith(told[25], 30)).toBeGreaterThan(0.99);
    const [first] = await follow([drawn(30, 24), drawn(31, 24)], follower);
    expect(overlapWith(first, 24)).toBe(1);
  });
});

function exactOverlap(a: Matte, b: Matte): number {
  const at = ({ x, y, width, height, data }: Matte, column: number, row: number): boolean =>
    column >= x &&
    row >= y &&
    column < x + width &&
    row < y + height &&
    (data[(row - y) * width + column - x] ?? 0) >= 128;
  let [both, either] = [0, 0];
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const [inA, inB] = [at(a, x, y), at(b, x, y)];
      if (inA && inB) both++;
      if (inA || inB) either++;
    }
  return both / either;
}
