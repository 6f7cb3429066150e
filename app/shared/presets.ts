import { z } from 'zod';
import { fitSchema } from './fit';
import {
  deblurOption,
  interpolateOption,
  methodOption,
  motionQualityOption,
  slowOption,
  slowSoundOption,
} from './motion-options';
import {
  backendOption,
  codecOption,
  crfOption,
  enhanceOption,
  paceOption,
  qualityOption,
  restoreOption,
} from './options';
import {
  backgroundOption,
  blurRadiusOption,
  CONTOUR_FORMATS,
  featherOption,
  minScoreOption,
  perInstanceOption,
  segmentOption,
  segmentOutputOption,
  segmentQualityOption,
} from './segment-options';

/** Version of the preset format. A change of the format gets a migration here and a test. */
export const PRESET_VERSION = 7;

export const presetSchema = z
  .object({
    version: z.literal(PRESET_VERSION),
    name: z.string().regex(/^[a-z0-9-]+$/),
    title: z.string(),
    help: z.string(),
    enhance: enhanceOption.schema.optional(),
    quality: qualityOption.schema.optional(),
    pace: paceOption.schema.optional(),
    fit: fitSchema.optional(),
    restore: restoreOption.schema.optional(),
    interpolate: interpolateOption.schema.optional(),
    slow: slowOption.schema.optional(),
    slowSound: slowSoundOption.schema.optional(),
    deblur: deblurOption.schema.optional(),
    method: methodOption.schema.optional(),
    /** `quality` is Enhance's. */
    motionQuality: motionQualityOption.schema.optional(),
    segment: segmentOption.schema.optional(),
    output: segmentOutputOption.schema.optional(),
    minScore: minScoreOption.schema.optional(),
    /** Numbers are one file's own. */
    instances: z.literal('main').optional(),
    segmentQuality: segmentQualityOption.schema.optional(),
    background: backgroundOption.schema.optional(),
    blurRadius: blurRadiusOption.schema.optional(),
    feather: featherOption.schema.optional(),
    perInstance: perInstanceOption.schema.optional(),
    /** Beside the result, under its name. */
    contours: z.enum(CONTOUR_FORMATS).optional(),
    codec: codecOption.schema.optional(),
    crf: crfOption.schema.optional(),
    backend: backendOption.schema.optional(),
  })
  .readonly();
export type Preset = z.infer<typeof presetSchema>;

/**
 * How a preset of each older version becomes one of the next.
 *
 * 1 → 2: `quality`, `pace`, `fit` and `restore` came; 2 → 3: `interpolate`, `slow`, `slowSound`, `deblur` and `method`;
 * 3 → 4: `segment` and what says how objects are cut out; 4 → 5: `segmentQuality`;
 * 5 → 6: `instances`; 6 → 7: `motionQuality`. Without them a preset means what it meant.
 */
const MIGRATIONS: Readonly<Record<number, (preset: Record<string, unknown>) => Record<string, unknown>>> = {
  1: (preset) => ({ ...preset, version: 2 }),
  2: (preset) => ({ ...preset, version: 3 }),
  3: (preset) => ({ ...preset, version: 4 }),
  4: (preset) => ({ ...preset, version: 5 }),
  5: (preset) => ({ ...preset, version: 6 }),
  6: (preset) => ({ ...preset, version: 7 }),
};

const anyVersionSchema = z.object({ version: z.int() }).loose();

/** A preset as it was kept, of this version or an older one. @throws ZodError */
export function readPreset(kept: unknown): Preset {
  let preset: Record<string, unknown> & { readonly version: number } = anyVersionSchema.parse(kept);
  for (;;) {
    const migrate = MIGRATIONS[preset.version];
    if (!migrate) return presetSchema.parse(preset);
    preset = anyVersionSchema.parse(migrate(preset));
  }
}

const VERSION = PRESET_VERSION;
const H264 = { codec: 'h264', crf: 18 } as const;

export const PRESETS: readonly Preset[] = [
  {
    version: VERSION,
    name: 'enhance-2x',
    title: 'Enhance ×2',
    help: 'twice the width and height, plays everywhere (H.264)',
    enhance: 2,
    ...H264,
  },
  {
    version: VERSION,
    name: 'enhance-3x',
    title: 'Enhance ×3',
    help: 'three times the width and height, plays everywhere (H.264)',
    enhance: 3,
    ...H264,
  },
  {
    version: VERSION,
    name: 'enhance-4x',
    title: 'Enhance ×4',
    help: 'four times the width and height, plays everywhere (H.264)',
    enhance: 4,
    ...H264,
  },
  {
    version: VERSION,
    name: 'to-1080p',
    title: 'To 1080p',
    help: 'as large as fits 1920 × 1080, plays everywhere (H.264)',
    fit: { width: 1920, height: 1080 },
    ...H264,
  },
  {
    version: VERSION,
    name: 'to-4k',
    title: 'To 4K',
    help: 'as large as fits 3840 × 2160 (HEVC, slower to write)',
    fit: { width: 3840, height: 2160 },
    codec: 'hevc',
    crf: 20,
  },
  {
    version: VERSION,
    name: 'restore',
    title: 'Restore ×2',
    help: 'twice the width and height, for compressed or slightly blurred video (H.264)',
    enhance: 2,
    restore: true,
    ...H264,
  },
  {
    version: VERSION,
    name: 'enhance-2x-small',
    title: 'Enhance ×2, small file',
    help: 'twice the width and height, about half the size (HEVC, slower to write)',
    enhance: 2,
    codec: 'hevc',
    crf: 24,
  },
  {
    version: VERSION,
    name: 'enhance-2x-edit',
    title: 'Enhance ×2 for editing',
    help: 'twice the width and height, for an editing program (ProRes 422 HQ)',
    enhance: 2,
    codec: 'prores',
  },
  {
    version: VERSION,
    name: 'enhance-2x-archive',
    title: 'Enhance ×2, lossless',
    help: 'twice the width and height without any loss in writing (FFV1, large)',
    enhance: 2,
    codec: 'ffv1',
  },
  {
    version: VERSION,
    name: 'smooth-2x',
    title: 'Smoother ×2',
    help: 'twice the frame rate: 30 frames a second become 60 (H.264)',
    interpolate: 2,
    ...H264,
  },
  {
    version: VERSION,
    name: 'deblur',
    title: 'Sharpen motion blur',
    help: 'motion blur removed, everything else as it is; needs a network for motion (H.264)',
    deblur: true,
    ...H264,
  },
  {
    version: VERSION,
    name: 'slow-4x',
    title: 'Slow motion ×4',
    help: 'four times as long at the same frame rate, sound stretched (H.264)',
    slow: 4,
    ...H264,
  },
  {
    version: VERSION,
    name: 'enhance-2x-smooth',
    title: 'Smoother and Enhance ×2',
    help: 'twice the frame rate, then twice the width and height (H.264)',
    interpolate: 2,
    enhance: 2,
    ...H264,
  },
  {
    version: VERSION,
    name: 'cut-out-people',
    title: 'Cut out people',
    help: 'people alone, everything else transparent, for an editing program (ProRes 4444)',
    segment: ['person'],
    output: 'cutout',
    codec: 'prores',
  },
  {
    version: VERSION,
    name: 'blur-background',
    title: 'Blur the background',
    help: 'people stay sharp, everything behind them is blurred (H.264)',
    segment: ['person'],
    output: 'blur',
    ...H264,
  },
];

/** The preset called `name`, or undefined. */
export function findPreset(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}
