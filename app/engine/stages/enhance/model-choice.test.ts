import { describe, expect, it } from 'vitest';
import type { ModelSize } from '../../../shared';
import type { EnhanceModel } from '../../runtime';
import { quickEnough, quickest, type Candidate } from './model-choice';

const candidate = (size: ModelSize, framesPerSecond: number): Candidate => ({
  model: { folder: size, manifest: { size } } as EnhanceModel,
  framesPerSecond,
});
const standard = candidate('standard', 2.13);
const light = candidate('light', 9.08);
const fast = candidate('fast', 31.4);

describe('the network by its speed', () => {
  it('is the largest that keeps the pace', () => {
    expect(quickEnough([standard], 25, 10_000)).toBeNull();
    expect(quickEnough([standard, light], 25, null)).toBeNull();
    expect(quickEnough([standard, light, fast], 25, 10_000)).toEqual({
      model: fast.model,
      reason: 'fast: about 31 frames a second here, 25 wished; standard 2.1, light 9.1.',
      notable: true,
    });
    expect(quickEnough([candidate('standard', 30)], 29.97, null)).toMatchObject({ notable: false });
  });

  it('may be slower than the pace where the whole job is soon done', () => {
    expect(quickEnough([standard], 25, 100)).toEqual({
      model: standard.model,
      reason: 'standard: about 2.1 frames a second here, about 47 s for the whole job.',
      notable: false,
    });
    expect(quickEnough([standard], 25, 200)).toBeNull();
  });

  it('is the quickest where none keeps the pace, whichever size that is', () => {
    expect(quickest([standard, light, fast], 60)).toMatchObject({
      model: fast.model,
      reason:
        'fast: about 31 frames a second here, the quickest there is, 60 wished; standard 2.1, light 9.1.',
      notable: true,
    });
    expect(quickest([candidate('standard', 9), candidate('light', 8)], 60)).toMatchObject({
      model: { folder: 'standard' },
      notable: false,
    });
  });
});
