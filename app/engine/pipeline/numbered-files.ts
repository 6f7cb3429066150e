/** A number's place in a file name: `%d`, `%5d` or `%05d`. */
const PLACE = /%(0?)(\d*)d/;

/** True for names such as `%05d.png`, which stand for one file after the other. */
export function isNumbered(name: string): boolean {
  return PLACE.test(name);
}

/** The name of the file with this number. */
export function numberedName(pattern: string, number: number): string {
  return pattern.replace(PLACE, (_, zero: string, width: string) =>
    String(number).padStart(Number(width || 0), zero === '' ? ' ' : '0'),
  );
}

/** Matches the names that a pattern stands for. */
export function numberPattern(pattern: string): RegExp {
  const place = PLACE.exec(pattern);
  const before = pattern.slice(0, place?.index);
  const after = place ? pattern.slice(place.index + place[0].length) : '';
  return new RegExp(`^${escaped(before)} *\\d+${escaped(after)}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
