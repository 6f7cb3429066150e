import type { Language, QueueEnd } from '../shared';

/** What the main process itself says: menus, dialogs of the system, notifications. */
export interface SystemWords {
  readonly file: string;
  readonly open: string;
  readonly preferences: string;
  readonly edit: string;
  readonly undo: string;
  readonly redo: string;
  readonly window: string;
  readonly view: string;
  readonly queue: string;
  readonly exporting: string;
  readonly pause: string;
  readonly help: string;
  readonly shortcuts: string;
  readonly chooseVideos: string;
  readonly videosAndImages: string;
  readonly allFiles: string;
  readonly saveResult: string;
  readonly presets: string;
  readonly importPresets: string;
  readonly exportPresets: string;
  readonly stillExporting: string;
  readonly keptOnQuit: string;
  readonly keepWorking: string;
  readonly stopAndQuit: string;
  readonly queueDone: string;
  /** Menu items that the system does itself. */
  readonly roles: Readonly<Record<MenuRole, string>>;
  ended(end: QueueEnd): string;
}

type MenuRole =
  | 'about'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'quit'
  | 'close'
  | 'recentDocuments'
  | 'clearRecentDocuments'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'minimize'
  | 'zoom'
  | 'front';

const en: SystemWords = {
  file: '&File',
  open: '&Open…',
  preferences: 'Preferences…',
  edit: '&Edit',
  undo: 'Undo',
  redo: 'Redo',
  window: '&Window',
  view: '&View',
  queue: 'Queue',
  exporting: 'Export',
  pause: 'Pause or Continue',
  help: '&Help',
  shortcuts: 'Keyboard Shortcuts',
  chooseVideos: 'Choose videos',
  videosAndImages: 'Videos and images',
  allFiles: 'All files',
  saveResult: 'Save the result as',
  presets: 'Clearcut presets',
  importPresets: 'Import presets',
  exportPresets: 'Export presets',
  stillExporting: 'A video is still being exported.',
  keptOnQuit: 'If you quit now, what is finished is kept: the queue goes on from there the next time.',
  keepWorking: 'Keep working',
  stopAndQuit: 'Stop and quit',
  queueDone: 'The queue is done',
  roles: {
    about: 'About Clearcut',
    hide: 'Hide Clearcut',
    hideOthers: 'Hide Others',
    unhide: 'Show All',
    quit: 'Quit',
    close: 'Close Window',
    recentDocuments: 'Open Recent',
    clearRecentDocuments: 'Clear Menu',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    resetZoom: 'Actual Size',
    zoomIn: 'Zoom In',
    zoomOut: 'Zoom Out',
    togglefullscreen: 'Full Screen',
    minimize: 'Minimize',
    zoom: 'Zoom',
    front: 'Bring All to Front',
  },
  ended: ({ done, failed }) => {
    const exported = done === 1 ? '1 video exported' : `${done} videos exported`;
    return failed === 0 ? `${exported}.` : `${exported}, ${failed} failed.`;
  },
};

const zh: SystemWords = {
  file: '文件(&F)',
  open: '打开…(&O)',
  preferences: '偏好设置…',
  edit: '编辑(&E)',
  undo: '撤销',
  redo: '重做',
  window: '窗口(&W)',
  view: '视图(&V)',
  queue: '队列',
  exporting: '导出',
  pause: '暂停或继续',
  help: '帮助(&H)',
  shortcuts: '键盘快捷键',
  chooseVideos: '选择视频',
  videosAndImages: '视频和图像',
  allFiles: '所有文件',
  saveResult: '将结果另存为',
  presets: 'Clearcut 预设',
  importPresets: '导入预设',
  exportPresets: '导出预设',
  stillExporting: '仍有视频正在导出。',
  keptOnQuit: '如果现在退出，已完成的部分会保留：下次启动时队列会从那里继续。',
  keepWorking: '继续工作',
  stopAndQuit: '停止并退出',
  queueDone: '队列已完成',
  roles: {
    about: '关于 Clearcut',
    hide: '隐藏 Clearcut',
    hideOthers: '隐藏其他',
    unhide: '全部显示',
    quit: '退出',
    close: '关闭窗口',
    recentDocuments: '打开最近使用的文件',
    clearRecentDocuments: '清除菜单',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    resetZoom: '实际大小',
    zoomIn: '放大',
    zoomOut: '缩小',
    togglefullscreen: '全屏',
    minimize: '最小化',
    zoom: '缩放',
    front: '前置全部窗口',
  },
  ended: ({ done, failed }) =>
    failed === 0 ? `已导出 ${done} 个视频。` : `已导出 ${done} 个视频，${failed} 个失败。`,
};

export const SYSTEM_WORDS: Readonly<Record<Language, SystemWords>> = { en, zh };

/** The first of the user's languages that there are words in. */
export function languageFor(wanted: 'auto' | Language, system: readonly string[]): Language {
  if (wanted !== 'auto') return wanted;
  for (const tag of system) {
    if (/^zh\b/i.test(tag)) return 'zh';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
