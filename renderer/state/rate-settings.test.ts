import { describe, expect, it } from 'vitest';
import { RateSettings } from './rate-settings.svelte';
import { Settings } from './settings.svelte';

describe('what decides between size and quality', () => {
  it('is one of three, and the usual where a field is empty', () => {
    const rate = new RateSettings();
    expect(rate.request(18)).toEqual({ crf: 18 });
    rate.kind = 'size';
    expect(rate.request(18)).toEqual({ targetSize: 25_000_000 });
    rate.megabytes = 0.5;
    expect(rate.request(18)).toEqual({ targetSize: 500_000 });
    rate.megabytes = -3;
    expect(rate.request(18)).toEqual({ targetSize: 10_000 });
    rate.kind = 'bitrate';
    expect(rate.request(18)).toEqual({ bitrate: 8_000_000 });
    expect(rate.request(null)).toEqual({});
  });

  it('comes back from a job, and goes with a preset or a codec that has none', () => {
    const settings = new Settings();
    const place = { input: '/a.mp4', output: '/a-2x.mp4' };
    settings.rate.kind = 'size';
    settings.rate.megabytes = 12;
    const request = settings.request(place);
    expect(request).toMatchObject({ targetSize: 12e6 });
    expect(request).not.toHaveProperty('crf');
    const again = new Settings();
    again.useRequest(request!);
    expect(again.request(place)).toEqual(request);
    const [preset] = again.presets;
    expect(again.preset).toBe(null);
    again.usePreset(preset!);
    expect(again.request(place)).toMatchObject({ crf: preset!.crf });
    settings.codec = 'prores';
    expect(settings.request(place)).not.toHaveProperty('targetSize');
  });

  it('leaves pictures as they are', () => {
    const settings = new Settings();
    settings.rate.kind = 'size';
    expect(settings.request({ input: '/a.png', output: '/a-2x.png' })).not.toHaveProperty('targetSize');
  });
});
