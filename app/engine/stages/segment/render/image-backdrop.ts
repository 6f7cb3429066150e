import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Fresh } from '../../../../../kernels';
import { UserError } from '../../../../shared';
import type { Display, Plane, StreamFormat } from '../../../frames';
import { allocate, processKernels } from '../../../runtime';
import { pictureCoding } from '../../pictures';
import type { Turn } from '../turn';
import type { Backdrop } from './backdrop';

/** An image that fills the frame: its middle, cut to the frame's shape as it is shown. */
export class ImageBackdrop implements Backdrop {
  private constructor(
    readonly identity: string,
    private readonly planes: readonly Plane['data'][],
  ) {}

  /** @throws UserError no-such-file, not-media */
  static async open(
    path: string,
    stream: StreamFormat,
    turn: Turn,
    { sampleAspectRatio }: Pick<Display, 'sampleAspectRatio'>,
  ): Promise<ImageBackdrop> {
    const file = await readFile(path).catch((cause: unknown) => {
      throw new UserError('no-such-file', `There is no image ${path} to put behind: check its name.`, {
        cause,
      });
    });
    const rgb = await samplesOf(path, file, turn, sampleAspectRatio.num / sampleAspectRatio.den);
    const planes = stream.format.planes;
    const coding = pictureCoding(stream);
    const sizes = Array.from({ length: planes }, (_, index) =>
      index === 0
        ? { width: stream.width, height: stream.height }
        : {
            width: (stream.width + coding.chromaShiftX) >> coding.chromaShiftX,
            height: (stream.height + coding.chromaShiftY) >> coding.chromaShiftY,
          },
    );
    const codes = sizes.map(({ width, height }) =>
      stream.format.bitDepth > 8 ? new Uint16Array(width * height) : new Uint8Array(width * height),
    );
    await processKernels().rgbToPlanes(rgb, codes, coding);
    return new ImageBackdrop(`image ${createHash('sha256').update(file).digest('hex')}`, codes);
  }

  async of(_source: unknown, _matte: unknown, index: number): Promise<Fresh> {
    const codes = this.planes[index];
    if (!codes) throw new Error('Expected a plane of the stream.');
    return { codes };
  }
}

/** Planar red, green and blue of 0 to 1 as they are stored, of pixels whose shape as shown is `aspect`. */
async function samplesOf(path: string, file: Buffer, turn: Turn, aspect: number): Promise<Float32Array> {
  const { width, height } = turn.shown;
  // Pixels of a picture that lies on its side are wide where it is shown high.
  const [wide, high] = turn.rotation % 180 === 0 ? [aspect, 1] : [1, aspect];
  const square = {
    width: Math.max(1, Math.round(width * wide)),
    height: Math.max(1, Math.round(height * high)),
  };
  try {
    const upright = await sharp(file)
      .autoOrient()
      .flatten({ background: '#000' })
      .resize({ ...square, fit: 'cover' })
      .toColourspace('srgb')
      .png({ compressionLevel: 0 })
      .toBuffer();
    const stored = await sharp(upright)
      .resize({ width, height, fit: 'fill' })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const { data, info } = await sharp(stored)
      .rotate(turn.back.rotation)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const area = info.width * info.height;
    const rgb = new Float32Array(allocate(12 * area));
    for (let i = 0; i < area; i++)
      for (let channel = 0; channel < 3; channel++)
        rgb[channel * area + i] = (data[i * info.channels + Math.min(channel, info.channels - 1)] ?? 0) / 255;
    return rgb;
  } catch (cause) {
    throw new UserError('not-media', `${path} is no image that can be put behind: choose a PNG or JPEG.`, {
      cause,
    });
  }
}
