import type { EditName } from '../../state/history';

/** What is said of changes that are taken back, and made again. */
export interface HistoryWords {
  readonly history: {
    readonly undo: string;
    readonly redo: string;
    readonly names: Readonly<Record<EditName, string>>;
    undoOf(name: EditName): string;
    redoOf(name: EditName): string;
    undone(name: EditName): string;
    redone(name: EditName): string;
  };
}

const names: HistoryWords['history']['names'] = {
  settings: 'settings',
  steps: 'steps and their order',
  part: 'in and out points',
  objects: 'choice of objects',
  files: 'closing of files',
  removal: 'removal of jobs',
  order: 'order of jobs',
  jobs: 'settings of jobs',
};

export const historyEn: HistoryWords = {
  history: {
    undo: 'Undo',
    redo: 'Redo',
    names,
    undoOf: (name) => `Undo: ${names[name]}`,
    redoOf: (name) => `Redo: ${names[name]}`,
    undone: (name) => `Taken back: ${names[name]}`,
    redone: (name) => `Done again: ${names[name]}`,
  },
};
