import { describe, expect, it } from 'vitest';
import type { MediaInfo, OtherStream, StageRequest, VideoStream } from '../../app/shared';
import { displaySize, mediaFacts } from './media-words';
import { flowWords } from './flow-words';
import { choiceWords, percentOf, speedWords, stateWords, workShares } from './progress-words';
import { etaWords } from './time-words';

const video: VideoStream = {
  index: 0,
  codec: 'hevc',
  width: 1920,
  height: 1080,
  sampleAspectRatio: { num: 4, den: 3 },
  rotation: 90,
  pixelFormat: 'yuv420p10le',
  bitDepth: 10,
  colour: {
    matrix: 'bt2020nc',
    range: 'limited',
    primaries: 'bt2020',
    transfer: 'smpte2084',
    chromaLocation: 'left',
    rangeStated: true,
  },
  hdr: true,
  timeBase: { num: 1, den: 90000 },
  frameRate: { num: 30000, den: 1001 },
  variableFrameRate: true,
  interlaced: true,
  frameCount: null,
  startPts: 0,
  durationSeconds: null,
};
const other = (over: Partial<OtherStream>): OtherStream => ({
  index: 1,
  kind: 'audio',
  codec: 'aac',
  language: null,
  title: null,
  channels: null,
  sampleRate: null,
  bitRate: null,
  attachedPicture: false,
  ...over,
});
const media: MediaInfo = {
  path: '/a/holiday.MKV',
  kind: 'video',
  container: 'matroska,webm',
  sizeBytes: 3_400_000,
  durationSeconds: null,
  video,
  others: [
    other({ channels: 6, language: 'eng' }),
    other({ codec: 'pcm_s16le', channels: 3, language: 'und' }),
    other({ kind: 'subtitle', codec: 'subrip', language: 'deu' }),
    other({ kind: 'attachment', codec: 'ttf' }),
  ],
  chapters: 4,
  notes: [],
};

describe('what a file is', () => {
  it('is said in words people know', () => {
    expect(Object.fromEntries(mediaFacts(media).map(({ name, value }) => [name, value]))).toEqual({
      Size: '1080 × 1920, turned by 90°, pixels 4:3, interlaced',
      'Frame rate': 'Variable, 29.97 fps on average',
      Length: 'Unknown',
      Format: 'HEVC (H.265), 10 bit, in Matroska',
      Colour: 'BT.2020, HDR (PQ)',
      Sound: 'AAC 5.1 English · PCM 3 channels',
      Subtitles: 'SubRip German',
      Chapters: '4',
      File: '3.4 MB',
    });
  });

  it('leaves out of a still what only a video has', () => {
    const still: MediaInfo = { ...media, kind: 'still', path: '/a/b.png', video: { ...video, codec: 'png' } };
    expect(mediaFacts(still).map(({ name }) => name)).toEqual(['Size', 'Format', 'Colour', 'File']);
  });

  it('tells the size as it will be seen', () => {
    expect(displaySize(video, 2)).toBe('2160 × 3840');
    expect(displaySize({ ...video, rotation: 180 }, 1)).toBe('1920 × 1080');
  });
});

describe('what a chain does', () => {
  const fps = (num: number) => ({ num, den: 1 });

  it('is told in numbers, what stays only once, and nothing that nobody knows', () => {
    const before = { width: 640, height: 360, rate: fps(30), seconds: 10 };
    expect(flowWords({ before, after: { width: 1280, height: 720, rate: fps(60), seconds: 40 } })).toEqual([
      { name: 'Picture', before: '640 × 360', after: '1280 × 720' },
      { name: 'Frame rate', before: '30 fps', after: '60 fps' },
      { name: 'Length', before: '10 s', after: '40 s' },
    ]);
    const unknown = { ...before, rate: null, seconds: null };
    expect(flowWords({ before: unknown, after: unknown })).toEqual([
      { name: 'Picture', before: '640 × 360', after: null },
    ]);
  });
});

describe('how a job goes', () => {
  it('is rounded so that it stays steady', () => {
    const cases = [1, 12, 49, 50, 90, 3500, 3700, 12_000, 100_000, 400_000];
    expect(cases.map(etaWords)).toEqual([
      'about 5 s',
      'about 15 s',
      'about 50 s',
      'about 1 min',
      'about 2 min',
      'about 58 min',
      'about 1 h',
      'about 3 h 20 min',
      'about 27 h 50 min',
      'about 5 days',
    ]);
  });

  it('is not whole before it is done', () => {
    expect([0, 0.429, 0.999, 1].map(percentOf)).toEqual([0, 42, 99, 99]);
  });

  it('divides among the parts of the pipeline', () => {
    expect(workShares({ decode: 0, stages: {}, encode: 0 })).toEqual([]);
    const shares = workShares({ decode: 1, stages: { enhance: 6 }, encode: 3 });
    expect(shares.map(({ label, share }) => [label, share])).toEqual([
      ['Decode', 0.1],
      ['Enhance', 0.6],
      ['Encode', 0.3],
    ]);
  });

  it('is said by what is done', () => {
    const words = [
      [{ kind: 'enhance', scale: 2 }],
      [{ kind: 'interpolate', factor: 2, deblur: true }],
      [{ kind: 'interpolate', factor: 2, slow: 4 }],
      [{ kind: 'interpolate', deblur: true }],
      [
        { kind: 'interpolate', slow: 4 },
        { kind: 'enhance', scale: 2 },
      ],
    ] satisfies StageRequest[][];
    expect(words.map((stages) => stateWords('running', stages))).toEqual([
      'Enhancing',
      'Making it smoother',
      'Slowing down',
      'Deblurring',
      'Working',
    ]);
    expect(stateWords('paused', [{ kind: 'enhance', scale: 2 }])).toBe('Paused');
  });

  it('names the size of a network once', () => {
    const choice = { stage: 'enhance', model: 'x', title: 'AdderSR light ×2' };
    expect(choiceWords({ ...choice, reason: 'light: about 31 frames a second here, 25 wished.' })).toBe(
      'AdderSR light ×2: about 31 frames a second here, 25 wished.',
    );
    expect(choiceWords({ ...choice, reason: 'It was asked for.' })).toBe(
      'AdderSR light ×2. It was asked for.',
    );
  });

  it('tells speed only where there is some', () => {
    expect([speedWords(12, 100), speedWords(2, 1), speedWords(0, 0)]).toEqual([
      '12 s, 8.3 fps',
      '2.0 s',
      '0.0 s',
    ]);
  });
});
