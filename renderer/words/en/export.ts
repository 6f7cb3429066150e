import type { Codec, JobState } from '../../../app/shared';
import { count } from './count';

/** What is said of where a result goes, and the export as it runs and ends. */
export interface ExportWords {
  readonly output: {
    readonly codec: string;
    readonly codecs: Readonly<Record<Codec, string>>;
    readonly rate: string;
    readonly rates: Readonly<Record<'quality' | 'size' | 'bitrate', string>>;
    readonly megabytes: string;
    readonly megabits: string;
    readonly sizeHelp: string;
    readonly quality: string;
    readonly smaller: string;
    readonly better: string;
    readonly result: string;
    readonly change: string;
    folder(path: string): string;
    crf(value: number): string;
  };
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
    writtenOf(written: string, expected: string): string;
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
}

export const exportEn: ExportWords = {
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
    rate: 'Size and quality',
    rates: { quality: 'Quality', size: 'File size', bitrate: 'Bit rate' },
    megabytes: 'Megabytes of the whole file',
    megabits: 'Megabits a second',
    sizeHelp: 'Sound included; a little less comes out.',
    quality: 'Quality (CRF)',
    smaller: 'Smaller file',
    better: 'Better picture',
    result: 'Result',
    change: 'Change…',
    folder: (path) => `in ${path}`,
    crf: (value) => `CRF ${value}`,
  },
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
    writtenOf: (written, expected) => `${written} of about ${expected}`,
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
};
