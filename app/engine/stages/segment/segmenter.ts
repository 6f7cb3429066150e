import { UserError, type ClassName, type SegmentManifest } from '../../../shared';
import type { BackendChoice, KeptTensor, SegmentModel } from '../../runtime';
import { BoxOutlines } from './box-outlines';
import type { Box, Detection, Picture, RgbPicture } from './instances';
import type { FrameScale } from './matte';
import { fittingFor, NetworkPicture, programFor, type Fitting } from './network-picture';
import { findBoxes, type DetectorMaps, type ExpectedObject } from './peaks';
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

/** A picture as the network saw it. */
export interface SeenPicture {
  /** [3, height, width] of its fitting. */
  readonly data: Float32Array;
  readonly fitting: Fitting;
}

/** What the detector says of a picture, what it saw, and the whole picture where the processor had to make it. */
interface Looked {
  readonly maps: DetectorMaps;
  readonly seen: SeenPicture;
  readonly colours: RgbPicture | null;
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
  #seen: SeenPicture | null = null;
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
  get seen(): SeenPicture | null {
    return this.#seen;
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
  async segment(picture: Picture, expected: readonly ExpectedObject[] = []): Promise<Detection[]> {
    const begun = performance.now();
    const { workingSize = this.#manifest.workingSize } = this.#options;
    const { width, height } = picture;
    const fitting = fittingFor(width, height, workingSize, this.#manifest.multiple);
    this.#seen = null;
    return this.#graphs.attempt(() => this.#find(picture, fitting, expected, begun));
  }

  async close(): Promise<void> {
    await this.#graphs.close();
  }

  /** Has the detector look at a picture: codes cross to a graphics card as they are, and are made small there. */
  async #look(picture: Picture, fitting: Fitting): Promise<Looked> {
    let kept: KeptTensor | null = null;
    if ('codes' in picture)
      kept = await this.#graphs.takePicture(programFor(picture, fitting), picture.codes);
    if (!kept) {
      const colours = await this.#picture.colours(picture);
      const seen = { data: await this.#picture.take(colours, fitting), fitting };
      const dims = [1, 3, fitting.height, fitting.width];
      return { maps: await this.#graphs.detect({ type: 'float32', dims, data: seen.data }), seen, colours };
    }
    // It comes while the detector looks.
    const reading = this.#graphs.read(kept);
    reading.catch(() => undefined);
    const maps = await this.#graphs.detect(kept);
    const seen = { data: await reading, fitting };
    await this.#graphs.release(kept);
    return { maps, seen, colours: null };
  }

  async #find(
    picture: Picture,
    fitting: Fitting,
    expected: readonly ExpectedObject[],
    begun: number,
  ): Promise<Detection[]> {
    const { maps, seen, colours } = await this.#look(picture, fitting);
    this.#seen = seen;
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
    const guide = { picture: colours ?? (await this.#picture.colours(picture)), ...seen };
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
