// Code that a command hands to an interpreter as an argument (python -c, node -e), read as a source of its own.
import type { ScriptDeed } from './web-lines.ts';
import { deedsOf } from './python/deeds.ts';

const PYTHON = /\b(?:python[\d.]{0,6}|pypy\d?)(?:\.exe)?["']?\s{1,4}(?:-[A-Za-bd-z]{1,4}\s{1,4}){0,4}-c\s{1,4}/;
const OTHER = /\b(?:node|deno\s{1,4}eval|bun|perl|ruby|php|julia|Rscript)(?:\.exe)?["']?\s{1,4}(?:-{1,2}\w{1,20}\s{1,4}){0,4}(?:-[erp]{1,2}|--eval)\s{1,4}/;
const RUNS = /\b(?:eval|exec\w{0,10}|spawn\w{0,10}|system|popen|Function|instance_eval|run)\s{0,4}[(`{"']|\.then\s{0,4}\(\s{0,4}eval\b/;
const FROM_ELSEWHERE = /\bhttps?:\/\/|\bbase64|\batob\b|\bunpack\b|\bfromCharCode\b|\/dev\/tcp\//;
const MAX_LINE = 4000;

export function inlineDeed(line: string): ScriptDeed | undefined {
  const text = line.slice(0, MAX_LINE);
  const python = PYTHON.exec(text);
  if (python !== null) {
    const [deed] = deedsOf(bare(text.slice(python.index + python[0].length)));
    if (deed !== undefined) return deed;
  }
  const other = OTHER.exec(text);
  if (other === null) return undefined;
  const code = text.slice(other.index + other[0].length);
  return RUNS.test(code) && FROM_ELSEWHERE.test(code) ? { what: 'runs code that it downloads or decodes', severity: 'high' } : undefined;
}

/** Without the quotes of the shell around it, and their escapes. */
function bare(text: string): string {
  const quote = /^\\?(["'])/.exec(text)?.[1];
  if (quote === undefined) return text;
  const inner = text.slice(text.indexOf(quote) + 1);
  const end = inner.lastIndexOf(quote);
  return (end < 0 ? inner : inner.slice(0, end)).replaceAll(`\\${quote}`, quote);
}
