import { checkArray, checkInteger, expected } from '../checks';

/** A matte of a region of a picture, and what its edges are drawn along. All lengths are checked. */
export interface GuidedWork {
  /** [3, height, width] of the whole picture. */
  readonly picture: Float32Array;
  readonly pictureWidth: number;
  readonly pictureHeight: number;
  /** The same picture made small, in rows of `smallStride`: [3, at least smallHeight, smallStride]. */
  readonly small: Float32Array;
  readonly smallStride: number;
  readonly smallWidth: number;
  readonly smallHeight: number;
  /** Pixels of the small picture in the side of a cell, of which there is one linear model. */
  readonly cell: number;
  /** The region's first pixel, in the picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** [height, width]; read and written anew. */
  readonly matte: Uint8Array;
}

/** @throws TypeError that names what is wrong */
export function checkGuided(work: GuidedWork): void {
  const { picture, pictureWidth, pictureHeight, small, smallStride, smallWidth, smallHeight } = work;
  for (const name of ['pictureWidth', 'pictureHeight', 'smallWidth', 'smallHeight'] as const)
    checkInteger(work[name], name, 1, 2 ** 16);
  checkInteger(smallStride, 'smallStride', smallWidth, 2 ** 16);
  checkInteger(work.cell, 'cell', 1, 64);
  checkArray(picture, Float32Array, 3 * pictureWidth * pictureHeight, 'picture');
  checkArray(small, Float32Array, small.length, 'small');
  if (small.length % (3 * smallStride) !== 0 || small.length < 3 * smallStride * smallHeight)
    expected(`three planes of rows of ${smallStride}`, 'small', small);
  checkInteger(work.width, 'width', 0, pictureWidth);
  checkInteger(work.height, 'height', 0, pictureHeight);
  checkInteger(work.x, 'x', 0, pictureWidth - work.width);
  checkInteger(work.y, 'y', 0, pictureHeight - work.height);
  checkArray(work.matte, Uint8Array, work.width * work.height, 'matte');
}
