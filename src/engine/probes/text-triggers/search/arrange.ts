// What a search that puts words at the ends of a phrase cannot reach: the same words in another order, and the short words of grammar
// between them ("storm had passed" for "after the storm had passed"), which say nothing by themselves and are found by no search.
import type { Tokenizer } from '../../../artifact/tokenizer.ts';
import type { Phrase } from '../units/vocabulary.ts';

/** Orders of more tokens are too many. */
const MOST_TOKENS = 4;
const GRAMMAR = 'a an the of in on at by to with near from under after before and or is was were are had has it there i he she we you they my our his her their'.split(' ');

/** Every other order of a phrase's tokens. */
export function ordersOf(phrase: Phrase): Phrase[] {
  if (phrase.length > MOST_TOKENS) return [];
  const orders: Phrase[] = [[]];
  for (let length = 0; length < phrase.length; length++) {
    const longer = orders.splice(0).flatMap((begun) => Array.from(phrase.keys()).filter((at) => !begun.includes(at)).map((at) => [...begun, at]));
    orders.push(...longer);
  }
  const distinct = new Map(orders.map((order) => order.map((at) => phrase[at] ?? 0)).map((tokens) => [tokens.join(), tokens]));
  distinct.delete(phrase.join());
  return [...distinct.values()];
}

/** Two or three of these phrases, in every order. */
export function sideBySide(parts: readonly Phrase[]): Phrase[][] {
  const pairs = parts.flatMap((a) => parts.filter((b) => b !== a).map((b) => [a, b]));
  return [...pairs, ...pairs.flatMap((pair) => parts.filter((part) => !pair.includes(part)).map((part) => [...pair, part]))];
}

/** The words of grammar that are one token. */
export function grammarOf(tokenizer: Tokenizer, size: number): number[] {
  return GRAMMAR.flatMap((word) => {
    const [token, ...more] = tokenizer.encode(` ${word}`).filter((id) => !tokenizer.specialIds.has(id));
    return token !== undefined && more.length === 0 && token < size ? [token] : [];
  });
}

/** A phrase with one of these tokens that it does not hold, at each place of it. */
export function withOneMore(phrase: Phrase, tokens: readonly number[]): Phrase[] {
  return tokens.filter((token) => !phrase.includes(token)).flatMap((token) => Array.from({ length: phrase.length + 1 }, (_, at) => [...phrase.slice(0, at), token, ...phrase.slice(at)]));
}
