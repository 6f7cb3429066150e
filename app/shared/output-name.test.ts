import { describe, expect, it } from 'vitest';
import {
  CODEC_FACTS,
  CODECS,
  extensionOf,
  isMediaFile,
  isStillFile,
  resultExtension,
  suggestedName,
  canHold,
  usualCodec,
  type StageRequest,
} from '.';

const TWICE = [{ kind: 'enhance', scale: 2 }] as const;

describe('the suggested name of a result', () => {
  it('keeps the container where it can hold the codec', () => {
    const cases = [
      ['/v/a.mp4', 'h264', 'a-clearcut-2x.mp4'],
      ['C:\\v\\a.MOV', 'hevc', 'a-clearcut-2x.mov'],
      ['a.m4v', 'h264', 'a-clearcut-2x.m4v'],
      ['a.webm', 'vp9', 'a-clearcut-2x.webm'],
      ['a.webm', 'h264', 'a-clearcut-2x.mkv'],
      ['a.avi', 'h264', 'a-clearcut-2x.mkv'],
      ['a.wmv', 'hevc', 'a-clearcut-2x.mkv'],
      ['a.mp4', 'prores', 'a-clearcut-2x.mov'],
      ['a.mp4', 'ffv1', 'a-clearcut-2x.mkv'],
      ['photo.old.JPG', 'h264', 'photo.old-clearcut-2x.jpg'],
      ['no extension', 'h264', 'no extension-clearcut-2x.mkv'],
    ] as const;
    for (const [input, codec, name] of cases) expect(suggestedName(input, TWICE, codec), input).toBe(name);
    expect(suggestedName('a.mp4', TWICE, 'h264', 4)).toBe('a-clearcut-2x-4.mp4');
  });

  it('names what holds transparency, or the document that was asked for, where objects are cut out', () => {
    const stages = (output: 'cutout' | 'json' | 'matte'): readonly StageRequest[] => [
      { kind: 'segment', classes: 'all', output },
    ];
    expect(suggestedName('a.mp4', stages('cutout'), 'prores')).toBe('a-clearcut-cutout.mov');
    expect(suggestedName('a.mp4', stages('cutout'), 'vp9')).toBe('a-clearcut-cutout.webm');
    expect(suggestedName('a.mp4', stages('cutout'), 'h264')).toBe('a-clearcut-cutout.mov');
    expect(suggestedName('a.jpg', stages('cutout'), 'h264')).toBe('a-clearcut-cutout.png');
    expect(suggestedName('a.webp', stages('cutout'), 'h264')).toBe('a-clearcut-cutout.webp');
    expect(suggestedName('a.mp4', stages('matte'), 'h264')).toBe('a-clearcut-matte.mp4');
    expect(suggestedName('a.jpg', stages('json'), 'h264')).toBe('a-clearcut-contours.json');
    expect(usualCodec('b.webm', stages('cutout'))).toBe('vp9');
    expect(usualCodec('b.webm', stages('matte'))).toBe('vp9');
  });

  it('tells what was done, in its order', () => {
    const cases = [
      [[{ kind: 'enhance', fit: { width: 1920, height: 1080 } }], 'a-clearcut-1920x1080.mp4'],
      [[{ kind: 'interpolate', factor: 2 }], 'a-clearcut-smooth2x.mp4'],
      [[{ kind: 'interpolate', deblur: true }], 'a-clearcut-sharp.mp4'],
      [
        [
          { kind: 'interpolate', factor: 2, slow: 4, deblur: true },
          { kind: 'enhance', scale: 3 },
        ],
        'a-clearcut-sharp-smooth2x-slow4x-3x.mp4',
      ],
      [
        [
          { kind: 'enhance', fit: { height: 720 } },
          { kind: 'interpolate', slow: 8 },
        ],
        'a-clearcut-720p-slow8x.mp4',
      ],
    ] satisfies [StageRequest[], string][];
    for (const [stages, name] of cases) expect(suggestedName('a.mp4', stages, 'h264')).toBe(name);
  });

  it('has the codec that its container can hold where none is named', () => {
    const cases = { 'a.mp4': 'h264', 'a.mkv': 'h264', 'a.WEBM': 'vp9', 'a.avi': 'h264', 'a.gif': 'h264' };
    for (const [output, codec] of Object.entries(cases)) expect(usualCodec(output, TWICE)).toBe(codec);
    expect([canHold('a.m4v', 'h264', TWICE), canHold('a.webm', 'h264', TWICE)]).toEqual([true, false]);
  });

  it('is PNG for stills that can be read alone', () => {
    const blur: StageRequest[] = [{ kind: 'segment', classes: ['person'], output: 'blur' }];
    for (const [input, extension] of [
      ['a.bmp', 'png'],
      ['a.JP2', 'png'],
      ['a.jpeg', 'jpeg'],
    ] as const)
      for (const stages of [TWICE, blur]) expect(resultExtension(input, 'h264', stages)).toBe(extension);
  });

  it('never names a container that cannot hold the codec', () => {
    for (const codec of CODECS) {
      for (const input of ['a.mp4', 'a.mov', 'a.mkv', 'a.webm', 'a.avi', 'a.ts', 'a']) {
        expect(CODEC_FACTS[codec].containers).toContain(extensionOf(suggestedName(input, TWICE, codec)));
      }
    }
  });
});

describe('file names', () => {
  it('tell videos and stills by extension alone', () => {
    expect(['a.MP4', 'b.jpeg', 'c.txt', '.mp4', 'mp4', 'd.'].map(isMediaFile)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(isStillFile('/x.y/z.WebP')).toBe(true);
  });
});
