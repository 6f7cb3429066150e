import type { MenuItemConstructorOptions } from 'electron';
import type { WindowCommand } from '../shared';
import type { SystemWords } from './words';

export interface MenuActions {
  readonly openFile: () => void;
  /** Asks the window for something. */
  readonly command: (command: WindowCommand) => void;
}

/** The application menu: the system's own roles, so that copy, paste and zoom work as everywhere. */
export function menuTemplate(
  platform: NodeJS.Platform,
  words: SystemWords,
  { openFile, command }: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const preferences: MenuItemConstructorOptions = {
    label: words.preferences,
    accelerator: 'CmdOrCtrl+,',
    click: () => {
      command('preferences');
    },
  };
  const asks = (label: string, what: WindowCommand): MenuItemConstructorOptions => ({
    label,
    click: () => {
      command(what);
    },
  });
  return [
    ...(mac
      ? [
          {
            role: 'appMenu' as const,
            submenu: [
              { role: 'about' as const },
              { type: 'separator' as const },
              preferences,
              { type: 'separator' as const },
              { role: 'hide' as const },
              { role: 'hideOthers' as const },
              { role: 'unhide' as const },
              { type: 'separator' as const },
              { role: 'quit' as const },
            ],
          },
        ]
      : []),
    {
      label: words.file,
      submenu: [
        { label: words.open, accelerator: 'CmdOrCtrl+O', click: openFile },
        { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }], visible: mac },
        { type: 'separator' },
        asks(words.exporting, 'export'),
        asks(words.pause, 'pause'),
        { type: 'separator' },
        ...(mac ? [] : [preferences, { type: 'separator' as const }]),
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: words.view,
      submenu: [
        asks(words.queue, 'queue'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      label: words.help,
      role: 'help',
      submenu: [asks(words.shortcuts, 'shortcuts'), ...(mac ? [] : [{ role: 'about' as const }])],
    },
  ];
}
