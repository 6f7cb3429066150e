export { chooseLanguage, language, locale, t } from './language.svelte';
export type { Words } from './en';
