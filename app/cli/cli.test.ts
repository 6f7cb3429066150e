import { describe, expect, it } from 'vitest';
import { table } from './output';
import {
  backgroundOption,
  contoursOption,
  formatDuration,
  formatSize,
  instancesOption,
  segmentOption,
  type JobProgress,
  type JobRequest,
} from '../shared';
import { JobProgressBar } from './progress-bar';
import { toRequest, type StageKind } from './request';

describe('the request that flags mean', () => {
  const flags = { out: 'out.mp4', resume: true } as const;

  it('takes what is said outright before the preset, and the preset before the defaults', () => {
    expect(toRequest('in.mp4', { ...flags, enhance: 2 })).toEqual({
      input: 'in.mp4',
      output: 'out.mp4',
      stages: [{ kind: 'enhance', scale: 2 }],
      codec: 'h264',
      backend: 'auto',
      overwrite: false,
      resume: true,
    });
    expect(toRequest('in.mp4', { ...flags, preset: 'enhance-2x-small' })).toMatchObject({
      codec: 'hevc',
      crf: 24,
    });
    expect(toRequest('in.mp4', { ...flags, preset: 'enhance-2x-small', crf: 30 })).toMatchObject({
      codec: 'hevc',
      crf: 30,
    });
  });

  it('says how large, how well and how quickly', () => {
    const stageOf = (more: object): unknown => toRequest('in.mp4', { ...flags, ...more }).stages[0];
    const fit = { width: 1920, height: 1080 };
    expect(stageOf({ fit })).toEqual({ kind: 'enhance', fit });
    expect(stageOf({ preset: 'to-1080p', quality: 'fast' })).toEqual({
      kind: 'enhance',
      fit,
      quality: 'fast',
    });
    expect(stageOf({ preset: 'restore', pace: 10 })).toEqual({
      kind: 'enhance',
      scale: 2,
      restore: true,
      pace: 10,
    });
    expect(stageOf({ enhance: 4, fit, restore: true })).toEqual({
      kind: 'enhance',
      scale: 4,
      fit,
      restore: true,
    });
    expect(() => stageOf({ restore: true })).toThrow(/^--restore needs a size: .*--fit/);
    expect(() => stageOf({ interpolate: 2, method: 'motion', quality: 'fast' })).toThrow(
      /^--quality needs a size/,
    );
    expect(() => stageOf({ interpolate: 2, pace: 30 })).toThrow(/^--pace needs a size/);
    expect(() => stageOf({ enhance: 2, quality: 'light', pace: 10 })).toThrow(
      '--pace 10 and --quality light',
    );
  });

  it('asks for motion, in the order that is said or while pictures are small', () => {
    const stagesOf = (more: object, ...said: StageKind[]): unknown =>
      toRequest('in.mp4', { ...flags, ...more }, said).stages;
    const enhance = { kind: 'enhance', scale: 2 };
    const smooth = { kind: 'interpolate', factor: 4 };
    expect(stagesOf({ enhance: 2, interpolate: 4 })).toEqual([smooth, enhance]);
    expect(stagesOf({ enhance: 2, interpolate: 4 }, 'enhance', 'interpolate')).toEqual([enhance, smooth]);
    expect(stagesOf({ preset: 'smooth-2x', interpolate: 4 }, 'interpolate')).toEqual([smooth]);
    expect(stagesOf({ slow: 4, interpolate: 2, slowSound: 'drop', deblur: true })).toEqual([
      { kind: 'interpolate', factor: 2, slow: 4, slowSound: 'drop', deblur: true },
    ]);
    expect(stagesOf({ deblur: true, method: 'network' })).toEqual([
      { kind: 'interpolate', deblur: true, method: 'network' },
    ]);
    expect(stagesOf({ deblur: true, quality: 'standard' })).toEqual([
      { kind: 'interpolate', deblur: true, quality: 'standard' },
    ]);
    expect(stagesOf({ enhance: 2, interpolate: 4, quality: 'standard' })).toEqual([
      { ...smooth, quality: 'standard' },
      { ...enhance, quality: 'standard' },
    ]);
    expect(stagesOf({ enhance: 2, interpolate: 4, quality: 'auto' })).toEqual([
      smooth,
      { ...enhance, quality: 'auto' },
    ]);
    expect(stagesOf({ enhance: 2, interpolate: 4, method: 'motion', quality: 'light' })).toEqual([
      { ...smooth, method: 'motion' },
      { ...enhance, quality: 'light' },
    ]);
    expect(() => stagesOf({})).toThrow('Nothing to do');
    expect(() => stagesOf({ interpolate: 2, slowSound: 'drop' })).toThrow('--slow-sound is for slow motion');
    expect(() => stagesOf({ enhance: 2, method: 'motion' })).toThrow('add --interpolate, --slow or --deblur');
    expect(() => stagesOf({ interpolate: 4, slow: 4 })).toThrow('would make 16 frames of one');
    expect(() => stagesOf({ deblur: true, method: 'motion' })).toThrow('--deblur needs a network');
  });

  it('cuts out, into what the output’s name and the options mean', () => {
    const requestOf = (out: string, more: object = {}): JobRequest =>
      toRequest('in.mp4', { ...flags, out, segment: ['person'], ...more });
    const segment = { kind: 'segment', classes: ['person'] };
    expect(requestOf('out.mp4').stages).toEqual([{ ...segment, output: 'overlay' }]);
    expect(requestOf('out.json').stages).toEqual([{ ...segment, output: 'json' }]);
    expect(requestOf('out.svg', { output: 'svg', instances: 'all' }).stages).toEqual([
      { ...segment, output: 'svg' },
    ]);
    const cutout = { output: 'cutout', instances: [1, 4], feather: 1.5, perInstance: true, contours: 'json' };
    expect(requestOf('out.mov', cutout)).toMatchObject({
      stages: [{ ...segment, ...cutout }],
      codec: 'prores',
    });
    expect(requestOf('out.json', { instances: 'main' }).stages).toMatchObject([{ instances: 'main' }]);
    expect(requestOf('out.webm', cutout).codec).toBe('vp9');
    expect(requestOf('out.mkv', cutout).codec).toBe('ffv1');
    expect(requestOf('out.webm', { ...cutout, codec: 'av1' }).codec).toBe('av1');
    expect(requestOf('out.mov', { output: 'matte' }).codec).toBe('h264');
    const background = { colour: { red: 0, green: 0, blue: 0 } };
    expect(requestOf('out.mp4', { output: 'replace', background }).stages).toMatchObject([{ background }]);
    const chain = toRequest('in.mp4', { ...flags, enhance: 2, interpolate: 2, segment: 'all' }).stages;
    expect(chain.map(({ kind }) => kind)).toEqual(['interpolate', 'enhance', 'segment']);
    const said = toRequest('in.mp4', { ...flags, enhance: 2, segment: 'all' }, ['segment', 'enhance']).stages;
    expect(said.map(({ kind }) => kind)).toEqual(['segment', 'enhance']);
    expect(requestOf('out.mp4', { quality: 'standard' }).stages).toEqual([
      { ...segment, output: 'overlay', quality: 'standard' },
    ]);
    expect(requestOf('out.mp4', { quality: 'auto' }).stages).toEqual([{ ...segment, output: 'overlay' }]);
    expect(requestOf('out.mp4', { quality: 'fast', enhance: 2 }).stages).toMatchObject([
      { kind: 'enhance', quality: 'fast' },
      { kind: 'segment', quality: 'fast' },
    ]);
    expect(() => requestOf('out.mp4', { output: 'replace' })).toThrow('--background');
    expect(() => requestOf('out.mp4', { background })).toThrow(
      '--background does nothing for --output overlay',
    );
    expect(() => requestOf('out.mp4', { perInstance: true })).toThrow('it is for --output cutout or matte');
    expect(() => toRequest('in.mp4', { ...flags, enhance: 2, output: 'cutout' })).toThrow('--segment person');
  });

  it('knows COCO’s classes however they are spelt, and lists them where it knows none', () => {
    const valueOf = (text: string): unknown => {
      const parsed = segmentOption.schema.safeParse(segmentOption.parse?.(text));
      return parsed.success ? parsed.data : null;
    };
    expect(valueOf('person, Cell-Phone,fire_hydrant')).toEqual(['person', 'cell phone', 'fire hydrant']);
    expect(valueOf('ALL')).toBe('all');
    expect(['person,unicorn', '', ','].map(valueOf)).toEqual([null, null, null]);
    expect(segmentOption.expects).toContain('person, bicycle, car');
  });

  it('reads colours, images, and numbers of objects', () => {
    const colourOf = (text: string): unknown => backgroundOption.parse?.(text);
    expect(colourOf('#f80')).toEqual({ colour: { red: 255, green: 136, blue: 0 } });
    expect(colourOf('0047BB')).toEqual({ colour: { red: 0, green: 71, blue: 187 } });
    expect(colourOf('Green-Screen')).toEqual({ colour: { red: 0, green: 177, blue: 64 } });
    expect(colourOf('./green')).toEqual({ image: './green' });
    const idsOf = (text: string): boolean =>
      instancesOption.schema.safeParse(instancesOption.parse?.(text)).success;
    expect(['1,4', 'all', 'Main', '0', '1,x', '1.5', ''].map(idsOf)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    const contoursOf = (text: string): boolean => contoursOption.schema.safeParse(text).success;
    expect(['json', 'a b.svg', 'x.mp4'].map(contoursOf)).toEqual([true, true, false]);
  });

  it('takes the codec that the name of the result asks for, also in place of a preset’s', () => {
    const webm = { ...flags, out: 'out.webm' };
    expect(toRequest('in.mp4', { ...webm, enhance: 2 }).codec).toBe('vp9');
    const small = toRequest('in.mp4', { ...webm, preset: 'enhance-2x-small' });
    expect(small.codec).toBe('vp9');
    expect(small).not.toHaveProperty('crf');
    expect(toRequest('in.mp4', { ...webm, enhance: 2, codec: 'av1' }).codec).toBe('av1');
    expect(toRequest('in', { ...flags, out: 'folder', preset: 'enhance-2x-small' }).codec).toBe('hevc');
  });

  it('does not carry a preset’s CRF to another codec', () => {
    expect(toRequest('in.mp4', { ...flags, preset: 'enhance-2x-small', codec: 'vp9' })).not.toHaveProperty(
      'crf',
    );
  });

  it('cuts out as a preset says, with the codec that has transparency where it goes', () => {
    const cut = (out: string, more: object = {}): object =>
      toRequest('in.mp4', { ...flags, out, preset: 'cut-out-people', ...more });
    const stage = { kind: 'segment', classes: ['person'] };
    expect(cut('out.mov')).toMatchObject({ stages: [{ ...stage, output: 'cutout' }], codec: 'prores' });
    expect(cut('out.webm')).toMatchObject({ codec: 'vp9' });
    expect(cut('out.webm', { codec: 'ffv1' })).toMatchObject({ codec: 'ffv1' });
    expect(cut('out.svg')).toMatchObject({ stages: [{ ...stage, output: 'svg' }] });
    expect(cut('out.mov', { segment: ['dog'], output: 'blur', blurRadius: 9 })).toMatchObject({
      stages: [{ kind: 'segment', classes: ['dog'], output: 'blur', blurRadius: 9 }],
    });
  });

  it('says what to do where there is nothing to do, or a preset that does not exist', () => {
    expect(() => toRequest('in.mp4', flags)).toThrow('--enhance 2');
    expect(() => toRequest('in.mp4', { ...flags, preset: 'nope' })).toThrow('enhance-2x');
    expect(() => toRequest('in.mp4', { ...flags, enhance: 2, start: 5, end: 5 })).toThrow('--end');
  });
});

describe('what people read', () => {
  const PROGRESS: JobProgress = {
    ...{ state: 'running', choices: [], framesDone: 50, framesTotal: 100, fraction: 0.5 },
    ...{ framesPerSecond: 5, etaSeconds: 12, bytesWritten: 1_000_000, expectedBytes: 3_000_000 },
    timings: { decode: 1, stages: {}, encode: 1 },
  };

  it('gives durations and sizes at the grain that fits', () => {
    expect([0.84, 12.3, 245, 12_000].map(formatDuration)).toEqual([
      '0.8 s',
      '12 s',
      '4 min 05 s',
      '3 h 20 min',
    ]);
    expect([999, 1500, 3_400_000, 2e12].map(formatSize)).toEqual(['999 B', '1.5 kB', '3.4 MB', '2.0 TB']);
  });

  it('tells the time left in our own words on a terminal, and nothing but notes elsewhere', () => {
    const shown = (isTTY: boolean, ...states: readonly Partial<JobProgress>[]): string => {
      let text = '';
      const write = (chunk: string | Uint8Array): boolean => ((text += String(chunk)), true);
      const terminal = { isTTY, columns: 200, on: () => terminal, write } as unknown as NodeJS.WriteStream;
      const bar = new JobProgressBar('[1/2] a.mp4', terminal);
      for (const state of states) {
        bar.update({ ...PROGRESS, ...state });
        bar.note('n');
      }
      bar.stop();
      return text;
    };
    const early = { framesPerSecond: null, etaSeconds: null };
    expect(shown(true, early)).toMatch(/ 50 % \| 50\/100 frames \| measuring \| about … \| about 3\.0 MB/);
    expect(shown(true, {})).toContain('| 5.0 fps | about 12 s left |');
    expect(shown(true, { state: 'paused' })).toContain('| paused |');
    expect(shown(false, early, {})).toBe('[1/2] a.mp4\nnote: n\nnote: n\n');
  });

  it('lines columns up', () => {
    expect(
      table([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b']);
  });
});
