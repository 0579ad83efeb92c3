import { describe, expect, it } from 'vitest';
import { belongsToField, matchesHotkey, searchCommands, type Command, type KeyStroke } from './commands.ts';

const stroke = (key: string, change: Partial<KeyStroke> = {}): KeyStroke => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...change });

describe('matchesHotkey', () => {
  it.each<[string, KeyStroke, boolean]>([
    ['mod+k', stroke('k', { ctrlKey: true }), true],
    ['mod+k', stroke('k', { metaKey: true }), true],
    ['mod+k', stroke('k'), false],
    ['k', stroke('k', { ctrlKey: true }), false],
    ['?', stroke('?', { shiftKey: true }), true],
    ['o', stroke('O', { shiftKey: true }), false],
    ['shift+o', stroke('O', { shiftKey: true }), true],
    ['[', stroke('['), true],
    ['[', stroke('[', { altKey: true }), false],
    ['escape', stroke('Escape'), true],
  ])('%s', (hotkey, key, expected) => expect(matchesHotkey(hotkey, key)).toBe(expected));
});

it('leaves typing to text fields, but not Escape and Ctrl', () => {
  expect(belongsToField(stroke('k'), { tagName: 'INPUT' })).toBe(true);
  expect(belongsToField(stroke('k'), { tagName: 'DIV', isContentEditable: true })).toBe(true);
  expect(belongsToField(stroke('k', { ctrlKey: true }), { tagName: 'INPUT' })).toBe(false);
  expect(belongsToField(stroke('Escape'), { tagName: 'TEXTAREA' })).toBe(false);
  expect(belongsToField(stroke('k'), { tagName: 'BUTTON' })).toBe(false);
});

it('finds commands by all words, those that begin with the first one foremost', () => {
  const command = (id: string, group: string, label: string): Command => ({ id, group, label, enabled: () => true, run: () => {} });
  const all = [command('a', 'Audit', 'Restart audit'), command('b', 'Audit', 'Start audit'), command('c', 'Go to', 'History')];
  expect(searchCommands(all, 'start').map(({ id }) => id)).toEqual(['b', 'a']);
  expect(searchCommands(all, 'go hist').map(({ id }) => id)).toEqual(['c']);
  expect(searchCommands(all, '')).toHaveLength(3);
  expect(searchCommands(all, 'nothing')).toEqual([]);
});
