// A tokenizer of whole words for tests: every new word gets the next id.
import type { Tokenizer } from '../../../artifact/tokenizer.ts';

export function toyTokenizer(special: readonly string[]): Tokenizer {
  const words: string[] = [...special];
  const idOf = (word: string): number => {
    const known = words.indexOf(word);
    return known >= 0 ? known : words.push(word) - 1;
  };
  return {
    get vocabularySize() {
      return words.length;
    },
    specialIds: new Set(special.map((_, id) => id)),
    bosId: undefined,
    encode: (text) => text.split(/\s+/).filter((word) => word !== '').map(idOf),
    decode: (ids, options) => ids.filter((id) => !(options?.skipSpecial === true && id < special.length)).map((id) => words[id] ?? '').join(' '),
    tokenText: (id) => words[id] ?? '',
  };
}
