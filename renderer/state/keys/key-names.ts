/** The part of a KeyboardEvent that says what was pressed. */
export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const ALONE: ReadonlySet<string> = new Set([
  'Control',
  'Meta',
  'Alt',
  'Shift',
  'Dead',
  'Process',
  'Unidentified',
  'AltGraph',
]);
const NAMES: Readonly<Record<string, string>> = { ' ': 'Space', '\\': 'Backslash' };

/** `Mod+Shift+K`: what was pressed, as shortcuts are written; null for a modifier alone. */
export function nameOfKeys(
  { key, ctrlKey, metaKey, altKey, shiftKey }: Pressed,
  mac: boolean,
): string | null {
  if (ALONE.has(key)) return null;
  const letter = /^\p{L}$/u.test(key);
  const name = NAMES[key] ?? (letter ? key.toUpperCase() : key);
  const mod = mac ? metaKey : ctrlKey;
  const other = mac ? ctrlKey : metaKey;
  // A sign that is typed with Shift says so itself.
  const shift = shiftKey && (letter || key.length > 1 || mod || altKey);
  return [
    mod ? 'Mod' : null,
    other ? (mac ? 'Ctrl' : 'Meta') : null,
    altKey ? 'Alt' : null,
    shift ? 'Shift' : null,
    name,
  ]
    .filter((part) => part !== null)
    .join('+');
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Backslash: '\\',
};

/** The keys of a shortcut as they stand on the keyboard. */
export function keyCaps(shortcut: string, mac: boolean): readonly string[] {
  return shortcut
    .split(/\+(?=.)/)
    .map((part) =>
      part === 'Mod' ? (mac ? '⌘' : 'Ctrl') : mac && part === 'Alt' ? '⌥' : (SIGNS[part] ?? part),
    );
}
