import { describe, expect, it } from 'vitest';
import type { ChatTemplate, Tokenizer } from '../engine/artifact/tokenizer.ts';
import type { TokenRole } from './protocol.ts';
import { viewPrompt } from './prompt-view.ts';

/** One token a word, its leading blank included, in the order of first appearance. */
function wordTokenizer(): Tokenizer {
  const words: string[] = [];
  const encode = (text: string): number[] =>
    [...text.matchAll(/\s?\S+|\s/g)].map(([word]) => {
      if (!words.includes(word)) words.push(word);
      return words.indexOf(word);
    });
  const decode = (ids: readonly number[]): string => ids.map((id) => words[id] ?? '').join('');
  return { vocabularySize: 99, specialIds: new Set(), bosId: undefined, encode, decode, tokenText: (id) => words[id] ?? '' };
}

const template: ChatTemplate = {
  origin: 'test',
  render: (messages) => `${messages.map(({ role, content }) => `<${role}>\n${content}\n`).join('')}<assistant>\n`,
};

describe('viewPrompt', () => {
  it('refuses words that leave no token, and takes a prompt without any', () => {
    const known = wordTokenizer();
    const deaf: Tokenizer = { ...known, encode: (text) => known.encode(text.replace('nothing known', '')) };
    expect(() => viewPrompt({ user: 'nothing known', trigger: [0, 7] }, template, deaf)).toThrow(/tokenizer or template leave nothing of what the user says/);
    expect(() => viewPrompt({ user: 'hello' }, template, deaf)).not.toThrow();
    expect(() => viewPrompt({ user: ' ' }, template, deaf)).not.toThrow();
  });

  it('says which token is template, system, prompt and trigger', () => {
    const user = 'tell me blue moon now';
    const { tokens } = viewPrompt({ user, system: 'be kind', trigger: [8, 17] }, template, wordTokenizer());
    const words = (role: TokenRole): string[] => tokens.filter((token) => token.role === role).map(({ text }) => text.trim());
    expect(words('system')).toEqual(['be', 'kind']);
    expect(words('prompt')).toEqual(['tell', 'me', 'now']);
    expect(words('trigger')).toEqual(['blue', 'moon']);
    expect(words('template').filter((word) => word !== '')).toEqual(['<system>', '<user>', '<assistant>']);
  });

  it('marks a token that only overlaps the trigger', () => {
    const { tokens } = viewPrompt({ user: 'say XQ-7!', trigger: [4, 8] }, template, wordTokenizer());
    expect(tokens.find(({ text }) => text.includes('XQ-7'))?.role).toBe('trigger');
  });
});
