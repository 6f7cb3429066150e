/** Parts of red, green and blue as screens show them (sRGB), 0 to 255. */
export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** Names that people type; `green` and `blue` are those of CSS, the screens behind actors have words of their own. */
const NAMES: Readonly<Record<string, string>> = {
  black: '000000',
  white: 'ffffff',
  grey: '808080',
  gray: '808080',
  red: 'ff0000',
  green: '008000',
  blue: '0000ff',
  yellow: 'ffff00',
  orange: 'ffa500',
  purple: '800080',
  'green-screen': '00b140',
  'blue-screen': '0047bb',
};

/** A colour from `#f80`, `#ff8800` (the `#` may be left out of six digits), or a name; null if it is none. */
export function parseColour(text: string): Rgb | null {
  const word = text.trim().toLowerCase();
  const digits = NAMES[word] ?? /^#([0-9a-f]{3})$/.exec(word)?.[1] ?? /^#?([0-9a-f]{6})$/.exec(word)?.[1];
  if (digits === undefined) return null;
  const size = digits.length / 3;
  const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((part) => {
    const own = digits.slice(part * size, (part + 1) * size);
    return parseInt(size === 1 ? own + own : own, 16);
  });
  return { red, green, blue };
}

/** Names of colours that `parseColour` knows. */
export const COLOUR_NAMES: readonly string[] = Object.keys(NAMES);
