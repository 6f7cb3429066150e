import { describe, expect, it } from 'vitest';
import { ellipse } from '../../../../tests/support/hand-made';
import { Turn, type Rotation } from './turn';

const ROTATIONS: readonly Rotation[] = [0, 90, 180, 270];

describe('a turn', () => {
  it('goes clockwise, as players turn pictures', () => {
    expect(new Turn(90, 30, 20).shown).toEqual({ width: 20, height: 30 });
    // The upper left corner goes to the upper right.
    expect(new Turn(90, 30, 20).point(0, 0)).toEqual([20, 0]);
    expect(new Turn(180, 30, 20).point(0, 0)).toEqual([30, 20]);
    expect(new Turn(270, 30, 20).point(0, 0)).toEqual([0, 30]);
  });

  it.each(ROTATIONS)(
    'of %d degrees is undone by its way back, for points, pictures and objects',
    (rotation) => {
      const turn = new Turn(rotation, 30, 20);
      const [x, y] = turn.point(7, 3);
      expect(turn.back.point(x, y)).toEqual([7, 3]);
      const data = Float32Array.from({ length: 3 * 600 }, (_, index) => index);
      const picture = turn.picture({ width: 30, height: 20, data });
      expect(picture).toMatchObject(turn.shown);
      expect(picture.data[turn.shown.width * Math.floor(y - 0.1) + Math.floor(x - 0.1)]).toBeDefined();
      expect(turn.back.picture(picture).data).toEqual(data);
      const object = ellipse({ track: 1, x: 10, y: 8, a: 5, b: 4 });
      const there = turn.instance(object);
      const [cx, cy] = turn.point(10, 8);
      expect((there.box.x0 + there.box.x1) / 2).toBeCloseTo(cx);
      expect((there.box.y0 + there.box.y1) / 2).toBeCloseTo(cy);
      expect(there.matte.x + there.matte.width / 2).toBeCloseTo(cx);
      const home = turn.back.instance(there);
      expect(home.matte).toEqual(object.matte);
      expect(home.box).toEqual(object.box);
      home.contours[0]!.forEach((value, index) => {
        expect(value).toBeCloseTo(object.contours[0]![index]!, 4);
      });
    },
  );

  it('moves samples as it moves points', () => {
    const data = new Float32Array(3 * 6);
    data[1 * 3 + 2] = 1;
    for (const rotation of ROTATIONS) {
      const turn = new Turn(rotation, 3, 2);
      const [x, y] = turn.point(2.5, 1.5);
      const { width, data: turned } = turn.picture({ width: 3, height: 2, data });
      expect(turned[Math.floor(y) * width + Math.floor(x)]).toBe(1);
    }
  });
});
