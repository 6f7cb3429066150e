import { LANGUAGES, type Language } from '../../app/shared';
import { en, type Words } from './en';
import { zh } from './zh';

const CATALOGUES: Readonly<Record<Language, Words>> = { en, zh };
/** BCP 47, for numbers and dates. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

let current = $state<Language>('en');

/** All that the window says, in the language that is chosen. */
export function t(): Words {
  return CATALOGUES[current];
}

export function language(): Language {
  return current;
}

export function locale(): string {
  return LOCALES[current];
}

/** The language that is wanted; `auto` for the first of the system's or the browser's that there are words in. */
export function chooseLanguage(wanted: 'auto' | Language, system: readonly string[]): void {
  current = wanted === 'auto' ? firstKnown(system) : wanted;
  if (typeof document !== 'undefined') document.documentElement.lang = LOCALES[current];
}

function firstKnown(system: readonly string[]): Language {
  const own = typeof navigator === 'undefined' ? [] : navigator.languages;
  for (const tag of system.length > 0 ? system : own) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}
