import {
  PREFERENCE_DEFAULTS,
  type ClearcutApi,
  type Preferences,
  type PreferencesChange,
  type Preset,
} from '../../app/shared';
import { chooseLanguage } from '../words';
import { Shortcuts } from './keys';

/** What the user set once and for all; the host keeps it. */
export class PreferencesState {
  current = $state.raw<Preferences>(PREFERENCE_DEFAULTS);
  readonly shortcuts = new Shortcuts();
  /** What the system speaks. */
  #languages: readonly string[] = [];

  constructor(private readonly host: ClearcutApi) {}

  async begin(languages: readonly string[]): Promise<void> {
    this.#languages = languages;
    this.current = await this.host.preferences();
    this.shortcuts.changed = this.current.shortcuts;
    this.#follow();
  }

  /** Seen at once, and kept by and by. */
  async change(change: PreferencesChange): Promise<void> {
    this.current = { ...this.current, ...(change as Partial<Preferences>) };
    this.#follow();
    await this.host.changePreferences(change);
  }

  /** After a change of `shortcuts`. */
  async keepShortcuts(): Promise<void> {
    await this.change({ shortcuts: { ...this.shortcuts.changed } });
  }

  /** Adds a preset, or puts it in place of the one of its name. */
  async keepPreset(preset: Preset): Promise<void> {
    const others = this.current.presets.filter(({ name }) => name !== preset.name);
    await this.change({ presets: [...others, preset] });
  }

  /** Adds presets of a file that the user chooses. @throws what reading it throws */
  async importPresets(): Promise<void> {
    for (const preset of (await this.host.importPresets()) ?? []) await this.keepPreset(preset);
  }

  /** Writes all presets to a file that the user chooses. @throws what writing it throws */
  async exportPresets(): Promise<void> {
    await this.host.exportPresets(this.current.presets);
  }

  async removePreset(name: string): Promise<void> {
    await this.change({ presets: this.current.presets.filter((preset) => preset.name !== name) });
  }

  /** Learns how quick this machine is: the newest says most. */
  async learnSpeed(key: string, secondsPerMegapixel: number): Promise<void> {
    const before = this.current.speeds[key];
    const speed = before === undefined ? secondsPerMegapixel : before * 0.4 + secondsPerMegapixel * 0.6;
    const others = Object.entries(this.current.speeds).filter(([name]) => name !== key);
    // What was learnt last stands last.
    await this.change({ speeds: Object.fromEntries([...others.slice(-199), [key, speed]]) });
  }

  #follow(): void {
    chooseLanguage(this.current.language, this.#languages);
    if (typeof document === 'undefined') return;
    const { theme } = this.current;
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }
}

/** A preset's name of its title: letters and digits, and free among `taken`. */
export function presetName(title: string, taken: readonly string[]): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = plain === '' ? 'own' : plain.slice(0, 40);
  let name = base;
  for (let count = 2; taken.includes(name); count += 1) name = `${base}-${count}`;
  return name;
}
