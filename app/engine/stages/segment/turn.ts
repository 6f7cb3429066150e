import type { Box, Instance, Matte, RgbPicture } from './instances';

/** Clockwise degrees that a player turns stored pictures by. */
export type Rotation = 0 | 90 | 180 | 270;

/** A point, x and y. */
type Point = readonly [number, number];

/** How a picture of this stored size lies, and the way between its stored and its shown pixels. */
export class Turn {
  constructor(
    readonly rotation: Rotation,
    readonly width: number,
    readonly height: number,
  ) {}

  /** Size as shown. */
  get shown(): { readonly width: number; readonly height: number } {
    const { rotation, width, height } = this;
    return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  }

  /** The turn of what is shown back to what is stored. */
  get back(): Turn {
    const { width, height } = this.shown;
    return new Turn(((360 - this.rotation) % 360) as Rotation, width, height);
  }

  /** Where a stored point is shown; (0, 0) is the outer corner of the first pixel. */
  point(x: number, y: number): Point {
    switch (this.rotation) {
      case 0:
        return [x, y];
      case 90:
        return [this.height - y, x];
      case 180:
        return [this.width - x, this.height - y];
      case 270:
        return [y, this.width - x];
    }
  }

  /** A picture as it is shown; itself where nothing is turned. */
  picture(picture: RgbPicture): RgbPicture {
    if (this.rotation === 0) return picture;
    const { width, height } = this.shown;
    const area = width * height;
    const data = new Float32Array(3 * area);
    for (let plane = 0; plane < 3; plane++)
      this.#samples(
        picture.data.subarray(plane * area, (plane + 1) * area),
        data.subarray(plane * area, (plane + 1) * area),
      );
    return { width, height, data };
  }

  instance<T extends Instance>(instance: T): T {
    if (this.rotation === 0) return instance;
    return {
      ...instance,
      box: this.#box(instance.box),
      contours: instance.contours.map((contour) => this.#contour(contour)),
      matte: this.#matte(instance.matte),
    };
  }

  #box({ x0, y0, x1, y1 }: Box): Box {
    const [a, b] = [this.point(x0, y0), this.point(x1, y1)];
    return {
      x0: Math.min(a[0], b[0]),
      y0: Math.min(a[1], b[1]),
      x1: Math.max(a[0], b[0]),
      y1: Math.max(a[1], b[1]),
    };
  }

  #contour(contour: Float32Array): Float32Array {
    const turned = new Float32Array(contour.length);
    for (let i = 0; i < contour.length; i += 2) {
      const [x, y] = this.point(contour[i] ?? 0, contour[i + 1] ?? 0);
      turned[i] = x;
      turned[i + 1] = y;
    }
    return turned;
  }

  #matte(matte: Matte): Matte {
    const { x, y, width, height } = matte;
    const box = this.#box({ x0: x, y0: y, x1: x + width, y1: y + height });
    const data = new Uint8Array(matte.data.length);
    new Turn(this.rotation, width, height).#samples(matte.data, data);
    return { x: box.x0, y: box.y0, width: box.x1 - box.x0, height: box.y1 - box.y0, data };
  }

  #samples<T extends Float32Array | Uint8Array>(source: T, target: T): void {
    const { rotation, width, height } = this;
    // Steps in the target from one stored sample of a row to the next, and from one row to the next.
    const steps: Readonly<Record<Rotation, readonly [from: number, across: number, down: number]>> = {
      0: [0, 1, width],
      90: [height - 1, height, -1],
      180: [width * height - 1, -1, -width],
      270: [(width - 1) * height, -height, 1],
    };
    const [from, across, down] = steps[rotation];
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0, to = from + y * down; x < width; x++, at++, to += across) target[to] = source[at] ?? 0;
  }
}
