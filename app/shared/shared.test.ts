import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  DeviceError,
  findPreset,
  fromErrorData,
  isRequestError,
  jobRequestSchema,
  OPTIONS,
  parseTime,
  PRESETS,
  presetSchema,
  readPreset,
  toErrorData,
  UserError,
  type ErrorData,
} from '.';

describe('errors', () => {
  it.each([
    new UserError('no-such-file', 'There is no x.', { cause: new Error('ENOENT') }),
    new CancelledError(),
    new DeviceError('device-lost', 'Gone.'),
  ])('keep class, code and message across a process: %s', (error) => {
    const back = fromErrorData(JSON.parse(JSON.stringify(toErrorData(error))) as ErrorData);
    expect(back).toBeInstanceOf(error.constructor);
    expect(back).toMatchObject({ code: error.code, message: error.message });
  });

  it('are internal if they are none of ours', () => {
    expect(toErrorData(new TypeError('x is undefined'))).toMatchObject({
      code: 'internal',
      message: 'x is undefined',
    });
    expect(toErrorData('text')).toEqual({ code: 'internal', message: 'text' });
  });

  it('tell a wrong request from a failed job', () => {
    expect(isRequestError({ code: 'no-such-file' })).toBe(true);
    expect(isRequestError({ code: 'disk-full' })).toBe(false);
    expect(isRequestError({ code: 'internal' })).toBe(false);
  });
});

describe('options', () => {
  it.each([
    ['90', 90],
    ['62.5s', 62.5],
    ['1:02.5', 62.5],
    ['1:02:03', 3723],
    ['0', 0],
    ['1:75', null],
    ['-3', null],
    ['abc', null],
    ['', null],
  ])('read the time %j as %j', (text, seconds) => {
    expect(parseTime(text)).toBe(seconds);
  });

  it('have unique names, and defaults that pass their own checks', () => {
    expect(new Set(OPTIONS.map((option) => option.name)).size).toBe(OPTIONS.length);
    for (const option of OPTIONS) {
      if ('default' in option)
        expect(option.schema.safeParse(option.default).success, option.name).toBe(true);
    }
  });
});

describe('the stages of a job', () => {
  const job = { input: 'a', output: 'b', codec: 'h264', backend: 'auto', overwrite: false, resume: true };
  const accepts = (...stages: unknown[]): boolean => jobRequestSchema.safeParse({ ...job, stages }).success;
  const segment = { kind: 'segment', classes: ['person'] };
  const enhance = { kind: 'enhance', scale: 2 };

  it('cut out once, and end where there is no picture left', () => {
    expect(accepts(segment, enhance)).toBe(true);
    expect(accepts(segment, segment)).toBe(false);
    expect(accepts(enhance, { ...segment, output: 'json' })).toBe(true);
    expect(accepts({ ...segment, output: 'svg' }, enhance)).toBe(false);
  });

  it('name classes that there are, and what goes together', () => {
    expect(accepts({ ...segment, classes: 'all' })).toBe(true);
    expect(accepts({ ...segment, classes: ['unicorn'] })).toBe(false);
    expect(accepts({ ...segment, output: 'replace' })).toBe(false);
    expect(accepts({ ...segment, output: 'replace', background: { image: 'a.png' } })).toBe(true);
    expect(accepts({ ...segment, background: { image: 'a.png' } })).toBe(false);
    expect(accepts({ ...segment, perInstance: true })).toBe(false);
    expect(accepts({ ...segment, output: 'matte', perInstance: true })).toBe(true);
    expect(accepts({ ...segment, contours: 'x.txt' })).toBe(false);
  });
});

describe('presets', () => {
  it('all parse, under different names', () => {
    for (const preset of PRESETS) expect(presetSchema.parse(preset)).toEqual(preset);
    expect(new Set(PRESETS.map((preset) => preset.name)).size).toBe(PRESETS.length);
    expect(findPreset('enhance-2x')?.codec).toBe('h264');
    expect(findPreset('nope')).toBeUndefined();
  });

  it('of older versions mean what they meant', () => {
    const first = {
      version: 1,
      name: 'mine',
      title: 'Mine',
      help: 'my own',
      enhance: 2,
      codec: 'vp9',
      crf: 30,
    };
    expect(readPreset(first)).toEqual({ ...first, version: 7 });
    const second = { ...first, version: 2, restore: true, fit: { width: 1920 }, quality: 'fast', pace: 5 };
    expect(readPreset(second)).toEqual({ ...second, version: 7 });
    const third = { ...second, version: 3, interpolate: 4, slowSound: 'drop', method: 'motion' };
    expect(readPreset(third)).toEqual({ ...third, version: 7 });
    const fourth = { ...third, version: 4, segment: ['dog'], output: 'matte', minScore: 0.4 };
    expect(readPreset(fourth)).toEqual({ ...fourth, version: 7 });
    const sixth = { ...fourth, version: 6, segmentQuality: 'fast', instances: 'main' };
    expect(readPreset(sixth)).toEqual({ ...sixth, version: 7 });
    expect(readPreset(PRESETS[0])).toEqual(PRESETS[0]);
    for (const bad of [
      null,
      {},
      { ...first, version: 0 },
      { ...first, version: 99 },
      { ...first, crf: 'low' },
    ])
      expect(() => readPreset(bad)).toThrow();
  });
});

describe('a job request', () => {
  const good = {
    input: 'a.mp4',
    output: 'b.mp4',
    stages: [{ kind: 'enhance', scale: 2 }],
    codec: 'h264',
    backend: 'auto',
    overwrite: false,
    resume: true,
  };

  it('is parsed where it arrives', () => {
    expect(jobRequestSchema.parse(good)).toEqual(good);
    const full = {
      ...good,
      stages: [
        { kind: 'enhance', fit: { width: 1920 }, quality: 'light', pace: 12.5, restore: true, model: 'x' },
      ],
    };
    expect(jobRequestSchema.parse(full)).toEqual(full);
    const moving = {
      ...good,
      stages: [
        {
          kind: 'interpolate',
          factor: 4,
          slow: 2,
          slowSound: 'drop',
          deblur: true,
          method: 'network',
          model: 'x',
        },
        { kind: 'enhance', scale: 2 },
        { kind: 'interpolate', deblur: true },
      ],
    };
    expect(jobRequestSchema.parse(moving)).toEqual(moving);
    for (const bad of [
      { ...good, stages: [] },
      { ...good, stages: [{ kind: 'enhance', scale: 7 }] },
      { ...good, stages: [{ kind: 'enhance' }] },
      { ...good, stages: [{ kind: 'enhance', fit: {} }] },
      { ...good, stages: [{ kind: 'enhance', scale: 2, quality: 'best' }] },
      { ...good, stages: [{ kind: 'enhance', scale: 2, pace: 0 }] },
      { ...good, stages: [{ kind: 'interpolate' }] },
      { ...good, stages: [{ kind: 'interpolate', factor: 3 }] },
      { ...good, stages: [{ kind: 'interpolate', factor: 8, slow: 2 }] },
      { ...good, stages: [{ kind: 'interpolate', factor: 2, deblur: true, method: 'motion' }] },
      { ...good, codec: 'mpeg1' },
      { ...good, crf: 99 },
      { ...good, input: '' },
      { ...good, start: -1 },
    ]) {
      expect(jobRequestSchema.safeParse(bad).success).toBe(false);
    }
  });
});
