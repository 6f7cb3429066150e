import type { HistoryWords } from '../en';

const names: HistoryWords['history']['names'] = {
  settings: '设置',
  steps: '步骤及其顺序',
  part: '入点和出点',
  objects: '对象的选择',
  files: '关闭文件',
  removal: '移除任务',
  order: '任务的顺序',
  jobs: '任务的设置',
};

export const historyZh: HistoryWords = {
  history: {
    undo: '撤销',
    redo: '重做',
    names,
    undoOf: (name) => `撤销：${names[name]}`,
    redoOf: (name) => `重做：${names[name]}`,
    undone: (name) => `已撤销：${names[name]}`,
    redone: (name) => `已重做：${names[name]}`,
  },
};
