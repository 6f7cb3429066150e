/** A rectangle in frame pixels; (0, 0) is the outer corner of the first pixel. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Coverage of an object, 0 to 255, over the part of the frame that it touches; nothing outside. */
export interface Matte {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Rows without padding. */
  readonly data: Uint8Array;
}

/** An object that the network found in one frame, before it is followed through time. */
export interface Detection {
  /** Index in COCO's order of 80 classes. */
  readonly classIndex: number;
  /** 0 to 1. */
  readonly score: number;
  readonly box: Box;
  /** Closed outlines of the object's components, x and y by turns, in frame pixels. */
  readonly contours: readonly Float32Array[];
  readonly matte: Matte;
}

/** An object in one frame with the identity it keeps through the shot. */
export interface Instance extends Detection {
  /** From 1, in order of first appearance, never given twice in a job. */
  readonly track: number;
  /** How far this frame's outline can be trusted, 0 to 1: the detector's score and the agreement with the frames around. */
  readonly confidence: number;
  /** The outline departs from the frames around in a way that motion doesn't explain. */
  readonly outlier: boolean;
}

/** All objects of a frame, for what draws them or writes them down. */
export interface FrameInstances {
  readonly width: number;
  readonly height: number;
  /** Presentation time of the frame in seconds. */
  readonly time: number;
  readonly instances: readonly Instance[];
}
