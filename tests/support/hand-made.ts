import type { StageChoice } from '../../app/shared';
import type { InstanceSource } from '../../app/engine/stages/segment/instance-source';
import type { Instance, Picture } from '../../app/engine/stages/segment/instances';

/** An ellipse with an edge of about two pixels, and the outline of its middle. */
export function ellipse(
  {
    track,
    x,
    y,
    a,
    b,
    classIndex = 0,
  }: {
    readonly track: number;
    readonly x: number;
    readonly y: number;
    readonly a: number;
    readonly b: number;
    readonly classIndex?: number;
  },
  more: Partial<Instance> = {},
): Instance {
  const points = new Float32Array(256);
  for (let i = 0; i < 128; i++) {
    const angle = -Math.PI / 2 - (i / 128) * 2 * Math.PI;
    points[2 * i] = x + a * Math.cos(angle);
    points[2 * i + 1] = y + b * Math.sin(angle);
  }
  const [left, top] = [Math.floor(x - a - 2), Math.floor(y - b - 2)];
  const [width, height] = [Math.ceil(x + a + 2) - left, Math.ceil(y + b + 2) - top];
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [dx, dy] = [(left + column + 0.5 - x) / a, (top + row + 0.5 - y) / b];
      const away = (Math.hypot(dx, dy) - 1) * Math.min(a, b);
      data[row * width + column] = Math.round(255 * Math.max(0, Math.min(1, 0.5 - away / 2)));
    }
  return {
    track,
    classIndex,
    score: 0.9,
    confidence: 0.8,
    outlier: false,
    box: { x0: x - a, y0: y - b, x1: x + a, y1: y + b },
    contours: [points],
    matte: { x: left, y: top, width, height, data },
    ...more,
  };
}

/** Finds what it is told to, `lookahead` frames late. What is in a frame follows from how many came before it. */
export class HandMadeSource implements InstanceSource {
  readonly identity = 'hand-made';
  readonly choice: StageChoice | null = null;
  readonly backend = 'test';
  readonly needsPictures = true;
  readonly pushed: Picture[] = [];
  #seen = 0;
  #pending: (readonly Instance[])[] = [];

  constructor(
    private readonly find: (index: number, seconds: number, picture: Picture) => readonly Instance[],
    readonly lookahead = 0,
  ) {}

  async push(picture: Picture, seconds: number): Promise<readonly (readonly Instance[])[]> {
    this.#pending.push(this.find(this.#seen++, seconds, picture));
    return this.#pending.splice(0, Math.max(0, this.#pending.length - this.lookahead));
  }

  async flush(): Promise<readonly (readonly Instance[])[]> {
    return this.#pending.splice(0);
  }

  save(): unknown {
    return { seen: this.#seen, pending: [...this.#pending] };
  }

  restore(saved: unknown): void {
    const { seen, pending } = saved as { seen: number; pending: (readonly Instance[])[] };
    this.#seen = seen;
    this.#pending = [...pending];
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
