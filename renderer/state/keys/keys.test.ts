import { describe, expect, it } from 'vitest';
import { en } from '../../words/en';
import { ACTION_GROUPS, ACTION_NAMES, ACTIONS, keyCaps, nameOfKeys, Shortcuts, type Pressed } from '.';

const press = (key: string, over: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...over,
});

describe('keys', () => {
  it('are named as they are written, on each system', () => {
    expect(nameOfKeys(press('k'), false)).toBe('K');
    expect(nameOfKeys(press('I', { shiftKey: true }), false)).toBe('Shift+I');
    expect(nameOfKeys(press('?', { shiftKey: true }), false)).toBe('?');
    expect(nameOfKeys(press('e', { ctrlKey: true }), false)).toBe('Mod+E');
    expect(nameOfKeys(press('e', { metaKey: true }), true)).toBe('Mod+E');
    expect(nameOfKeys(press('e', { ctrlKey: true }), true)).toBe('Ctrl+E');
    expect(nameOfKeys(press(' '), false)).toBe('Space');
    expect(nameOfKeys(press('Shift', { shiftKey: true }), false)).toBe(null);
    expect(keyCaps('Mod+Shift+ArrowLeft', true)).toEqual(['⌘', 'Shift', '←']);
    expect(keyCaps('Mod++', false)).toEqual(['Ctrl', '+']);
  });

  it('mean one thing each, and each thing is listed once and has a name', () => {
    const all = ACTION_NAMES.flatMap((action) => ACTIONS[action]);
    expect(new Set(all).size).toBe(all.length);
    expect(Object.values(ACTION_GROUPS).flat().toSorted()).toEqual([...ACTION_NAMES].sort());
    for (const action of ACTION_NAMES) expect(en.keys.actions[action]).not.toBe('');
  });

  it('are changed, taken from one another, cleared and put back', () => {
    const shortcuts = new Shortcuts();
    expect(shortcuts.actionFor(press('j'))).toBe('reverse');
    expect(shortcuts.assign('play', 'J')).toBe('reverse');
    expect([shortcuts.of('play'), shortcuts.of('reverse')]).toEqual([['J'], []]);
    expect(shortcuts.actionFor(press('j'))).toBe('play');
    expect(shortcuts.actionFor(press(' '))).toBe(null);
    shortcuts.clear('forward');
    expect(shortcuts.actionFor(press('l'))).toBe(null);
    shortcuts.reset('play');
    expect(shortcuts.isChanged('play')).toBe(false);
    shortcuts.resetAll();
    expect(shortcuts.of('reverse')).toEqual(['J']);
  });
});
