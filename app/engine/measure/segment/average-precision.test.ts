import { describe, expect, it } from 'vitest';
import { averagePrecisions, THRESHOLDS, type PictureCase } from './average-precision';

/** AP at an overlap of a half. */
const ap50 = (...pictures: readonly PictureCase[]): number => averagePrecisions(pictures)![0]!;
const picture = (
  scores: readonly number[],
  overlap: readonly (readonly number[])[],
  crowd?: boolean[],
): PictureCase => ({
  scores,
  overlap,
  crowd: crowd ?? (overlap[0] ?? []).map(() => false),
});
const missed = (objects: number): PictureCase => ({
  scores: [],
  overlap: [],
  crowd: Array<boolean>(objects).fill(false),
});

describe('average precision', () => {
  it('is exactly 1 where all is found, at every threshold', () => {
    const perfect = picture(
      [0.9, 0.3],
      [
        [1, 0.2],
        [0.2, 1],
      ],
    );
    expect(averagePrecisions([perfect, perfect])).toEqual(THRESHOLDS.map(() => 1));
  });

  it('is 0 where nothing is found, and unknown where nothing is there', () => {
    expect(ap50(missed(2))).toBe(0);
    expect(averagePrecisions([picture([0.9], [[]])])).toBeNull();
    expect(averagePrecisions([])).toBeNull();
  });

  it('is read at 101 recalls: one of two found gives 51 of them', () => {
    expect(ap50(picture([0.9], [[1, 0]]))).toBeCloseTo(51 / 101, 12);
    expect(ap50(picture([0.9], [[1]]), missed(1))).toBeCloseTo(51 / 101, 12);
  });

  it('counts an object that is found twice once, the surer detection’s', () => {
    // Right, then wrong: full precision up to full recall.
    expect(ap50(picture([0.9, 0.8], [[0.8], [1]]))).toBe(1);
    // With another object after the double: precision 1 up to recall ½ (51 places), 2 of 3 beyond (50).
    const doubled = picture(
      [0.9, 0.8, 0.7],
      [
        [1, 0],
        [0.9, 0],
        [0, 1],
      ],
    );
    expect(ap50(doubled)).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 12);
  });

  it('falls where what is wrong comes first', () => {
    // Wrong, then right: precision ½ at every recall.
    expect(ap50(picture([0.9, 0.1], [[0], [1]]))).toBe(0.5);
    // The other way round nothing is lost.
    expect(ap50(picture([0.1, 0.9], [[0], [1]]))).toBe(1);
  });

  it('ranks detections over all pictures together', () => {
    const sure = picture([0.9], [[0]]);
    const unsure = picture([0.5], [[1]]);
    expect(ap50(sure, unsure)).toBeCloseTo((0.5 * 51) / 101, 12);
    expect(ap50(unsure, sure)).toBeCloseTo((0.5 * 51) / 101, 12);
  });

  it('makes precision fall with recall', () => {
    // Right, wrong, right, of two: 1 up to ½, then ⅔.
    expect(
      ap50(
        picture(
          [0.9, 0.8, 0.7],
          [
            [1, 0],
            [0, 0],
            [0, 1],
          ],
        ),
      ),
    ).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 12);
    // Wrong, right, right: ⅔ everywhere, since precision at recall 1 is better than the ½ before it.
    expect(
      ap50(
        picture(
          [0.9, 0.8, 0.7],
          [
            [0, 0],
            [1, 0],
            [0, 1],
          ],
        ),
      ),
    ).toBeCloseTo(2 / 3, 12);
  });

  it('needs the overlap of the threshold', () => {
    const half = averagePrecisions([picture([0.9], [[0.72]])])!;
    expect(half).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(averagePrecisions([picture([0.9], [[0.75]])])![5]).toBe(1);
  });

  it('gives a detection the object that it overlaps most', () => {
    // The surer one takes the second object, so that the first is left for the other.
    expect(
      ap50(
        picture(
          [0.9, 0.8],
          [
            [0.6, 0.7],
            [0.6, 0],
          ],
        ),
      ),
    ).toBe(1);
    // It may not take what a surer one has, and finds the other.
    expect(
      ap50(
        picture(
          [0.9, 0.8],
          [
            [0, 0.9],
            [0.6, 0.8],
          ],
        ),
      ),
    ).toBe(1);
  });

  it('lets a crowd be found any number of times, and missed', () => {
    const crowd = (overlap: readonly (readonly number[])[], scores = [0.9, 0.8, 0.7]): PictureCase =>
      picture(scores, overlap, [true, false]);
    // Two in the crowd count neither way; the object is found.
    expect(
      ap50(
        crowd([
          [1, 0],
          [0.8, 0],
          [0, 1],
        ]),
      ),
    ).toBe(1);
    // An object comes before a crowd, even where the crowd is overlapped more.
    expect(
      ap50(
        crowd([
          [1, 0.6],
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toBe(1);
    // Once it is taken, the crowd takes what else lies there.
    expect(
      ap50(
        crowd([
          [0, 0.9],
          [1, 0.9],
          [0, 0],
        ]),
      ),
    ).toBe(1);
    // A crowd alone is no object.
    expect(averagePrecisions([picture([0.9], [[1]], [true])])).toBeNull();
  });

  it('takes the 100 surest of a picture', () => {
    const wrong = Array.from({ length: 100 }, () => [0]);
    const scores = (last: number): number[] => [...wrong.map(() => 0.5), last];
    expect(ap50(picture(scores(0.4), [...wrong, [1]]))).toBe(0);
    expect(ap50(picture(scores(0.6), [...wrong, [1]]))).toBe(1);
  });
});
