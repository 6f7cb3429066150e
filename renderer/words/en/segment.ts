import type { ClassName, ModelSize, SegmentOutput } from '../../../app/shared';
import { count } from './count';
import type { Label } from './label';

/** What is said of what is cut out. */
export interface SegmentWords {
  readonly segment: {
    readonly what: string;
    readonly whatChoices: Readonly<Record<'people' | 'all' | 'own', string>>;
    readonly classes: string;
    readonly noClass: string;
    className(name: ClassName): string;
    readonly result: string;
    readonly results: Readonly<Record<SegmentOutput, Label>>;
    readonly lastOnly: string;
    notBefore(step: string): string;
    readonly background: string;
    readonly backgrounds: Readonly<Record<'colour' | 'image', string>>;
    readonly colour: string;
    readonly chooseImage: string;
    readonly noImage: string;
    readonly blur: string;
    readonly blurAuto: string;
    readonly single: string;
    readonly singleHelp: string;
    readonly mainOnly: string;
    readonly mainOnlyHelp: string;
    readonly edges: string;
    readonly feather: string;
    readonly featherNone: string;
    readonly minScore: string;
    readonly minScoreAuto: string;
    readonly size: string;
    readonly sizeChoices: Readonly<Record<ModelSize, string>>;
    readonly contours: string;
    readonly contoursChoices: Readonly<Record<'none' | 'json' | 'svg', string>>;
    readonly wrongNumber: string;
    readonly objects: string;
    readonly find: string;
    readonly findHelp: string;
    readonly findStillHelp: string;
    readonly finding: string;
    readonly looking: string;
    readonly stop: string;
    readonly again: string;
    readonly all: string;
    readonly none: string;
    readonly nothingFound: string;
    readonly nothingChosen: string;
    readonly outside: string;
    readonly useAll: string;
    keptChoice(count: number): string;
    found(count: number): string;
    object(className: string, track: number): string;
    seen(from: string, to: string): string;
    sure(percent: number): string;
    flagged(percent: number): string;
    goTo(name: string): string;
    more(count: number): string;
    overlay(count: number): string;
  };
}

export const segmentEn: SegmentWords = {
  segment: {
    what: 'What is cut out',
    whatChoices: { people: 'People', all: 'Everything', own: 'Choose…' },
    classes: 'Kinds of objects',
    noClass: 'Choose at least one kind of objects.',
    className: (name) => name,
    result: 'Result',
    results: {
      overlay: {
        label: 'Outlines over the picture',
        help: 'Each object in a colour of its own, with its number.',
      },
      cutout: {
        label: 'Cut-out, transparent behind',
        help: 'For an editing program; needs a codec with transparency.',
      },
      matte: {
        label: 'Matte, black and white',
        help: 'White where an object is: a mask for other programs.',
      },
      blur: { label: 'Background blurred', help: 'Objects stay sharp.' },
      replace: { label: 'Another background', help: 'A colour or a picture stands behind the objects.' },
      json: {
        label: 'Contours as JSON',
        help: "COCO's format: polygons, numbers and scores in every frame.",
      },
      svg: { label: 'Contours as SVG', help: 'One animated drawing.' },
    },
    lastOnly: 'Contours are no picture: nothing can be done with them afterwards.',
    notBefore: (step) => `A cut-out can't stand before ${step}.`,
    background: 'Background',
    backgrounds: { colour: 'Colour', image: 'Picture' },
    colour: 'Colour of the background',
    chooseImage: 'Choose a picture…',
    noImage: 'Choose the picture that stands behind.',
    blur: 'Blur in pixels',
    blurAuto: 'as suits the picture',
    single: 'A file for each object',
    singleHelp: 'All as long as the video, numbered.',
    mainOnly: 'Leave out passers-by',
    mainOnlyHelp: 'Objects less than half as large as the largest one.',
    edges: 'Edges, scores, size, contours',
    feather: 'Soften edges, in pixels',
    featherNone: 'none',
    minScore: 'How sure at least',
    minScoreAuto: 'usual',
    size: 'How large the network sees the picture',
    sizeChoices: { fast: '384 pixels, quickest', light: '512 pixels', standard: '640 pixels, slowest' },
    contours: 'Contours beside the result',
    contoursChoices: { none: 'None', json: 'JSON', svg: 'SVG' },
    wrongNumber: 'Enter 0 to 100 pixels for edges, and more than 0 and at most 500 for blur.',
    objects: 'Objects',
    find: 'Find and follow objects',
    findHelp:
      'Goes through what is exported once; then you can choose among the objects, here and in the picture.',
    findStillHelp: 'Then you can choose among them, here and in the picture.',
    finding: 'Finding and following…',
    looking: 'Looking for objects…',
    stop: 'Stop',
    again: 'Find again',
    all: 'All',
    none: 'None',
    nothingFound: 'No such object was found.',
    nothingChosen: 'Choose at least one object.',
    outside:
      'The part that is exported was not all looked at: objects elsewhere are left out. Find again to have them.',
    useAll: 'Use all objects',
    keptChoice: (number) => `${count(number, 'object was', 'objects were')} chosen for this job.`,
    found: (number) => count(number, 'object', 'objects'),
    object: (className, track) => `${className.charAt(0).toUpperCase()}${className.slice(1)} ${track}`,
    seen: (from, to) => (from === to ? from : `${from} – ${to}`),
    sure: (percent) => `${percent} % sure`,
    flagged: (percent) => `${percent} % doubtful`,
    goTo: (name) => `Show ${name} where it is seen best`,
    more: (number) => `and ${count(number, 'more', 'more')} that ${number === 1 ? 'is' : 'are'} seen shorter`,
    overlay: (number) => `Outlines of ${count(number, 'object', 'objects')}`,
  },
};
