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
  const { roles } = words;
  /** What the system does itself, in the window's language: Electron names it in English alone. */
  const role = (name: keyof SystemWords['roles']): MenuItemConstructorOptions => ({
    role: name,
    label: roles[name],
  });
  /** Shown beside the name; the window hears its keys itself, because they can be changed there. */
  const shown = (accelerator: string): MenuItemConstructorOptions => ({
    accelerator,
    registerAccelerator: mac,
  });
  return [
    ...(mac
      ? [
          {
            role: 'appMenu' as const,
            submenu: [
              role('about'),
              { type: 'separator' as const },
              preferences,
              { type: 'separator' as const },
              role('hide'),
              role('hideOthers'),
              role('unhide'),
              { type: 'separator' as const },
              role('quit'),
            ],
          },
        ]
      : []),
    {
      label: words.file,
      submenu: [
        { label: words.open, accelerator: 'CmdOrCtrl+O', click: openFile },
        { ...role('recentDocuments'), submenu: [role('clearRecentDocuments')], visible: mac },
        { type: 'separator' },
        asks(words.exporting, 'export'),
        asks(words.pause, 'pause'),
        { type: 'separator' },
        ...(mac ? [] : [preferences, { type: 'separator' as const }]),
        role(mac ? 'close' : 'quit'),
      ],
    },
    {
      label: words.edit,
      submenu: [
        { ...asks(words.undo, 'undo'), ...shown('CmdOrCtrl+Z') },
        { ...asks(words.redo, 'redo'), ...shown('CmdOrCtrl+Shift+Z') },
        { type: 'separator' },
        role('cut'),
        role('copy'),
        role('paste'),
        role('selectAll'),
      ],
    },
    {
      label: words.view,
      submenu: [
        asks(words.queue, 'queue'),
        { type: 'separator' },
        role('resetZoom'),
        role('zoomIn'),
        role('zoomOut'),
        { type: 'separator' },
        role('togglefullscreen'),
      ],
    },
    {
      role: 'windowMenu',
      label: words.window,
      submenu: mac ? [role('minimize'), role('zoom'), role('front')] : [role('minimize'), role('close')],
    },
    {
      label: words.help,
      role: 'help',
      submenu: [asks(words.shortcuts, 'shortcuts'), ...(mac ? [] : [role('about')])],
    },
  ];
}
