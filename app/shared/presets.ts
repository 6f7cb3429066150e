import { z } from 'zod';
import { backendOption, codecOption, crfOption, enhanceOption } from './options';

/** Version of the preset format. A change of the format gets a migration here and a test. */
export const PRESET_VERSION = 1;

export const presetSchema = z
  .object({
    version: z.literal(PRESET_VERSION),
    name: z.string().regex(/^[a-z0-9-]+$/),
    title: z.string(),
    help: z.string(),
    enhance: enhanceOption.schema.optional(),
    codec: codecOption.schema.optional(),
    crf: crfOption.schema.optional(),
    backend: backendOption.schema.optional(),
  })
  .readonly();
export type Preset = z.infer<typeof presetSchema>;

export const PRESETS: readonly Preset[] = [
  {
    version: PRESET_VERSION,
    name: 'enhance-2x',
    title: 'Enhance ×2',
    help: 'twice the width and height, plays everywhere (H.264)',
    enhance: 2,
    codec: 'h264',
    crf: 18,
  },
  {
    version: PRESET_VERSION,
    name: 'enhance-2x-small',
    title: 'Enhance ×2, small file',
    help: 'twice the width and height, about half the size (HEVC, slower to write)',
    enhance: 2,
    codec: 'hevc',
    crf: 24,
  },
  {
    version: PRESET_VERSION,
    name: 'enhance-2x-edit',
    title: 'Enhance ×2 for editing',
    help: 'twice the width and height, for an editing program (ProRes 422 HQ)',
    enhance: 2,
    codec: 'prores',
  },
  {
    version: PRESET_VERSION,
    name: 'enhance-2x-archive',
    title: 'Enhance ×2, lossless',
    help: 'twice the width and height without any loss in writing (FFV1, large)',
    enhance: 2,
    codec: 'ffv1',
  },
];

/** The preset called `name`, or undefined. */
export function findPreset(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}
