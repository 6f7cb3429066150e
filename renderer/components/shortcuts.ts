import type { WindowCommand } from '../../app/shared';
import type { Action } from '../state/keys';
import type { Workspace } from '../state/workspace';

/** Keys that a control of its own needs: arrows in a slider or a list, Space on a button. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ' ',
  'Enter',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
]);

const NOT_TYPED: ReadonlySet<string> = new Set(['range', 'checkbox', 'radio', 'button', 'color']);

/** True where words are typed, which the browser takes back by itself. */
function takesText(target: Element | null): boolean {
  if (target instanceof HTMLInputElement) return !NOT_TYPED.has(target.type);
  return target instanceof HTMLTextAreaElement;
}

/** True where what has the focus takes the key for itself. */
function belongsTo(target: EventTarget | null, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const held = ctrlKey || metaKey || altKey;
  const { tagName } = target;
  const typing = takesText(target);
  // Words are typed there, and edited with these.
  if (typing) return !held || /^[acvxyz]$/i.test(key) || OWN_KEYS.has(key);
  if (held) return false;
  if (tagName === 'SELECT') return true;
  if (tagName === 'INPUT') return OWN_KEYS.has(key);
  if (tagName === 'BUTTON' || tagName === 'SUMMARY' || tagName === 'A') return key === ' ' || key === 'Enter';
  return target.getAttribute('role') === 'slider' && OWN_KEYS.has(key);
}

/** Does what the pressed keys mean, where they mean something here. */
export function runShortcut(workspace: Workspace, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || workspace.dialog !== null) return;
  if (belongsTo(event.target, event)) return;
  const action = workspace.preferences.shortcuts.actionFor(event);
  if (action === null || !run(workspace, action)) return;
  event.preventDefault();
}

type Run = (workspace: Workspace) => void;

const ANYWHERE: Readonly<Partial<Record<Action, Run>>> = {
  open: (workspace) => void workspace.files.choose(),
  undo: (workspace) => void workspace.undo(),
  redo: (workspace) => void workspace.redo(),
  preferences: (workspace) => (workspace.dialog = { name: 'preferences' }),
  shortcuts: (workspace) => (workspace.dialog = { name: 'shortcuts' }),
  editView: (workspace) => (workspace.view = 'edit'),
  queueView: (workspace) => (workspace.view = 'queue'),
  pauseQueue: ({ queue }) => void queue.set({ paused: !queue.settings.paused }),
};

const EDITING: Readonly<Partial<Record<Action, Run>>> = {
  export: (workspace) => void workspace.exports.start(),
  exportAll: (workspace) => void workspace.exports.startAll(),
  nextFile: (workspace) => void workspace.files.beside(1),
  previousFile: (workspace) => void workspace.files.beside(-1),
  original: ({ looks }) => (looks.compare.original = true),
  compareSlider: ({ looks }) => {
    looks.compareBy('slider');
  },
  compareSide: ({ looks }) => {
    looks.compareBy('side');
  },
  compareLens: ({ looks }) => {
    looks.compareBy('lens');
  },
  compareDifference: ({ looks }) => {
    looks.compareBy('difference');
  },
  previewSecond: (workspace) => void workspace.looks.makePreview(),
  keepA: (workspace) => {
    workspace.looks.toggleKept();
  },
  zoomActual: ({ viewport }) => {
    viewport.toggleActual();
  },
  zoomFit: ({ viewport }) => {
    viewport.fit();
  },
  zoomIn: ({ viewport }) => {
    viewport.zoom(1.5);
  },
  zoomOut: ({ viewport }) => {
    viewport.zoom(1 / 1.5);
  },
};

const PLAYING: Readonly<Partial<Record<Action, Run>>> = {
  play: (workspace) => {
    workspace.looks.compare.hide();
    workspace.looks.compare.on = false;
    workspace.looks.preview.clear();
    workspace.player.toggle();
  },
  reverse: ({ player }) => {
    player.shuttle(-1);
  },
  stop: ({ player }) => {
    player.stop();
  },
  forward: ({ player }) => {
    player.shuttle(1);
  },
  previousFrame: ({ player }) => {
    player.step(-1);
  },
  nextFrame: ({ player }) => {
    player.step(1);
  },
  secondBack: ({ player }) => {
    player.seek(player.moment - 1);
  },
  secondForward: ({ player }) => {
    player.seek(player.moment + 1);
  },
  toStart: ({ player }) => {
    player.seek(0);
  },
  toEnd: ({ player }) => {
    player.seek(player.last);
  },
  setIn: ({ edits }) => {
    edits.changePart((part) => {
      part.setIn();
    });
  },
  setOut: ({ edits }) => {
    edits.changePart((part) => {
      part.setOut();
    });
  },
  goToIn: ({ player }) => {
    player.seek(player.inPoint ?? 0);
  },
  goToOut: ({ player }) => {
    player.seek(player.outPoint ?? player.last);
  },
  clearInOut: ({ edits }) => {
    edits.changePart((part) => {
      part.clearPart();
    });
  },
  playInOut: ({ player }) => {
    player.playPart();
  },
  mute: ({ player }) => (player.muted = !player.muted),
  timelineIn: ({ player }) => {
    player.zoom(0.5);
  },
  timelineOut: ({ player }) => {
    player.zoom(2);
  },
};

const QUEUEING: Readonly<Partial<Record<Action, Run>>> = {
  selectAll: ({ queue }) => {
    queue.selectAll(true);
  },
  moveUp: ({ queue }) => void queue.edits.shift([...queue.selected], 'up'),
  moveDown: ({ queue }) => void queue.edits.shift([...queue.selected], 'down'),
  remove: ({ queue }) => void queue.edits.remove([...queue.selected]),
};

/** False where the action means nothing now. */
function run(workspace: Workspace, action: Action): boolean {
  const { info } = workspace.source;
  const here =
    workspace.view === 'queue'
      ? QUEUEING[action]
      : info
        ? (EDITING[action] ?? (info.kind === 'video' ? PLAYING[action] : undefined))
        : undefined;
  const found = ANYWHERE[action] ?? here;
  found?.(workspace);
  return found !== undefined;
}

/** What a menu of the system asks for. */
export function runCommand(workspace: Workspace, command: WindowCommand): void {
  if (command === 'undo' || command === 'redo') {
    // The menu knows nothing of the field that words are typed in, and the browser has no other way to be asked.
    if (takesText(document.activeElement)) document.execCommand(command);
    else if (workspace.dialog === null) run(workspace, command);
    return;
  }
  const actions = {
    preferences: 'preferences',
    shortcuts: 'shortcuts',
    queue: 'queueView',
    export: 'export',
    pause: 'pauseQueue',
  } as const;
  run(workspace, actions[command]);
}
