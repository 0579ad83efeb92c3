// Rules: cells of tables in text (CSV, RFC 4180, and tabs) that a spreadsheet program takes for formulas which start programs or
// send what stands in other cells (CWE-1236). Numbers with a sign, sums and text with '=' in it are ordinary.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy } from '../../artifact/inspect/inspection.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';

const FORMULA: Rule = {
  id: 'ASY-EXE-013', title: 'A cell of a table that a spreadsheet program runs', severity: 'medium',
  misses: 'Looks at cells that begin as formulas do, for functions that start programs or reach other machines; formulas that only count are passed over. The first 8 MB.',
  references: ['CWE-1236', 'CWE-506'], remedy: 'Do not open the table in a spreadsheet program; read it as text.',
};

const NAME = /\.(?:csv|tsv|tab)$/i;
/** CWE-400. */
const MAX_TEXT = 2 ** 23;
const MAX_CELL = 2000;
const MAX_FOUND = 16;

const STARTS = /(?:^|[^\w'])(?:'?(?:cmd|powershell|pwsh|mshta|msexcel|rundll32|regsvr32|wscript|cscript|bash|sh)(?:\.exe)?'?)\s{0,4}\|\s{0,4}['"]|\b(?:DDE|DDEAUTO|EXEC|CALL|REGISTER(?:\.ID)?|SHELL)\s{0,4}\(/i;
const REACHES = /\b(?:HYPERLINK|WEBSERVICE|FILTERXML|IMPORT(?:XML|DATA|HTML|FEED|RANGE)|IMAGE|RTD)\s{0,4}\(/i;

export const spreadsheets = analysisOf({
  id: 'spreadsheets',
  label: 'Tables',
  limits: 'Tables in text (CSV, TSV): cells that a spreadsheet program would run.',
  rules: [FORMULA],
  inapplicable: ({ inspection }) => (readBy(inspection, textInspector).some(({ file }) => NAME.test(file.member ?? file.path)) ? undefined : 'no table in text'),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, textInspector)) {
      const name = file.member ?? file.path;
      if (!NAME.test(name)) continue;
      for (const { what, line, text, starts } of formulasIn(content.slice(0, MAX_TEXT))) report(FORMULA, { file, about: `line ${line}`, location: { key: `line ${line}` }, title: `${shown(name, 80)} ${what} where a spreadsheet program opens it: ${shown(text, 120)}`, ...(starts ? { severity: 'high' as const } : {}), sure: 'read', evidence: [{ kind: 'text', title: `Line ${line}`, text: shown(text, 600) }] });
    }
  },
});

interface Formula {
  readonly what: string;
  readonly line: number;
  readonly text: string;
  readonly starts: boolean;
}

/** One pass: cells begin behind a separator or a line's end; quotes around one are undone. */
function formulasIn(text: string): Formula[] {
  const found: Formula[] = [];
  let line = 1;
  for (let at = 0; at < text.length && found.length < MAX_FOUND; ) {
    const begin = at;
    while (text[at] === ' ') at++;
    const quoted = text[at] === '"';
    if (quoted) {
      at++;
      while (text[at] === ' ') at++;
    }
    // Beyond a closing quote the cell goes on to the separator: broken quoting ends there, too.
    const first = text[at] ?? '';
    const content = at;
    at = quoted ? closeOf(text, at) : at;
    while (at < text.length && !SEPARATORS.has(text[at] ?? '')) at++;
    if ('=+-@'.includes(first) && first !== '') {
      const cell = text.slice(content, Math.min(at, content + MAX_CELL)).replaceAll('""', '"');
      const [starts, reaches] = [STARTS.test(cell), REACHES.test(cell)];
      if (starts || reaches) found.push({ what: starts ? 'starts a program' : 'reaches for another machine', line, text: cell, starts });
    }
    for (let i = begin; i <= at && i < text.length; i++) if (text[i] === '\n') line++;
    at++;
  }
  return found;
}

const SEPARATORS = new Set([',', ';', '\t', '\n']);

function closeOf(text: string, begin: number): number {
  for (let at = text.indexOf('"', begin); at >= 0; at = text.indexOf('"', at + 1)) {
    if (text[at + 1] !== '"') return at;
    at++;
  }
  return text.length;
}
