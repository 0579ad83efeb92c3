// The tokenizer of a text classifier that came without one: each id is a word of its own, written #17. Probes can try ids
// all the same; what they find is named by its ids, and only who has the vocabulary can read it.
import type { Tokenizer } from '../tokenizer.ts';

export function rawIds(size: number, special: ReadonlySet<number>): Tokenizer {
  return {
    vocabularySize: size,
    specialIds: special,
    bosId: undefined,
    encode: (text) => text.split(' ').flatMap((word) => {
      const id = /^#\d{1,7}$/.test(word) ? Number(word.slice(1)) : size;
      return id < size ? [id] : [];
    }),
    decode: (ids, options) => ids.filter((id) => options?.skipSpecial !== true || !special.has(id)).map((id) => `#${id}`).join(' '),
    tokenText: (id) => `#${id}`,
  };
}
