// Which token of one view is which token of the other (without and with the trigger), so that a row or column
// lights up in both. Prompts share their beginning and their end; answers are paired by place.
import type { TokenView } from './client.ts';

/** For each token of `from`, its index in `to`, or -1. */
export function alignTokens(from: readonly TokenView[], to: readonly TokenView[]): number[] {
  const [fromPrompt, toPrompt] = [promptLength(from), promptLength(to)];
  const shorter = Math.min(fromPrompt, toPrompt);
  let head = 0;
  while (head < shorter && from[head]?.id === to[head]?.id) head++;
  let tail = 0;
  while (tail < shorter - head && from[fromPrompt - 1 - tail]?.id === to[toPrompt - 1 - tail]?.id) tail++;
  return from.map((_, index) => {
    if (index >= fromPrompt) return toPrompt + index - fromPrompt < to.length ? toPrompt + index - fromPrompt : -1;
    if (index < head) return index;
    if (index >= fromPrompt - tail) return toPrompt - (fromPrompt - index);
    return -1;
  });
}

function promptLength(tokens: readonly TokenView[]): number {
  const first = tokens.findIndex((token) => token.role === 'answer');
  return first < 0 ? tokens.length : first;
}
