import type {
  ClassName,
  Codec,
  ErrorCode,
  JobState,
  ModelSize,
  Preset,
  QueueEnd,
  QueueItem,
  SegmentOutput,
  SlowSound,
  WhenDone,
} from '../../app/shared';
import type { Action } from '../state/keys';
import type { StepKind } from '../state/steps';
import { keysEn } from './keys-en';

/** `12 videos`, `1 video`. */
const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

interface Label {
  readonly label: string;
  readonly help: string;
}

/**
 * Everything that the window says, in English: the model that other languages are held to by its type. Numbers are handed
 * in as they are shown. What the engine says (notes, reasons, details of errors) stands in English.
 */
export interface Words {
  sentence(words: string): string;
  readonly app: {
    readonly edit: string;
    readonly queue: string;
    readonly views: string;
    readonly preferences: string;
    readonly close: string;
    readonly cancel: string;
    facts(version: string): string;
    ffmpeg(version: string, source: string): string;
  };
  readonly title: {
    readonly starting: string;
    readonly done: string;
    readonly failed: string;
    percent(percent: number): string;
  };
  readonly empty: {
    readonly heading: string;
    readonly choose: string;
    readonly drop: string;
    readonly bigger: string;
    readonly smoother: string;
    readonly kept: string;
    readonly privateWeb: string;
    readonly privateDesktop: string;
    readonly receiving: string;
    opening(name: string): string;
    readonly copied: string;
    readonly stays: string;
    readonly recent: string;
    readonly forget: string;
    readonly dropHere: string;
  };
  readonly files: {
    readonly heading: string;
    readonly add: string;
    readonly another: string;
    readonly closeAll: string;
    close(name: string): string;
    frameOf(name: string): string;
  };
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
  readonly player: {
    readonly label: string;
    readonly play: string;
    readonly pause: string;
    readonly previousFrame: string;
    readonly nextFrame: string;
    readonly setIn: string;
    readonly setOut: string;
    readonly clear: string;
    readonly moment: string;
    readonly timecode: string;
    readonly timeline: string;
    readonly inPoint: string;
    readonly outPoint: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly zoomAll: string;
    readonly mute: string;
    readonly unmute: string;
    readonly loading: string;
    speed(times: number): string;
    part(from: string, to: string, length: string): string;
    frame(number: number): string;
  };
  readonly compare: {
    readonly toggle: string;
    readonly modes: Readonly<Record<'slider' | 'side' | 'lens', string>>;
    readonly modesLabel: string;
    readonly before: string;
    readonly after: string;
    readonly slider: string;
    readonly lens: string;
    readonly keepA: string;
    readonly keepAHelp: string;
    readonly dropA: string;
    readonly sideA: string;
    readonly sideB: string;
    readonly making: string;
    sliderWords(before: number): string;
    took(seconds: string): string;
    readonly zoom: string;
    readonly fit: string;
    readonly actual: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly original: string;
  };
  readonly preview: {
    readonly make: string;
    readonly help: string;
    readonly making: string;
    readonly ready: string;
    readonly close: string;
    readonly cancel: string;
    readonly play: string;
    readonly pause: string;
    readonly refused: string;
    percent(percent: number): string;
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
    readonly methods: Readonly<Record<'network' | 'motion', Label>>;
    tooMany(other: string, factor: number, most: number): string;
  };
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
    readonly edges: string;
    readonly feather: string;
    readonly featherNone: string;
    readonly minScore: string;
    readonly minScoreAuto: string;
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
  readonly output: {
    readonly codec: string;
    readonly codecs: Readonly<Record<Codec, string>>;
    readonly quality: string;
    readonly smaller: string;
    readonly better: string;
    readonly result: string;
    readonly change: string;
    folder(path: string): string;
    crf(value: number): string;
  };
  readonly flow: { readonly picture: string; readonly rate: string; readonly length: string };
  readonly export: {
    readonly label: string;
    readonly settings: string;
    readonly save: string;
    readonly editing: string;
    all(count: number): string;
  };
  readonly job: {
    readonly label: string;
    readonly states: Readonly<Record<JobState, string>>;
    readonly enhancing: string;
    readonly slowing: string;
    readonly deblurring: string;
    readonly smoothing: string;
    readonly cuttingOut: string;
    readonly starting: string;
    readonly stopping: string;
    readonly timeLeft: string;
    readonly speed: string;
    readonly frames: string;
    readonly pictures: string;
    readonly written: string;
    readonly work: string;
    readonly parts: Readonly<Record<string, string>>;
    readonly pause: string;
    readonly continue: string;
    readonly cancel: string;
    readonly cancelHelp: string;
    readonly showQueue: string;
    readonly queued: string;
    readonly held: string;
    readonly heldHelp: string;
    readonly spoken: Readonly<Record<'started' | 'done' | 'failed' | 'cancelled', string>>;
    percent(percent: number): string;
    percentSpoken(percent: number): string;
    left(time: string): string;
    ahead(count: number): string;
    framesOf(done: string, total: string): string;
  };
  readonly done: {
    readonly heading: string;
    readonly picture: string;
    readonly network: string;
    readonly file: string;
    readonly took: string;
    readonly reveal: string;
    readonly download: string;
    readonly again: string;
    readonly another: string;
  };
  readonly failed: {
    readonly heading: string;
    readonly retry: string;
    readonly change: string;
    readonly copy: string;
    readonly copied: string;
    readonly log: string;
  };
  readonly queue: {
    readonly heading: string;
    readonly empty: string;
    readonly emptyHelp: string;
    readonly pause: string;
    readonly continue: string;
    readonly paused: string;
    readonly leaveRoom: string;
    readonly leaveRoomHelp: string;
    readonly whenDone: string;
    readonly whenDoneChoices: Readonly<Record<WhenDone, string>>;
    readonly clear: string;
    readonly filter: string;
    readonly filters: Readonly<Record<'all' | 'open' | 'done' | 'failed', string>>;
    readonly states: Readonly<Record<QueueItem['state'], string>>;
    readonly jobs: string;
    readonly selectAll: string;
    readonly selection: string;
    readonly up: string;
    readonly down: string;
    readonly top: string;
    readonly bottom: string;
    readonly hold: string;
    readonly release: string;
    readonly retry: string;
    readonly cancel: string;
    readonly remove: string;
    readonly edit: string;
    readonly apply: string;
    readonly applyHelp: string;
    readonly log: string;
    readonly reveal: string;
    readonly download: string;
    readonly noLog: string;
    readonly copy: string;
    readonly nothingShown: string;
    select(name: string): string;
    selected(count: number): string;
    logOf(name: string): string;
    actionOf(action: string, name: string): string;
    summary(done: number, all: number): string;
    left(time: string, unknown: number): string;
    until(clock: string): string;
    ended(end: QueueEnd): string;
    tookWords(time: string, size: string): string;
  };
  readonly sleep: {
    readonly heading: string;
    readonly now: string;
    in(seconds: number): string;
  };
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
  readonly errors: {
    /** Null where the engine's own sentence says it best, as in English. */
    readonly byCode: Readonly<Record<ErrorCode, string | null>>;
  };
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

export const en: Words = {
  sentence: (words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`,
  app: {
    edit: 'Edit',
    queue: 'Queue',
    views: 'Views',
    preferences: 'Preferences',
    close: 'Close',
    cancel: 'Cancel',
    facts: (version) => `Clearcut ${version}. Everything is computed here; no network is used.`,
    ffmpeg: (version, source) => `ffmpeg ${version}, ${source}`,
  },
  title: {
    starting: 'Starting – ',
    done: 'Done – ',
    failed: 'Failed – ',
    percent: (percent) => `${percent} % – `,
  },
  empty: {
    heading: 'Make a video clearer',
    choose: 'Choose a video…',
    drop: 'or drop some here, folders too. Images work as well.',
    bigger: 'A network trained for it makes the picture two to four times as large and brings back edges.',
    smoother: 'New frames make motion smoother, or slow it down.',
    kept: 'Sound, subtitles, chapters and timing stay as they are, unless you slow the video down.',
    privateWeb: 'Nothing leaves this computer, and your file is never changed.',
    privateDesktop: 'Everything happens on this computer, and your file is never changed.',
    receiving: 'Handing the file to Clearcut…',
    opening: (name) => `Opening ${name}…`,
    copied: 'Copied so far',
    stays: 'It stays on this computer.',
    recent: 'Opened last',
    forget: 'Forget these',
    dropHere: 'Drop to open',
  },
  files: {
    heading: 'Open files',
    add: 'Add files…',
    another: 'Choose another…',
    closeAll: 'Close all',
    close: (name) => `Close ${name}`,
    frameOf: (name) => `A frame of ${name}`,
  },
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
  player: {
    label: 'Player',
    play: 'Play',
    pause: 'Pause',
    previousFrame: 'Previous frame',
    nextFrame: 'Next frame',
    setIn: 'Set in point',
    setOut: 'Set out point',
    clear: 'Clear in and out',
    moment: 'Moment of the video',
    timecode: 'Go to',
    timeline: 'Timeline',
    inPoint: 'In point',
    outPoint: 'Out point',
    zoomIn: 'Zoom the timeline in',
    zoomOut: 'Zoom the timeline out',
    zoomAll: 'Show all of it',
    mute: 'Sound off',
    unmute: 'Sound on',
    loading: 'Decoding…',
    speed: (times) => `×${times}`,
    part: (from, to, length) => `${from} – ${to} (${length})`,
    frame: (number) => `frame ${number}`,
  },
  compare: {
    toggle: 'Before/after',
    modes: { slider: 'Slider', side: 'Side by side', lens: 'Lens' },
    modesLabel: 'How to compare',
    before: 'Before',
    after: 'After',
    slider: 'Compare before and after',
    lens: 'Lens: move it with the pointer or the arrow keys',
    keepA: 'Keep as A',
    keepAHelp: 'These settings stay on the left: change them and see both',
    dropA: 'Drop A',
    sideA: 'A',
    sideB: 'B',
    making: 'Making this frame…',
    sliderWords: (before) => `${before} percent before, ${100 - before} percent after`,
    took: (seconds) => `this frame in ${seconds}`,
    zoom: 'Zoom',
    fit: 'Fit',
    actual: '100 %',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    original: 'Original',
  },
  preview: {
    make: 'Preview',
    help: 'One second around this moment, before and after',
    making: 'Making the preview…',
    ready: 'One second, before and after',
    close: 'Close',
    cancel: 'Cancel',
    play: 'Play the preview',
    pause: 'Pause the preview',
    refused: "This browser plays no H.264, so a preview can't be shown here. An export is not affected.",
    percent: (percent) => `${percent} %`,
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
    method: 'New frames by',
    methods: {
      network: { label: 'Network', help: 'Motion blur is removed as well.' },
      motion: { label: 'Motion alone', help: 'Leaves the frames that are there untouched.' },
    },
    tooMany: (other, factor, most) =>
      `Beside ${other} ×${factor} ${most > 1 ? `at most ×${most} is` : 'nothing is'} possible.`,
  },
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
    edges: 'Edges, scores, contours',
    feather: 'Soften edges, in pixels',
    featherNone: 'none',
    minScore: 'How sure at least',
    minScoreAuto: 'usual',
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
  output: {
    codec: 'Codec',
    codecs: {
      h264: 'Plays everywhere.',
      hevc: 'About half the size, slower to write.',
      vp9: 'Open format, for the web.',
      av1: 'Smallest files, slow to write, needs a recent player.',
      prores: 'For editing programs, large.',
      ffv1: 'Lossless, very large.',
    },
    quality: 'Quality (CRF)',
    smaller: 'Smaller file',
    better: 'Better picture',
    result: 'Result',
    change: 'Change…',
    folder: (path) => `in ${path}`,
    crf: (value) => `CRF ${value}`,
  },
  flow: { picture: 'Picture', rate: 'Frame rate', length: 'Length' },
  export: {
    label: 'Export',
    settings: 'Settings',
    save: 'Save changes',
    editing: 'You are changing a job of the queue.',
    all: (files) => `Export all ${files}`,
  },
  job: {
    label: 'Export',
    states: {
      waiting: 'Waiting',
      preparing: 'Preparing',
      running: 'Working',
      paused: 'Paused',
      finishing: 'Finishing',
      done: 'Done',
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
    enhancing: 'Enhancing',
    slowing: 'Slowing down',
    deblurring: 'Deblurring',
    smoothing: 'Making it smoother',
    cuttingOut: 'Cutting out',
    starting: 'Starting',
    stopping: 'Stopping',
    timeLeft: 'Time left',
    speed: 'Speed',
    frames: 'Frames',
    pictures: 'Pictures',
    written: 'Written',
    work: 'Where the time goes',
    parts: {
      decode: 'Decode',
      interpolate: 'Motion',
      enhance: 'Enhance',
      segment: 'Cut out',
      encode: 'Encode',
    },
    pause: 'Pause',
    continue: 'Continue',
    cancel: 'Cancel',
    cancelHelp: 'Cancelling keeps what is finished: the same export goes on from there.',
    showQueue: 'Show the queue',
    queued: 'Waiting in the queue',
    held: 'Paused',
    heldHelp: 'What is finished is kept, also when you quit.',
    spoken: {
      started: 'Export started.',
      done: 'Export finished.',
      failed: 'Export failed.',
      cancelled: 'Export cancelled.',
    },
    percent: (percent) => `${percent} %`,
    percentSpoken: (percent) => `${percent} percent`,
    left: (time) => `${time} left`,
    ahead: (jobs) => (jobs === 0 ? 'It is next.' : `${count(jobs, 'job', 'jobs')} before it.`),
    framesOf: (done, total) => `${done} of ${total}`,
  },
  done: {
    heading: 'Done',
    picture: 'Picture',
    network: 'Network',
    file: 'File',
    took: 'Took',
    reveal: 'Show in folder',
    download: 'Download',
    again: 'Again with other settings',
    another: 'Another video',
  },
  failed: {
    heading: "That didn't work",
    retry: 'Try again',
    change: 'Change the settings',
    copy: 'Copy the details',
    copied: 'Copied',
    log: 'Show the log',
  },
  queue: {
    heading: 'Queue',
    empty: 'Nothing is queued',
    emptyHelp:
      'Open videos, choose what is done with them, and export: they are listed here and done one after the other.',
    pause: 'Pause',
    continue: 'Continue',
    paused: 'The queue is paused. It stays so when you quit and come back.',
    leaveRoom: 'Leave room for other work',
    leaveRoomHelp: 'Fewer threads and a low priority: slower, but nothing else stutters.',
    whenDone: 'When all is done',
    whenDoneChoices: {
      nothing: 'Do nothing',
      notify: 'Tell me',
      reveal: 'Open the folder',
      sleep: 'Put the computer to sleep',
    },
    clear: 'Clear done',
    filter: 'Show',
    filters: { all: 'All', open: 'To do', done: 'Done', failed: 'Failed' },
    states: {
      waiting: 'Waiting',
      running: 'Running',
      held: 'Paused',
      done: 'Done',
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
    jobs: 'Jobs',
    selectAll: 'Select all',
    selection: 'With what is selected',
    up: 'Up',
    down: 'Down',
    top: 'To the top',
    bottom: 'To the bottom',
    hold: 'Pause',
    release: 'Continue',
    retry: 'Try again',
    cancel: 'Cancel',
    remove: 'Remove',
    edit: 'Change settings…',
    apply: "Use the editor's settings",
    applyHelp: 'What is set in the editor now, for all that are selected and have not begun',
    log: 'Log',
    reveal: 'Show in folder',
    download: 'Download',
    noLog: 'Nothing has happened yet.',
    copy: 'Copy',
    nothingShown: 'No job is of this kind.',
    select: (name) => `Select ${name}`,
    selected: (jobs) => `${count(jobs, 'job', 'jobs')} selected`,
    logOf: (name) => `Log of ${name}`,
    actionOf: (action, name) => `${action}: ${name}`,
    summary: (done, all) => `${done} of ${count(all, 'job', 'jobs')} done`,
    left: (time, unknown) => (unknown === 0 ? `${time} left` : `more than ${time} left`),
    until: (clock) => `until ${clock}`,
    ended: ({ done, failed }) =>
      `${count(done, 'video', 'videos')} exported${failed === 0 ? '' : `, ${failed} failed`}.`,
    tookWords: (time, size) => `${time}, ${size}`,
  },
  sleep: {
    heading: 'The queue is done',
    now: 'Sleep now',
    in: (seconds) => `The computer goes to sleep in ${count(seconds, 'second', 'seconds')}.`,
  },
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
  keys: {
    ...keysEn,
    taken: (action) => `“${action}” no longer has this key.`,
    change: (action) => `Change the key of “${action}”`,
    clear: (action) => `No key for “${action}”`,
    reset: (action) => `The usual key for “${action}”`,
  },
  errors: {
    byCode: {
      'bad-usage': null,
      'no-such-file': null,
      'no-media': null,
      'not-media': null,
      'damaged-input': null,
      'no-video': null,
      'unsupported-input': null,
      'unsupported-output': null,
      'output-exists': 'There is a file of that name by now. Try again to use another name.',
      'output-is-input': null,
      'output-not-writable': null,
      'disk-full': null,
      'tool-missing': null,
      'model-missing': null,
      'model-damaged': null,
      'backend-unavailable': null,
      'bad-result': null,
      'tool-failed': null,
      'engine-lost': null,
      cancelled: null,
      'device-lost': null,
      'device-out-of-memory': null,
      internal:
        'Something went wrong inside Clearcut. Try again; if it stays so, the details help to mend it.',
    },
  },
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
