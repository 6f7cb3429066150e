/** What is said of a file and its result: facts, what an export takes, lengths of time. */
export interface FactsWords {
  readonly facts: {
    readonly heading: string;
    readonly size: string;
    readonly rate: string;
    readonly length: string;
    readonly format: string;
    readonly colour: string;
    readonly sound: string;
    readonly subtitles: string;
    readonly chapters: string;
    readonly file: string;
    readonly none: string;
    readonly unknown: string;
    readonly notStated: string;
    readonly fullRange: string;
    readonly interlaced: string;
    readonly mono: string;
    readonly stereo: string;
    channels(count: number): string;
    turned(degrees: number): string;
    pixels(num: number, den: number): string;
    variable(rate: string): string;
    fps(rate: string): string;
    bits(depth: number): string;
    container(name: string): string;
    join(parts: readonly string[]): string;
  };
  readonly cost: {
    readonly heading: string;
    readonly time: string;
    readonly trying: string;
    readonly unknownTime: string;
    readonly disk: string;
    diskWords(needed: string, free: string): string;
    freeOnly(free: string): string;
    readonly tooFull: string;
    between(low: string, high: string): string;
  };
  readonly flow: { readonly picture: string; readonly rate: string; readonly length: string };
  readonly time: {
    seconds(value: string): string;
    minutes(minutes: number, seconds: string): string;
    hours(hours: number, minutes: string): string;
    about(words: string): string;
    aboutMinutes(minutes: number): string;
    aboutHours(hours: number, minutes: number): string;
    aboutDays(days: number): string;
  };
}

export const factsEn: FactsWords = {
  facts: {
    heading: 'This file',
    size: 'Size',
    rate: 'Frame rate',
    length: 'Length',
    format: 'Format',
    colour: 'Colour',
    sound: 'Sound',
    subtitles: 'Subtitles',
    chapters: 'Chapters',
    file: 'File',
    none: 'None',
    unknown: 'Unknown',
    notStated: 'Not stated',
    fullRange: 'full range',
    interlaced: 'interlaced',
    mono: 'mono',
    stereo: 'stereo',
    channels: (channels) => `${channels} channels`,
    turned: (degrees) => `turned by ${degrees}°`,
    pixels: (num, den) => `pixels ${num}:${den}`,
    variable: (rate) => `Variable, ${rate} fps on average`,
    fps: (rate) => `${rate} fps`,
    bits: (depth) => `${depth} bit`,
    container: (name) => `in ${name}`,
    join: (parts) => parts.join(', '),
  },
  cost: {
    heading: 'What it takes',
    time: 'Time here',
    trying: 'Being tried…',
    unknownTime: 'Not known yet',
    disk: 'Disk',
    diskWords: (needed, free) => `about ${needed} of ${free} free`,
    freeOnly: (free) => `${free} free`,
    tooFull: 'There may not be enough room on the disk for this.',
    between: (low, high) => `about ${low} to ${high}`,
  },
  flow: { picture: 'Picture', rate: 'Frame rate', length: 'Length' },
  time: {
    seconds: (value) => `${value} s`,
    minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
    about: (words) => `about ${words}`,
    aboutMinutes: (minutes) => `about ${minutes} min`,
    aboutHours: (hours, minutes) => (minutes === 0 ? `about ${hours} h` : `about ${hours} h ${minutes} min`),
    aboutDays: (days) => `about ${days} days`,
  },
};
