// What another's code says of a failure, as a part of a sentence of ours: one length for all, and no full stop of its own, behind
// which ours would stand a second time.

const MAX_SAID = 300;

export function errorText(error: unknown, most: number = MAX_SAID): string {
  let text = (error instanceof Error ? error.message : String(error)).slice(0, most).trimEnd();
  while (text.endsWith('.')) text = text.slice(0, -1).trimEnd();
  return text;
}
