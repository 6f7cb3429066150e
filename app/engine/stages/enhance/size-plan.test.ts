import { describe, expect, it } from 'vitest';
import { pixelFormat, type StreamFormat } from '../../frames';
import { planSize, type SizePlan, type SizeWish } from './size-plan';

function plan(width: number, height: number, wish: Partial<SizeWish>, format = 'yuv420p'): SizePlan {
  const found = pixelFormat(format);
  if (!found) throw new Error(format);
  const input = { width, height, format: found } as StreamFormat;
  const display = { sampleAspectRatio: { num: 4, den: 3 }, rotation: 0 } as const;
  return planSize({
    ...{ input, display, still: false, scale: undefined, fit: undefined, restore: false },
    scales: [2, 3],
    ...wish,
  });
}

describe('the plan of a size', () => {
  it('is the factor alone where nothing is to be fitted, with pixels as they were', () => {
    expect(plan(101, 67, { scale: 3 })).toEqual({
      scale: 3,
      width: 303,
      height: 201,
      display: { sampleAspectRatio: { num: 4, den: 3 }, rotation: 0 },
      note: null,
    });
  });

  it('takes the factor that reaches the bounds, and makes pixels square', () => {
    const fit = { width: 1920, height: 1080 };
    expect(plan(720, 540, { fit })).toMatchObject({
      // Pixels are wide: across it is 2.67 times.
      scale: 3,
      width: 1920,
      height: 1080,
      display: { sampleAspectRatio: { num: 1, den: 1 } },
      note: null,
    });
    expect(plan(720, 540, { fit: { height: 720 } })).toMatchObject({ scale: 2, width: 1280, height: 720 });
    // The user's own factor stands, whatever the bounds.
    expect(plan(480, 360, { fit, scale: 2 })).toMatchObject({
      scale: 2,
      note: 'The network enlarges by 2; the rest of the way to 1920×1080 the picture was enlarged bicubically.',
    });
    expect(plan(240, 180, { fit })).toMatchObject({
      scale: 3,
      note: expect.stringContaining('bicubically') as string,
    });
    expect(plan(1440, 1080, { fit, scale: 2 })).toMatchObject({ scale: 2, width: 1920, note: null });
    const display = { sampleAspectRatio: { num: 1, den: 1 }, rotation: 90 } as const;
    expect(plan(960, 540, { fit: { width: 1080 }, display })).toMatchObject({
      scale: 2,
      width: 1920,
      height: 1080,
    });
  });

  it('needs no network where the picture only gets smaller, unless it is to be restored', () => {
    const fit = { height: 540 };
    expect(plan(1440, 1080, { fit })).toMatchObject({
      scale: null,
      height: 540,
      note: expect.stringContaining('made smaller') as string,
    });
    const display = { sampleAspectRatio: { num: 1, den: 1 }, rotation: 0 } as const;
    expect(plan(962, 540, { fit, display })).toMatchObject({
      scale: null,
      width: 962,
      note: expect.stringContaining('about as large') as string,
    });
    expect(plan(1440, 1080, { fit, restore: true })).toMatchObject({ scale: 2, note: null });
  });

  it('makes sides even where chroma is subsampled or may become so, and leaves others alone', () => {
    const fit = { width: 301, height: 301 };
    expect(plan(400, 303, { fit })).toMatchObject({ width: 300, height: 172 });
    expect(plan(400, 303, { fit }, 'gray')).toMatchObject({ width: 300, height: 172 });
    expect(plan(400, 303, { fit }, 'yuv444p')).toMatchObject({ width: 301, height: 171 });
    expect(plan(400, 303, { fit, still: true }, 'gray12le')).toMatchObject({ width: 301, height: 171 });
  });
});
