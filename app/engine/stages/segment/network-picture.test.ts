import { describe, expect, it } from 'vitest';
import { messageLines } from '../../../../tests/support/message-lines';
import { testGpu } from '../../../../tests/support/gpu';
import type { PictureCoding } from '../../../../kernels';
import { nodeGpu, processGpu, RemoteGpu, serveGpu, type OpenGpu } from '../../runtime';
import type { CodedPicture } from './instances';
import { fittingFor, NetworkPicture, programFor } from './network-picture';
import type { Rotation } from './turn';

const found = await testGpu();
const adapter = (found ? await processGpu().adapters() : [])[0]?.name ?? '';

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly shift: readonly [0 | 1, 0 | 1];
  readonly bits: number;
  readonly grey?: boolean;
  readonly rotation: Rotation;
}

/** A frame of waves and noise. */
function codedPicture({ width, height, shift, bits, grey = false, rotation }: Layout): CodedPicture {
  const [chromaShiftX, chromaShiftY] = shift;
  const unit = 2 ** (bits - 8);
  const coding: PictureCoding = {
    ...{ width, height, chromaShiftX, chromaShiftY, siteX: 0, siteY: 0.5 },
    ...{ red: 0.2126, blue: 0.0722, black: 16 * unit, white: 235 * unit },
    ...{ chromaZero: 128 * unit, chromaSpan: 224 * unit, most: 2 ** bits - 1 },
  };
  const plane = (samples: number, seed: number): Uint8Array | Uint16Array => {
    const codes = bits > 8 ? new Uint16Array(samples) : new Uint8Array(samples);
    return codes.map((_, at) =>
      Math.round(unit * (126 + 90 * Math.sin(at / (5 + seed)) + ((at * 7919) % 37))),
    );
  };
  const chroma = ((width + chromaShiftX) >> chromaShiftX) * ((height + chromaShiftY) >> chromaShiftY);
  const shown = rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  return {
    ...shown,
    codes: [plane(width * height, 1), ...(grey ? [] : [plane(chroma, 2), plane(chroma, 3)])],
    coding,
    rotation,
  };
}

describe.skipIf(!found)('a picture on a graphics card', () => {
  async function expectSame(device: OpenGpu, layout: Layout, workingSize: number): Promise<void> {
    const picture = codedPicture(layout);
    const fitting = fittingFor(picture.width, picture.height, workingSize, 32);
    const onProcessor = new NetworkPicture();
    const wanted = await onProcessor.take(await onProcessor.colours(picture), fitting);
    const pictures = await device.openPictures(programFor(picture, fitting));
    for (let time = 0; time < 2; time++) {
      const kept = await pictures.take(picture.codes);
      const { dims, data } = await device.read(kept);
      expect(dims).toEqual([1, 3, fitting.height, fitting.width]);
      expect(data, JSON.stringify(layout)).toEqual(wanted);
      await pictures.release([kept]);
    }
    await pictures.close();
  }

  it('is turned and made small there to the processor’s bits, whatever its codes are', async () => {
    const device = await processGpu().device(adapter);
    for (const layout of [
      { width: 150, height: 84, shift: [1, 1], bits: 8, rotation: 0 },
      { width: 97, height: 61, shift: [1, 1], bits: 10, rotation: 90 },
      { width: 70, height: 41, shift: [1, 0], bits: 8, rotation: 180 },
      { width: 81, height: 30, shift: [0, 0], bits: 12, rotation: 270 },
      { width: 65, height: 99, shift: [0, 0], bits: 8, grey: true, rotation: 90 },
    ] as const)
      await expectSame(device, layout, 64);
    // Smaller than the network sees it, and just as large.
    await expectSame(device, { width: 40, height: 22, shift: [1, 1], bits: 8, rotation: 0 }, 64);
    await expectSame(device, { width: 64, height: 40, shift: [1, 1], bits: 8, rotation: 90 }, 64);
  });

  it('crosses to another process that has the card just so', async () => {
    const [there, here] = messageLines();
    serveGpu(there.line, (await nodeGpu())!);
    const device = await new RemoteGpu(here.line).open(adapter);
    await expectSame(device, { width: 97, height: 61, shift: [1, 1], bits: 10, rotation: 90 }, 64);
    await device.close();
    there.close();
  });
});
