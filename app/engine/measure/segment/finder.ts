import type { ClassName, ModelSize } from '../../../shared';
import type { RgbImage } from '../read-image';
import type { Region } from './region';

/** An object that was found in a picture. */
export interface FoundRegion {
  /** Index in COCO's order of 80 classes. */
  readonly classIndex: number;
  readonly score: number;
  readonly region: Region;
}

/** The same under the number that it keeps through a shot. */
export interface FollowedRegion extends FoundRegion {
  readonly track: number;
  readonly outlier: boolean;
}

/** What finds objects in pictures. */
export interface Finder {
  /** For people. */
  readonly description: string;
  /** In a picture of its own, without what was seen before. */
  find(picture: RgbImage): Promise<{ readonly found: readonly FoundRegion[]; readonly time: FinderTime }>;
  /** Through a shot: what is in each frame, in order. */
  follow(shot: AsyncIterable<RgbImage>): AsyncIterable<readonly FollowedRegion[]>;
  close(): Promise<void>;
}

/** What an evaluation needs from outside. */
export interface EvalContext {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** @throws UserError model-missing, backend-unavailable */
export type OpenFinder = (wish: FinderWish) => Promise<Finder>;

export interface FinderWish {
  /** Network by name; the product's choice if left out. */
  readonly model?: string | undefined;
  /** Least score of an object; the product's own if left out. */
  readonly minScore?: number | undefined;
  /** How large it sees pictures; the product's own if left out. */
  readonly quality?: ModelSize | undefined;
  /** All that the network knows if left out. */
  readonly classes?: readonly ClassName[] | null;
}

/** Seconds that a picture took. */
export interface FinderTime {
  /** Everything, mattes included. */
  readonly whole: number;
  /** Network and what turns its outputs into contours. */
  readonly parts: Readonly<Record<string, number>>;
}
