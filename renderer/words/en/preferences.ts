import type { Action } from '../../state/keys';
import { keysEn } from './keys';

/** What is said of preferences and the keys. */
export interface PreferencesWords {
  readonly preferences: {
    readonly heading: string;
    readonly general: string;
    readonly shortcuts: string;
    readonly presets: string;
    readonly about: string;
    readonly language: string;
    readonly languageAuto: string;
    readonly theme: string;
    readonly themes: Readonly<Record<'auto' | 'light' | 'dark', string>>;
    readonly network: string;
    readonly checkUpdates: string;
    readonly upToDate: string;
    newer(version: string): string;
    version(version: string): string;
  };
  readonly keys: {
    readonly heading: string;
    readonly press: string;
    readonly none: string;
    readonly resetAll: string;
    readonly groups: Readonly<Record<'app' | 'player' | 'view' | 'queue', string>>;
    readonly actions: Readonly<Record<Action, string>>;
    taken(action: string): string;
    change(action: string): string;
    clear(action: string): string;
    reset(action: string): string;
    readonly help: string;
  };
}

export const preferencesEn: PreferencesWords = {
  preferences: {
    heading: 'Preferences',
    general: 'General',
    shortcuts: 'Shortcuts',
    presets: 'Presets',
    about: 'About',
    language: 'Language',
    languageAuto: 'As the system',
    theme: 'Appearance',
    themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
    network: 'Clearcut uses no network, unless you press the button below.',
    checkUpdates: 'Check for updates',
    upToDate: 'This is the newest version.',
    newer: (version) => `Version ${version} is there.`,
    version: (version) => `Version ${version}`,
  },
  keys: keysEn,
};
