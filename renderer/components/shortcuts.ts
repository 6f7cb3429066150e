import type { Action } from '../state/keys';
import type { Workspace } from '../state/workspace.svelte';

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

/** True where what has the focus takes the key for itself. */
function belongsTo(target: EventTarget | null, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const held = ctrlKey || metaKey || altKey;
  const { tagName } = target;
  const typing =
    tagName === 'TEXTAREA' ||
    (tagName === 'INPUT' &&
      !['range', 'checkbox', 'radio', 'button'].includes((target as HTMLInputElement).type));
  // Words are typed there, and edited with these.
  if (typing) return !held || /^[acvxz]$/i.test(key) || OWN_KEYS.has(key);
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
  open: (workspace) => void workspace.choose(),
  preferences: (workspace) => (workspace.dialog = { name: 'preferences' }),
  shortcuts: (workspace) => (workspace.dialog = { name: 'shortcuts' }),
  editView: (workspace) => (workspace.view = 'edit'),
  queueView: (workspace) => (workspace.view = 'queue'),
  pauseQueue: ({ queue }) => void queue.set({ paused: !queue.settings.paused }),
};

const EDITING: Readonly<Partial<Record<Action, Run>>> = {
  export: (workspace) => void workspace.export(),
  exportAll: (workspace) => void workspace.exportAll(),
  nextFile: (workspace) => void workspace.beside(1),
  previousFile: (workspace) => void workspace.beside(-1),
  original: ({ compare }) => (compare.original = true),
  compareSlider: (workspace) => {
    compareBy(workspace, 'slider');
  },
  compareSide: (workspace) => {
    compareBy(workspace, 'side');
  },
  compareLens: (workspace) => {
    compareBy(workspace, 'lens');
  },
  compareDifference: (workspace) => {
    compareBy(workspace, 'difference');
  },
  previewSecond: (workspace) => void workspace.makePreview(),
  keepA: (workspace) => {
    workspace.toggleKept();
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
    workspace.compare.hide();
    workspace.compare.on = false;
    workspace.preview.clear();
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
  setIn: (workspace) => {
    workspace.player.setIn();
    workspace.partChanged();
  },
  setOut: (workspace) => {
    workspace.player.setOut();
    workspace.partChanged();
  },
  goToIn: ({ player }) => {
    player.seek(player.inPoint ?? 0);
  },
  goToOut: ({ player }) => {
    player.seek(player.outPoint ?? player.last);
  },
  clearInOut: (workspace) => {
    workspace.player.clearPart();
    workspace.partChanged();
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
  moveUp: ({ queue }) => void queue.shift([...queue.selected], 'up'),
  moveDown: ({ queue }) => void queue.shift([...queue.selected], 'down'),
  remove: ({ queue }) => void queue.remove([...queue.selected]),
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

function compareBy(workspace: Workspace, mode: Workspace['compare']['mode']): void {
  const { compare } = workspace;
  if (compare.on && compare.mode === mode) workspace.toggleCompare(false);
  else {
    compare.mode = mode;
    if (!compare.on) workspace.toggleCompare(true);
  }
}

/** What a menu of the system asks for. */
export function runCommand(
  workspace: Workspace,
  command: 'preferences' | 'shortcuts' | 'queue' | 'export' | 'pause',
): void {
  const actions = {
    preferences: 'preferences',
    shortcuts: 'shortcuts',
    queue: 'queueView',
    export: 'export',
    pause: 'pauseQueue',
  } as const;
  run(workspace, actions[command]);
}
