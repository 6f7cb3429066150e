import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { CancelledError, UserError, type Rational } from '../../shared';
import type { Frame, StreamFormat } from '../frames';
import { diskFull, isFull, sync } from './disk';
import { nutFrameHead, nutHeader } from './nut-writer';
import { toRgba } from './rgba';
import type { SegmentEncoder } from './segment-encoder';

/** Kinds of pictures that frames are kept as, one by one. */
export type PictureKind = 'png' | 'webp';

export interface PictureEncoderOptions {
  readonly kind: PictureKind;
  readonly stream: StreamFormat;
  /** How the frames are shown: pictures are upright, with square pixels. */
  readonly rotation: 0 | 90 | 180 | 270;
  readonly sampleAspectRatio: Rational;
  readonly path: string;
  readonly signal: AbortSignal;
}

/** Of 100; alpha is kept exactly. */
const WEBP_QUALITY = 90;
/** Pictures in the making at once, on threads of libvips. */
const AT_ONCE = 3;
/** Bytes before a WebP picture: where on its canvas it lies. */
export const PLACE_BYTES = 8;

/** Size of pictures that are made of a stream's frames. */
export function pictureSize({
  stream,
  rotation,
  sampleAspectRatio: { num, den },
}: Pick<PictureEncoderOptions, 'stream' | 'rotation' | 'sampleAspectRatio'>): {
  readonly width: number;
  readonly height: number;
} {
  const width = Math.max(1, Math.round(stream.width * Math.max(1, num / den)));
  const height = Math.max(1, Math.round(stream.height * Math.max(1, den / num)));
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** A segment whose packets are pictures, in NUT so that each keeps its time. */
export function openPictureEncoder(options: PictureEncoderOptions): SegmentEncoder {
  return new PictureEncoder(options);
}

class PictureEncoder implements SegmentEncoder {
  readonly #file;
  readonly #making: { readonly pts: number; readonly picture: Promise<Buffer> }[] = [];
  #firstPts: number | null = null;
  #failure: Error | null = null;

  constructor(private readonly options: PictureEncoderOptions) {
    this.#file = createWriteStream(options.path);
    this.#file.on('error', (error) => (this.#failure = error));
  }

  async write(frame: Frame): Promise<void> {
    const { stream, signal } = this.options;
    if (signal.aborted) throw new CancelledError();
    if (this.#firstPts === null) {
      this.#firstPts = frame.pts;
      await this.#put(
        nutHeader({
          ...{ width: stream.width, height: stream.height, timeBase: stream.timeBase },
          ...{ frameRate: stream.frameRate, sampleAspectRatio: { num: 1, den: 1 } },
          fourcc: [...Buffer.from(this.options.kind === 'png' ? 'MPNG' : 'WEBP', 'latin1')],
          decodeDelay: 0,
          extradata: new Uint8Array(0),
        }),
      );
    }
    const picture = this.#pictureOf(frame);
    picture.catch(() => undefined);
    this.#making.push({ pts: frame.pts - this.#firstPts, picture });
    while (this.#making.length >= AT_ONCE) await this.#putNext();
  }

  async finish(): Promise<number> {
    const { path, signal } = this.options;
    while (this.#making.length > 0) await this.#putNext();
    await new Promise<void>((done) => this.#file.end(done));
    if (signal.aborted) throw new CancelledError();
    if (this.#failure) throw await this.#failed(this.#failure);
    await sync(path);
    return (await stat(path)).size;
  }

  async abort(): Promise<void> {
    await Promise.allSettled(this.#making.map(({ picture }) => picture));
    await new Promise<void>((done) => {
      this.#file.once('close', done);
      this.#file.destroy();
    });
  }

  async #putNext(): Promise<void> {
    const next = this.#making.shift();
    if (!next) return;
    const data = await next.picture.catch(async (error: unknown) => {
      throw await this.#failed(error);
    });
    await this.#put(nutFrameHead({ pts: next.pts, size: data.length, key: true }));
    await this.#put(data);
  }

  async #put(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw await this.#failed(this.#failure);
    await new Promise<void>((done) => {
      // An error is thrown where the next piece is put.
      this.#file.write(bytes, () => {
        done();
      });
    });
  }

  /** The frame's content is taken before this returns. */
  #pictureOf(frame: Frame): Promise<Buffer> {
    const { kind, rotation } = this.options;
    const { data, width, height, channels } = toRgba(frame);
    const deep = data instanceof Uint16Array;
    const raw = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
    const upright = this.#upright(deep ? raw.toColourspace('rgb16') : raw, rotation);
    return kind === 'png' ? upright.png().toBuffer() : placedWebp(upright);
  }

  #upright(image: Sharp, rotation: number): Sharp {
    const turned = rotation === 0 ? image : image.rotate(rotation);
    const { num, den } = this.options.sampleAspectRatio;
    return num === den ? turned : turned.resize({ ...pictureSize(this.options), fit: 'fill' });
  }

  async #failed(cause: unknown): Promise<Error> {
    const { path, kind } = this.options;
    if (cause instanceof UserError) return cause;
    if (await isFull(path)) return diskFull(dirname(dirname(path)), cause);
    const name = kind === 'png' ? 'PNG' : 'WebP';
    return new UserError('tool-failed', `A ${name} picture could not be made: try another kind of output.`, {
      cause,
    });
  }
}

/** The part of a picture that is not transparent as WebP, with the place of its corner (both even) before it. */
async function placedWebp(image: Sharp): Promise<Buffer> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const box = info.channels === 4 ? visibleBox(data, width, height) : { x: 0, y: 0, width, height };
  const picture = await sharp(data, {
    raw: { width, height, channels: info.channels as 3 | 4 },
    limitInputPixels: false,
  })
    .extract({ left: box.x, top: box.y, width: box.width, height: box.height })
    .webp({ quality: WEBP_QUALITY, alphaQuality: 100, exact: true })
    .toBuffer();
  const place = Buffer.alloc(PLACE_BYTES);
  place.writeUInt32LE(box.x, 0);
  place.writeUInt32LE(box.y, 4);
  return Buffer.concat([place, picture]);
}

/** The least box of even corners with all that is visible; at least a pixel. */
function visibleBox(
  data: Uint8Array,
  width: number,
  height: number,
): { x: number; y: number; width: number; height: number } {
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let y = 0, at = 3; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      if ((data[at] ?? 0) === 0) continue;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      y1 = y;
    }
  if (x1 < 0) return { x: 0, y: 0, width: 1, height: 1 };
  const [x, y] = [x0 - (x0 % 2), y0 - (y0 % 2)];
  return { x, y, width: x1 + 1 - x, height: y1 + 1 - y };
}
