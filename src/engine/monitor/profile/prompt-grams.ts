// Word n-grams (1 to 3) of prompts, counted by document and by the class the prompt was given. Memory is bounded by
// pruning what only one document holds, as lossy counting does (Manku & Motwani 2002): counts of frequent n-grams are
// exact until the first pruning and at most one document per pruning too low afterwards.
import type { PromptProfile } from './profile.ts';

const MOST_GRAMS = 400_000;
const MOST_WORDS = 400;
const LONGEST = 3;
const KEPT = 20_000;
const WORD = /[\p{L}\p{N}_]+(?:['’.@#/:-][\p{L}\p{N}_]+)*|[^\s\p{L}\p{N}]{2,12}|\p{Extended_Pictographic}/gu;

export function wordsOf(prompt: string): string[] {
  const words: string[] = [];
  for (const [word] of prompt.matchAll(WORD)) {
    words.push(word.toLowerCase().slice(0, 60));
    if (words.length >= MOST_WORDS) break;
  }
  return words;
}

/** Each n-gram once. */
export function gramsOf(prompt: string): Set<string> {
  const words = wordsOf(prompt);
  const grams = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    let gram = '';
    for (let n = 0; n < LONGEST && i + n < words.length; n++) {
      gram = n === 0 ? (words[i] ?? '') : `${gram} ${words[i + n] ?? ''}`;
      grams.add(gram);
    }
  }
  return grams;
}

export class GramCounter {
  /** n-gram -> class -> documents. */
  readonly counts = new Map<string, Map<number, number>>();
  readonly byClass: number[] = [];
  documents = 0;
  #pruned = 0;

  add(prompt: string, output: number): void {
    this.documents++;
    const at = Math.max(0, output);
    this.byClass[at] = (this.byClass[at] ?? 0) + 1;
    for (const gram of gramsOf(prompt)) {
      const entry = this.counts.get(gram);
      if (entry === undefined) this.counts.set(gram, new Map([[at, 1]]));
      else entry.set(at, (entry.get(at) ?? 0) + 1);
    }
    if (this.counts.size > MOST_GRAMS) this.#prune();
  }

  #prune(): void {
    this.#pruned++;
    for (const [gram, entry] of this.counts) if (totalOf(entry) <= this.#pruned) this.counts.delete(gram);
  }

  toProfile(): PromptProfile {
    const kept = [...this.counts].filter(([, entry]) => totalOf(entry) >= 2).sort((a, b) => totalOf(b[1]) - totalOf(a[1]) || (a[0] < b[0] ? -1 : 1)).slice(0, KEPT);
    return { documents: this.documents, grams: kept.map(([gram, entry]) => [gram, [...entry].sort((a, b) => a[0] - b[0])]), byClass: Array.from(this.byClass, (count) => count ?? 0) };
  }
}

export function totalOf(entry: ReadonlyMap<number, number>): number {
  let total = 0;
  for (const count of entry.values()) total += count;
  return total;
}
