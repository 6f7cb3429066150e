import { UserError, type ClassName, type SegmentManifest } from '../../../shared';
import type { BackendChoice, SegmentModel } from '../../runtime';
import { BoxOutlines } from './box-outlines';
import type { Box, Detection, RgbPicture } from './instances';
import type { FrameScale } from './matte';
import { NetworkPicture, type Fitting } from './network-picture';
import { findBoxes, type ExpectedObject } from './peaks';
import { SnakeGraphs } from './snake-graphs';

export interface SegmenterOptions {
  /** `all`: those that the model knows well enough. */
  readonly classes: 'all' | readonly ClassName[];
  /** Objects that the network is less sure of are left out, 0 to 1. */
  readonly minScore: number;
  /** Pixels of the longer side that the network sees; left out: the model's own. */
  readonly workingSize?: number;
  /** A place holds one object, of the class that it most surely is. Left out: it may be taken for several. */
  readonly exclusive?: boolean;
  /** Told what is worth knowing. */
  readonly note: (text: string) => void;
}

/** Seconds that the parts of a picture took. */
export interface SegmenterSeconds {
  /** Making it small, the detector, and the boxes in what it gives. */
  readonly network: number;
  /** From boxes to contours. */
  readonly contours: number;
  /** From contours to mattes of the frame's size. */
  readonly mattes: number;
}

/** Objects of a picture at most. */
const MOST = 100;

/** Finds the objects of single pictures with a Deep Snake. */
export class Segmenter {
  readonly #graphs: SnakeGraphs;
  readonly #manifest: SegmentManifest;
  readonly #options: SegmenterOptions;
  readonly #classes: readonly number[];
  readonly #picture = new NetworkPicture();
  readonly #outlines: BoxOutlines;
  #fitting: Fitting | null = null;
  #seconds: SegmenterSeconds = { network: 0, contours: 0, mattes: 0 };
  #noted = false;

  /**
   * Takes over `graphs`, which run the model of `manifest`.
   *
   * @throws UserError bad-usage where the model doesn't know a class
   */
  constructor(graphs: SnakeGraphs, manifest: SegmentManifest, options: SegmenterOptions) {
    this.#graphs = graphs;
    this.#manifest = manifest;
    this.#options = options;
    this.#classes = classIndices(manifest, options.classes);
    this.#outlines = new BoxOutlines(graphs);
  }

  /** @throws UserError model-missing, model-damaged, bad-usage (the model doesn't know a class) */
  static async open(
    model: SegmentModel,
    backend: BackendChoice,
    options: SegmenterOptions,
  ): Promise<Segmenter> {
    // Before a graph is loaded.
    classIndices(model.manifest, options.classes);
    const { note } = options;
    return new Segmenter(await SnakeGraphs.open(model, backend, { note }), model.manifest, options);
  }

  /** The last picture as the network saw it, until the next one. */
  get seen(): { readonly data: Float32Array; readonly fitting: Fitting } | null {
    return this.#fitting && { data: this.#picture.data, fitting: this.#fitting };
  }

  /** What the last picture took. */
  get seconds(): SegmenterSeconds {
    return this.#seconds;
  }

  /**
   * The objects of a picture, the surest first. Objects that are `expected` where they were need half the score.
   *
   * @throws UserError bad-result where the network gives what is no number
   * @throws DeviceError device-out-of-memory
   */
  async segment(picture: RgbPicture, expected: readonly ExpectedObject[] = []): Promise<Detection[]> {
    const begun = performance.now();
    const { workingSize = this.#manifest.workingSize } = this.#options;
    const fitting = await this.#picture.take(picture, workingSize, this.#manifest.multiple);
    this.#fitting = fitting;
    return this.#graphs.attempt(() => this.#find(picture, fitting, expected, begun));
  }

  async close(): Promise<void> {
    await this.#graphs.close();
  }

  async #find(
    picture: RgbPicture,
    fitting: Fitting,
    expected: readonly ExpectedObject[],
    begun: number,
  ): Promise<Detection[]> {
    const maps = await this.#graphs.detect(this.#picture.data, fitting.width, fitting.height);
    const scale = {
      width: picture.width,
      height: picture.height,
      across: picture.width / fitting.pictureWidth,
      down: picture.height / fitting.pictureHeight,
    };
    const { minScore, exclusive = false } = this.#options;
    const { boxes, dropped } = findBoxes(maps, {
      classes: this.#classes,
      minScore,
      most: MOST,
      exclusive,
      expected: expected.map(({ box }) => ({ box: inInput(box, scale) })),
    });
    if (dropped > 0) this.#noteDropped();
    const looked = performance.now();
    this.#seconds = { network: (looked - begun) / 1000, contours: 0, mattes: 0 };
    if (boxes.length === 0) return [];
    const contours = await this.#outlines.contours(boxes);
    const drawn = performance.now();
    const guide = { picture, seen: this.#picture.data, fitting };
    const detections = await this.#outlines.detections(boxes, contours, guide, scale);
    this.#seconds = {
      ...this.#seconds,
      contours: (drawn - looked) / 1000,
      mattes: (performance.now() - drawn) / 1000,
    };
    return detections;
  }

  #noteDropped(): void {
    if (this.#noted) return;
    this.#noted = true;
    this.#options.note(
      `There were more than ${MOST} objects in a picture: the ${MOST} that the network is surest of were kept.`,
    );
  }
}

function inInput({ x0, y0, x1, y1 }: Box, { across, down }: FrameScale): Box {
  return { x0: x0 / across, y0: y0 / down, x1: x1 / across, y1: y1 / down };
}

/**
 * Planes of the heatmap that classes stand for.
 *
 * @throws UserError bad-usage, which lists the classes that the model knows
 */
export function classIndices(manifest: SegmentManifest, classes: 'all' | readonly ClassName[]): number[] {
  const known = manifest.classes.filter(({ shown }) => shown);
  if (classes === 'all') return known.map(({ index }) => index);
  return classes.map((name) => {
    const found = known.find((one) => one.name === name);
    if (found) return found.index;
    throw new UserError(
      'bad-usage',
      `The model ${manifest.name} doesn't find ${name} well enough; it knows: ${known.map((one) => one.name).join(', ')}.`,
    );
  });
}
