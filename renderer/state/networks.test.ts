import { describe, expect, it } from 'vitest';
import type { MediaInfo, ModelManifest, ModelSize, VideoStream } from '../../app/shared';
import { Networks, resultSize } from './networks';

const model = (size: ModelSize, scale: number, restore = false): ModelManifest =>
  ({
    ...{ name: `${size}-x${scale}`, task: 'enhance', scale, size, restore },
    operations: { adder: 150_000, mac: 2000 },
    quality: [
      { dataset: 'Set5', scale, precision: 'uint8', psnrY: 37.4, ssimY: 0.95 },
      { dataset: 'Set14', scale, precision: 'uint8', psnrY: 32.9, ssimY: 0.91 },
      { dataset: 'Set5', scale, precision: 'float32', psnrY: 99, ssimY: 0.95 },
    ],
  }) as unknown as ModelManifest;

const installed = new Networks([
  model('fast', 2),
  model('light', 2),
  model('light', 3),
  model('light', 2, true),
]);

describe('the networks that are installed', () => {
  it('rule out what is not there, with the reason', () => {
    expect(installed.scales()).toEqual([
      { value: 2, reason: null },
      { value: 3, reason: null },
      { value: 4, reason: 'No network for ×4 is installed.' },
    ]);
    expect(installed.factors(true)).toEqual([2]);
    expect([2, 3, null].map((scale) => installed.restoreReason(scale as 2 | 3 | null))).toEqual([
      null,
      'No restoring network for ×3 is installed.',
      null,
    ]);
    expect(new Networks([]).restoreReason(null)).toBe('No restoring network is installed.');
  });

  it('tell what each size costs and gives', () => {
    expect(installed.qualities(2, false, 'video')).toEqual([
      {
        value: 'auto',
        label: 'Automatic',
        help: 'The clearest that keeps up with the frame rate.',
        reason: null,
      },
      {
        value: 'fast',
        label: 'Fast',
        help: 'Quickest: 38 K steps a pixel, 35.15 dB.',
        reason: null,
      },
      {
        value: 'light',
        label: 'Light',
        help: 'Clearer: 38 K steps a pixel, 35.15 dB.',
        reason: null,
      },
      {
        value: 'standard',
        label: 'Standard',
        help: 'Clearest.',
        reason: 'No such network for ×2 is installed.',
      },
    ]);
    expect(installed.qualities(2, true, 'still')[1]?.reason).toBe(
      'No such restoring network for ×2 is installed.',
    );
  });

  it('rule out nothing while they are not known', () => {
    const unknown = new Networks(null);
    expect(unknown.scales().every(({ reason }) => reason === null)).toBe(true);
    expect(unknown.restoreReason(4)).toBe(null);
    expect(unknown.qualities(4, true, 'video').every(({ reason }) => reason === null)).toBe(true);
    expect(unknown.restoreReason(4)).toBeNull();
  });
});

describe('the size of a result', () => {
  const info = (video: Partial<VideoStream>, kind: MediaInfo['kind'] = 'video'): MediaInfo =>
    ({
      kind,
      video: {
        ...{ width: 640, height: 360, sampleAspectRatio: { num: 1, den: 1 }, rotation: 0 },
        pixelFormat: 'yuv420p',
        ...video,
      },
    }) as MediaInfo;
  const full = { width: 1920, height: 1080 };

  it('is what will be seen, with the factor that gets there', () => {
    expect(resultSize(info({}), 3, [2, 3])).toEqual({ width: 1920, height: 1080, factor: 3 });
    expect(resultSize(info({ rotation: 90 }), 2, [2])).toEqual({ width: 720, height: 1280, factor: 2 });
    expect(resultSize(info({}), full, [2, 3, 4])).toEqual({ width: 1920, height: 1080, factor: 3 });
    expect(resultSize(info({}), full, [2])).toEqual({ width: 1920, height: 1080, factor: 2 });
    expect(resultSize(info({ rotation: 270 }), full, [2, 3])).toEqual({
      width: 608,
      height: 1080,
      factor: 2,
    });
    expect(resultSize(info({ width: 3840, height: 2160 }), full, [2])).toMatchObject({ factor: null });
  });

  it('has even sides where the codec needs them', () => {
    const fit = { width: 1001 };
    expect(resultSize(info({}), fit, [2])).toMatchObject({ width: 1000, height: 564 });
    expect(resultSize(info({ pixelFormat: 'yuv444p' }), fit, [2])).toMatchObject({
      width: 1001,
      height: 563,
    });
    expect(resultSize(info({}, 'still'), fit, [2])).toMatchObject({ width: 1001, height: 563 });
  });
});
