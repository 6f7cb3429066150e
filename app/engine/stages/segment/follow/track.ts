import type { Box, Detection } from '../instances';
import { blended, type Appearance } from './appearance';

/** An object as the network found it in a frame. */
export type Found = Omit<Detection, 'contours'>;

/** What is known of an object that is followed. Never changed: an object that is seen again is a new track of its key. */
export interface Track {
  /** From 0, one for each object that was ever followed. */
  readonly key: number;
  /** Frames are counted from 0 in each shot. */
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly lastSeconds: number;
  /** Frames in which it was seen. */
  readonly sightings: number;
  /** Surely an object, not something that looked like one for a frame. */
  readonly confirmed: boolean;
  /** It appeared where nothing in the picture had changed: the network wavers about it. */
  readonly wavering: boolean;
  /** As it was seen last. */
  readonly detection: Found;
  /** Of its box's middle, frame pixels a second. */
  readonly velocityX: number;
  readonly velocityY: number;
  readonly look: Appearance;
  /** Sum of the scores of each class that it was taken for, by the class's index. */
  readonly classes: ReadonlyMap<number, number>;
}

/** An object that was found in a frame, with what it looks like. */
export interface Sighting {
  readonly detection: Found;
  readonly look: Appearance;
}

export interface Moment {
  readonly frame: number;
  readonly seconds: number;
}

/** Objects that the network is so sure of need no second sighting. */
const SURE = 0.65;
/** Frames from the first within which a second sighting confirms an object. */
const CONFIRMING = 2;
/** Sightings that confirm one about which the network wavers, and frames from the first within which they have to come. */
const STEADFAST = 6;
const WAVERING = 8;
/** Of a new velocity and a new look in what is remembered. */
const VELOCITY_SHARE = 0.5;
const LOOK_SHARE = 0.15;
/** Seconds after which an object that is out of sight has gone most of the way that it will. */
const COASTING = 0.3;

export function beginTrack(
  key: number,
  { detection, look }: Sighting,
  { frame, seconds }: Moment,
  wavering: boolean,
): Track {
  return {
    key,
    firstFrame: frame,
    lastFrame: frame,
    lastSeconds: seconds,
    sightings: 1,
    confirmed: detection.score >= SURE,
    wavering,
    detection,
    velocityX: 0,
    velocityY: 0,
    look,
    classes: new Map([[detection.classIndex, detection.score]]),
  };
}

export function continueTrack(
  track: Track,
  { detection, look }: Sighting,
  { frame, seconds }: Moment,
): Track {
  const [fromX, fromY] = middleOf(track.detection.box);
  const [toX, toY] = middleOf(detection.box);
  const passed = Math.max(seconds - track.lastSeconds, 1e-3);
  const blend = (before: number, way: number): number => before + VELOCITY_SHARE * (way / passed - before);
  const { classIndex } = detection;
  return {
    ...track,
    lastFrame: frame,
    lastSeconds: seconds,
    sightings: track.sightings + 1,
    confirmed:
      track.confirmed || !track.wavering || track.sightings + 1 >= STEADFAST || detection.score >= SURE,
    detection,
    velocityX: blend(track.velocityX, toX - fromX),
    velocityY: blend(track.velocityY, toY - fromY),
    look: blended(track.look, look, LOOK_SHARE),
    classes: new Map([
      ...track.classes,
      [classIndex, (track.classes.get(classIndex) ?? 0) + detection.score],
    ]),
  };
}

/** Whether a track is still of use at a frame: one that nothing confirms in time was no object. */
export function isAlive({ confirmed, wavering, firstFrame }: Track, frame: number): boolean {
  return confirmed || frame - firstFrame <= (wavering ? WAVERING : CONFIRMING);
}

/** What it was taken for most surely in all. */
export function classOf({ classes }: Track): number {
  let [best, most] = [0, -1];
  for (const [classIndex, sum] of classes) if (sum > most) [best, most] = [classIndex, sum];
  return best;
}

/** How far a track's object has gone since it was seen last; out of sight it comes to rest. */
export function movedSince(
  { velocityX, velocityY, lastSeconds }: Track,
  seconds: number,
): readonly [number, number] {
  const passed = Math.max(0, seconds - lastSeconds);
  const coasted = COASTING * (1 - Math.exp(-passed / COASTING));
  return [velocityX * coasted, velocityY * coasted];
}

export function middleOf({ x0, y0, x1, y1 }: Box): readonly [x: number, y: number] {
  return [(x0 + x1) / 2, (y0 + y1) / 2];
}

export function movedBox({ x0, y0, x1, y1 }: Box, moveX: number, moveY: number): Box {
  return { x0: x0 + moveX, y0: y0 + moveY, x1: x1 + moveX, y1: y1 + moveY };
}
