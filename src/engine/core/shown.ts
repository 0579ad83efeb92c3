// Text out of a file, made fit to be shown: cut, with control and direction characters made visible; line ends as ↵.

/** One line of at most `length` characters. What comes out of a file is never shown raw. */
export function shown(text: string, length = 200): string {
  return shownLines(text, length).replaceAll('\n', '↵');
}

/** Two digits, and never a certainty that was not measured. */
export function shownConfidence(confidence: number): string {
  return confidence >= 0.995 ? '> 0.99' : confidence.toFixed(2);
}

/** 'a, b, c and 4 more': names out of a drop, each on one line. */
export function firstOf(names: readonly string[], most = 3): string {
  return `${names.slice(0, most).map((name) => shown(name)).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}

/** The same with its lines, for text that is shown as it stands. */
export function shownLines(text: string, length = 200): string {
  const cut = text.length > length ? `${text.slice(0, length)}…` : text;
  return cut.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A file inside a file, as a way that a reader follows: 'model.pt › archive/data.pkl'. */
export function shownPath(path: string): string {
  return path.split('!').join(' › ');
}
