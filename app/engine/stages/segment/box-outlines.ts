import { octagon, writeDiamond, writeResampled } from './initial-contour';
import type { Box, Detection, Matte } from './instances';
import { MatteRendering, type FrameScale, type GuidePicture } from './matte';
import { checkNumbers } from './numbers';
import { PERSON, type FoundBox } from './peaks';
import { PointRendering } from './point-rendering';
import type { SnakeGraphs } from './snake-graphs';
import { tracedLazily } from './trace-outlines';

/** Every tenth point of a diamond becomes an extreme point. */
const EXTREME_EVERY = 10;
/** Mattes that are rendered at once, while others are cut down: each takes memory, up to a frame's. */
const AT_ONCE = 4;

/** From the boxes of a picture that the graphs have looked at to outlines. */
export class BoxOutlines {
  readonly #graphs: SnakeGraphs;
  readonly #points: PointRendering;
  readonly #mattes = new MatteRendering();

  constructor(graphs: SnakeGraphs) {
    this.#graphs = graphs;
    this.#points = new PointRendering(graphs);
  }

  /**
   * [boxes, contourPoints, 2] in pixels of the network's input.
   *
   * @throws UserError bad-result where the network gives what is no number
   */
  async contours(boxes: readonly FoundBox[]): Promise<Float32Array> {
    const { diamondPoints, contourPoints } = this.#graphs;
    const diamonds = new Float32Array(2 * diamondPoints * boxes.length);
    const centres = new Float32Array(2 * boxes.length);
    for (const [index, { box }] of boxes.entries()) {
      writeDiamond(box, diamonds.subarray(2 * diamondPoints * index, 2 * diamondPoints * (index + 1)));
      centres[2 * index] = (box.x0 + box.x1) / 2;
      centres[2 * index + 1] = (box.y0 + box.y1) / 2;
    }
    const moved = await this.#graphs.extremes(diamonds, centres);
    const first = new Float32Array(2 * contourPoints * boxes.length);
    for (let index = 0; index < boxes.length; index++) {
      const points = moved.subarray(2 * diamondPoints * index, 2 * diamondPoints * (index + 1));
      const extremes = points.filter((_, value) => (value >> 1) % EXTREME_EVERY === 0);
      writeResampled(
        octagon(extremes),
        first.subarray(2 * contourPoints * index, 2 * contourPoints * (index + 1)),
      );
    }
    const contours = await this.#graphs.contours(first);
    checkNumbers(contours);
    return contours;
  }

  /** What contours become at the frame's own size; objects of which no pixel is left are left out. */
  async detections(
    boxes: readonly FoundBox[],
    contours: Float32Array,
    guide: GuidePicture,
    scale: FrameScale,
  ): Promise<Detection[]> {
    const { width, height, pictureWidth, pictureHeight } = guide.fitting;
    const grids = await this.#points.grids({
      contours,
      vertices: this.#graphs.contourPoints,
      person: boxes.map(({ classIndex }) => classIndex === PERSON),
      scale: Math.max(scale.width / pictureWidth, scale.height / pictureHeight),
      width,
      height,
    });
    const mattes: (Matte | null)[] = [];
    while (mattes.length < grids.length) {
      const some = grids.slice(mattes.length, mattes.length + AT_ONCE);
      mattes.push(...(await this.#mattes.render(some, scale, guide)));
    }
    this.#points.giveBack(grids);
    return boxes.flatMap(({ classIndex, score, box }, index) => {
      const matte = mattes[index];
      return matte ? [tracedLazily({ classIndex, score, box: inFrame(box, scale), matte })] : [];
    });
  }
}

function inFrame({ x0, y0, x1, y1 }: Box, { width, height, across, down }: FrameScale): Box {
  return {
    x0: Math.min(x0 * across, width),
    y0: Math.min(y0 * down, height),
    x1: Math.min(x1 * across, width),
    y1: Math.min(y1 * down, height),
  };
}
