import { describe, expect, it } from 'vitest';
import { QUEUE_DEFAULTS, type JobProgress, type QueueItem } from '../shared';
import { menuTemplate } from './menu';
import { QueueWatch, type WatchState } from './queue-watch';
import { canSleep, sleepNow } from './system-sleep';
import { languageFor, SYSTEM_WORDS } from './words';

const item = (id: string, state: QueueItem['state']): QueueItem => ({
  id,
  state,
  request: {} as never,
  source: null,
  fraction: null,
  addedAt: 0,
  endedAt: null,
  result: null,
  error: null,
});

describe('what the system shows of the queue', () => {
  it('is one bar for all jobs of a round, and keeps the machine awake only while something computes', () => {
    let state: WatchState | null = null;
    const watch = new QueueWatch(
      { settings: QUEUE_DEFAULTS, items: [item('old', 'done')], onBattery: false, progress: null },
      (now) => {
        state = now;
      },
    );
    expect(watch.state).toEqual({ jobs: 0, active: false, bar: null });
    watch.hear({ type: 'added', items: [item('a', 'waiting'), item('b', 'waiting')] });
    watch.hear({ type: 'changed', items: [item('a', 'running')] });
    expect(state).toEqual({ jobs: 2, active: true, bar: { fraction: 0, mode: 'indeterminate' } });
    watch.hear({ type: 'progress', id: 'a', progress: { fraction: 0.5 } as JobProgress });
    expect(state).toEqual({ jobs: 2, active: true, bar: { fraction: 0.25, mode: 'normal' } });
    watch.hear({ type: 'settings', settings: { ...QUEUE_DEFAULTS, paused: true } });
    expect(state).toEqual({ jobs: 2, active: false, bar: { fraction: 0.25, mode: 'paused' } });
    watch.hear({ type: 'settings', settings: { ...QUEUE_DEFAULTS, waitForMains: true } });
    watch.hear({ type: 'power', onBattery: true });
    expect(state).toMatchObject({ active: false, bar: { mode: 'paused' } });
    watch.hear({ type: 'power', onBattery: false });
    expect(state).toMatchObject({ active: true, bar: { mode: 'normal' } });
    watch.hear({ type: 'settings', settings: QUEUE_DEFAULTS });
    watch.hear({ type: 'changed', items: [item('a', 'done')] });
    expect(state).toMatchObject({ jobs: 1, active: false, bar: { fraction: 0.5 } });
    watch.hear({ type: 'changed', items: [item('b', 'held')] });
    expect(state).toEqual({ jobs: 0, active: false, bar: null });
    watch.hear({ type: 'removed', ids: ['a', 'b'] });
    watch.hear({ type: 'added', items: [item('a', 'done'), item('b', 'held')] });
    expect(state).toEqual({ jobs: 0, active: false, bar: null });
  });
});

describe('sleep', () => {
  it('is asked of each system in its own words, and its refusal is told', async () => {
    const asked: string[] = [];
    const start = async (command: string, args: readonly string[]): Promise<number> => {
      asked.push([command, ...args].join(' '));
      return 0;
    };
    for (const platform of ['linux', 'darwin', 'win32'] as const) await sleepNow(platform, start);
    expect(asked).toEqual([
      'systemctl suspend',
      'pmset sleepnow',
      'rundll32.exe powrprof.dll,SetSuspendState 0,1,0',
    ]);
    expect(canSleep('aix')).toBe(false);
    await expect(sleepNow('linux', async () => 1)).rejects.toMatchObject({ code: 'tool-failed' });
    await expect(sleepNow('aix', start)).rejects.toMatchObject({ code: 'tool-failed' });
  });
});

describe('the menu', () => {
  interface Item {
    readonly label?: string;
    readonly role?: string;
    readonly type?: string;
    readonly accelerator?: string;
    readonly registerAccelerator?: boolean;
    readonly click?: () => void;
    readonly submenu?: readonly Item[];
  }
  const asked: string[] = [];
  const itemsOf = (platform: NodeJS.Platform, language: 'en' | 'zh'): readonly Item[] => {
    const actions = { openFile: () => undefined, command: (what: string) => void asked.push(what) };
    const all = (items: readonly Item[]): readonly Item[] =>
      items.flatMap((item) => [item, ...all(item.submenu ?? [])]);
    return all(menuTemplate(platform, SYSTEM_WORDS[language], actions) as unknown as readonly Item[]);
  };

  it('names every item in the language of the window, on each system', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      const [en, zh] = (['en', 'zh'] as const).map((language) => itemsOf(platform, language));
      expect(zh?.length).toBe(en?.length);
      for (const [at, item] of (zh ?? []).entries()) {
        // A Mac calls the menu of an app by the app's name.
        if (item.type === 'separator' || item.role === 'appMenu') continue;
        expect(item.label, JSON.stringify(item)).toMatch(/\p{Script=Han}/u);
        expect(item.label).not.toBe(en?.[at]?.label);
      }
    }
  });

  it('takes back and makes again, by keys that the window hears itself', () => {
    const edit = itemsOf('win32', 'en').filter(({ label }) => label === 'Undo' || label === 'Redo');
    expect(edit.map(({ accelerator, registerAccelerator }) => [accelerator, registerAccelerator])).toEqual([
      ['CmdOrCtrl+Z', false],
      ['CmdOrCtrl+Shift+Z', false],
    ]);
    for (const { click } of edit) click?.();
    expect(asked.slice(-2)).toEqual(['undo', 'redo']);
  });
});

describe('the words of the system', () => {
  it('are in the language that is wanted, or the first that the user speaks', () => {
    expect(languageFor('zh', ['en'])).toBe('zh');
    expect(languageFor('auto', ['fr-FR', 'zh-Hans-CN', 'en'])).toBe('zh');
    expect(languageFor('auto', ['fr'])).toBe('en');
    expect(SYSTEM_WORDS.en.ended({ done: 2, failed: 1, output: null })).toBe('2 videos exported, 1 failed.');
  });
});
