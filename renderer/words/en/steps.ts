import type { ModelSize, Preset, SlowSound } from '../../../app/shared';
import type { MotionSource, StepKind } from '../../state/steps';
import type { Label } from './label';

/** What is said of the steps of a chain and their settings, and presets. */
export interface StepsWords {
  readonly steps: Readonly<Record<StepKind, Label>>;
  readonly chain: {
    readonly label: string;
    readonly nothing: string;
    readonly earlier: string;
    readonly later: string;
    readonly remove: string;
    add(label: string): string;
    earlierOf(label: string): string;
    laterOf(label: string): string;
    removeOf(label: string): string;
    moved(label: string, place: number, count: number): string;
    added(label: string, place: number, count: number): string;
    removed(label: string): string;
  };
  readonly presets: {
    readonly label: string;
    readonly ownSettings: string;
    readonly notInstalled: string;
    readonly save: string;
    readonly name: string;
    readonly own: string;
    readonly builtIn: string;
    readonly noOwn: string;
    readonly importing: string;
    readonly exporting: string;
    remove(title: string): string;
    title(preset: Preset): string;
    help(preset: Preset): string;
  };
  readonly enhance: {
    readonly size: string;
    readonly fit: string;
    readonly ownSize: string;
    readonly width: string;
    readonly height: string;
    readonly any: string;
    readonly bounds: string;
    readonly fitHelp: string;
    readonly restore: string;
    readonly restoreHelp: string;
    readonly network: string;
    readonly pace: string;
    readonly ownPace: string;
    readonly paceHelp: string;
    readonly paceWrong: string;
  };
  readonly networks: {
    readonly auto: string;
    readonly autoStill: string;
    readonly autoVideo: string;
    readonly sizes: Readonly<Record<ModelSize, Label>>;
    readonly noRestoring: string;
    noneFor(scale: number): string;
    noRestoringFor(scale: number): string;
    noSuch(scale: number, restoring: boolean): string;
    figures(help: string, thousands: string, psnr: string | null): string;
  };
  readonly motion: {
    readonly rate: string;
    readonly length: string;
    readonly sound: string;
    readonly sounds: Readonly<Record<SlowSound, string>>;
    readonly method: string;
    readonly methods: Readonly<Record<MotionSource, Label>>;
    tooMany(other: string, factor: number, most: number): string;
  };
}

export const stepsEn: StepsWords = {
  steps: {
    enhance: {
      label: 'Enhance',
      help: 'Enlarge and sharpen by a network (AdderSR super-resolution).',
    },
    smooth: {
      label: 'Smoother motion',
      help: 'Multiply the frame rate; with a network motion blur is removed as well.',
    },
    slow: { label: 'Slow motion', help: 'Keep the frame rate and stretch time.' },
    deblur: {
      label: 'Deblur',
      help: 'Takes motion blur away from the frames that are there.',
    },
    segment: {
      label: 'Cut out',
      help: 'Find people or things, outline them, follow them, and put them before something else.',
    },
  },
  chain: {
    label: 'What is done',
    nothing: 'Nothing is done yet: add a step.',
    earlier: 'Earlier',
    later: 'Later',
    remove: 'Remove',
    add: (label) => label,
    earlierOf: (label) => `${label}: earlier`,
    laterOf: (label) => `${label}: later`,
    removeOf: (label) => `Remove ${label}`,
    moved: (label, place, all) => `${label} is now step ${place} of ${all}.`,
    added: (label, place, all) => `${label} added as step ${place} of ${all}.`,
    removed: (label) => `${label} removed.`,
  },
  presets: {
    label: 'Preset',
    ownSettings: 'Own settings',
    notInstalled: 'network not installed',
    save: 'Save these settings…',
    name: 'Name of the preset',
    own: 'Your presets',
    builtIn: 'Built in',
    noOwn: 'None yet: set things up in the window, then save them beside the list of presets.',
    importing: 'Import…',
    exporting: 'Export…',
    remove: (title) => `Remove ${title}`,
    title: ({ title }) => title,
    help: ({ help }) => help,
  },
  enhance: {
    size: 'Size of the result',
    fit: 'Fit to',
    ownSize: 'Own size',
    width: 'Width',
    height: 'Height',
    any: 'any',
    bounds: 'Enter a width or a height from 16 to 16384 pixels.',
    fitHelp: 'As large as fits, in the shape that the picture has.',
    restore: 'Restore',
    restoreHelp: 'For compressed or slightly blurred pictures: takes their traces away.',
    network: 'Network',
    pace: 'Pace',
    ownPace: 'its own',
    paceHelp: "Frames a second that the automatic choice should reach; empty for the video's own rate.",
    paceWrong: 'Enter frames a second, more than 0 and at most 1000.',
  },
  networks: {
    auto: 'Automatic',
    autoStill: 'The clearest: a single picture can wait.',
    autoVideo: 'The clearest that keeps up with the frame rate.',
    sizes: {
      fast: { label: 'Fast', help: 'Quickest' },
      light: { label: 'Light', help: 'Clearer' },
      standard: { label: 'Standard', help: 'Clearest' },
    },
    noRestoring: 'No restoring network is installed.',
    noneFor: (scale) => `No network for ×${scale} is installed.`,
    noRestoringFor: (scale) => `No restoring network for ×${scale} is installed.`,
    noSuch: (scale, restoring) =>
      `No such ${restoring ? 'restoring network' : 'network'} for ×${scale} is installed.`,
    figures: (help, thousands, psnr) =>
      `${help}: ${thousands} K steps a pixel${psnr === null ? '' : `, ${psnr} dB`}.`,
  },
  motion: {
    rate: 'Frame rate',
    length: 'Length',
    sound: 'Sound',
    sounds: { stretch: 'Stretch, same pitch', drop: 'Leave out' },
    method: 'Frames by',
    methods: {
      fast: { label: 'Fast network', help: 'Quickest; motion blur is removed as well.' },
      light: { label: 'Light network', help: 'Quick; motion blur is removed as well.' },
      standard: { label: 'Standard network', help: 'Finer; takes several times as long.' },
      motion: { label: 'Motion alone', help: 'Leaves the frames that are there untouched.' },
    },
    tooMany: (other, factor, most) =>
      `Beside ${other} ×${factor} ${most > 1 ? `at most ×${most} is` : 'nothing is'} possible.`,
  },
};
