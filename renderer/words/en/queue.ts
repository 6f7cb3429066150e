import type { QueueEnd, QueueItem, WhenDone } from '../../../app/shared';
import { count } from './count';

/** What is said of the queue. */
export interface QueueWords {
  readonly queue: {
    readonly heading: string;
    readonly empty: string;
    readonly emptyHelp: string;
    readonly pause: string;
    readonly continue: string;
    readonly paused: string;
    readonly leaveRoom: string;
    readonly leaveRoomHelp: string;
    readonly waitForMains: string;
    readonly waitForMainsHelp: string;
    readonly onBattery: string;
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
    readonly dragHelp: string;
    readonly hint: string;
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
}

export const queueEn: QueueWords = {
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
    waitForMains: 'Wait for mains power',
    waitForMainsHelp: 'Exports stand still while the computer runs on its battery.',
    onBattery: 'Waiting for mains power.',
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
    dragHelp: 'Drag the result into another program',
    hint: 'Select a job for its times, its notes and its log. Drag jobs to put them in another order.',
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
};
