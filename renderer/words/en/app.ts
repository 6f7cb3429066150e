/** What is said of the whole window: its title, and what stands in it before a file is open. */
export interface AppWords {
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
    readonly cutOut: string;
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
}

export const appEn: AppWords = {
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
    cutOut: 'People, animals and things are found and followed, to cut them out or blur what is behind them.',
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
};
