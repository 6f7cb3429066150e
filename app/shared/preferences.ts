import { z } from 'zod';
import { presetSchema, readPreset, type Preset } from './presets';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Presets as they were kept, of any version; what can't be read any more is left out. */
const presetsSchema = z.array(z.unknown()).transform((kept) =>
  kept.flatMap((one): Preset[] => {
    try {
      return [readPreset(one)];
    } catch {
      return [];
    }
  }),
);

/** A field that can't be read has its default: one bad value costs nobody the rest. */
const preferencesSchema = z.object({
  /** `auto` follows the system. */
  language: z.enum(['auto', ...LANGUAGES]).catch('auto'),
  theme: z.enum(THEMES).catch('auto'),
  /** Keys of actions that the user changed, as `Mod+Shift+K`; an empty list for none. */
  shortcuts: z.record(z.string(), z.array(z.string().max(40)).max(4).readonly()).catch({}),
  /** The user's own. */
  presets: presetsSchema.catch([]),
  /** What was set last, to begin with. */
  last: z
    .unknown()
    .transform((kept): Preset | null => presetsSchema.parse([kept])[0] ?? null)
    .catch(null),
  /** Seconds of this machine per million pixels that go in, by what is done with them. */
  speeds: z.record(z.string().max(400), z.number().positive()).catch({}),
});
export type Preferences = Readonly<z.infer<typeof preferencesSchema>>;

export const PREFERENCE_DEFAULTS: Preferences = preferencesSchema.parse({});

/** Preferences as they were kept; defaults for what is missing or can't be read. */
export function readPreferences(kept: unknown): Preferences {
  const parsed = preferencesSchema.safeParse(kept);
  return parsed.success ? parsed.data : PREFERENCE_DEFAULTS;
}

/** Some of the preferences, as a page changes them. */
export const preferencesChangeSchema = z
  .object({
    language: z.enum(['auto', ...LANGUAGES]),
    theme: z.enum(THEMES),
    shortcuts: z.record(z.string().max(60), z.array(z.string().max(40)).max(4).readonly()),
    presets: z.array(presetSchema).max(500),
    last: presetSchema.nullable(),
    speeds: z.record(z.string().max(400), z.number().positive()),
  })
  .partial()
  .readonly();
export type PreferencesChange = z.infer<typeof preferencesChangeSchema>;
