// Rules on Jupyter notebooks (nbformat 4, and the worksheets of 3) that lie beside models: code cells that do what no training
// needs, and stored outputs that act on the page they are shown on. Ordinary downloads, installations and charts are quiet.
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { readBy } from '../../artifact/inspect/inspection.ts';
import { isObject } from '../../artifact/text.ts';
import { shown, shownLines } from '../evidence.ts';
import { oddLine } from '../programs/odd-lines.ts';
import { deedsOf } from '../programs/python/deeds.ts';
import { analysisOf, type Rule } from '../rule.ts';

const CELL: Rule = {
  id: 'ASY-EXE-006', title: 'A cell of a notebook does what no training needs', severity: 'medium',
  misses: 'Looks for a few ways of running hidden text or calling out, as they are usually written. Installers that are piped into a shell look the same.',
  references: ['AML.T0010.003', 'CWE-506', 'CWE-94'], remedy: 'Read the cell before you run the notebook.',
};
const OUTPUT: Rule = {
  id: 'ASY-EXE-007', title: 'A stored output of a notebook reads what belongs to the page that shows it', severity: 'medium',
  misses: 'Charts bring scripts of their own and are not reported; scripts are not understood.',
  references: ['CWE-79'], remedy: 'Clear the outputs before you open the notebook, or do not trust it.',
};

interface Cell {
  readonly kind: unknown;
  readonly source: string;
  readonly outputs: string;
}

/** Cookies and tokens of the page, and pages that notebooks are served from. */
const ACTS = /document\s{0,4}\.\s{0,4}cookie|(?:local|session)Storage\s{0,4}[.[]|IPython\.notebook\.kernel\.execute|\/api\/(?:kernels|contents)\b/;
const OUTPUT_TYPES = ['text/html', 'application/javascript', 'image/svg+xml'];
const MAX_CELLS = 5000;

export const notebooks = analysisOf({
  id: 'notebooks',
  label: 'Notebooks',
  limits: 'Looks for known ways of hiding and calling out in the cells and stored outputs of Jupyter notebooks. Does not understand programs.',
  rules: [CELL, OUTPUT],
  inapplicable: ({ inspection }) => (readBy(inspection, jsonInspector).some(({ content }) => cellsOf(content.value) !== undefined) ? undefined : 'no notebooks'),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, jsonInspector)) {
      for (const [i, { kind, source, outputs }] of (cellsOf(content.value) ?? []).entries()) {
        const place = { location: { key: `cells[${i}]` } };
        const script = /^\s*%%(?:javascript|js|html)\b/.test(source) && ACTS.test(source) ? 'reads what belongs to the page that shows it' : undefined;
        let told = false;
        for (const [n, line] of (kind === 'code' ? source.split('\n') : []).entries()) {
          const odd = oddLine(line, true) ?? (n === 0 ? script : undefined);
          told ||= odd !== undefined;
          if (odd !== undefined) report(CELL, { file, ...place, about: `${i}:${n}`, title: `Cell ${i + 1} ${odd}`, sure: 'inferred', evidence: [{ kind: 'source', title: 'The line', text: shownLines(line, 600), marks: [] }] });
        }
        const python = kind === 'code' && !/^\s*%%(?!time|capture|python)/.test(source) ? source.replace(/^(?=\s{0,40}[!%])/gm, '#') : '';
        for (const { what, at } of told || python === '' ? [] : deedsOf(python)) {
          report(CELL, { file, ...place, about: `${i}:${what}`, title: `Cell ${i + 1} ${what}`, sure: 'inferred', evidence: [{ kind: 'source', title: 'The line', text: shownLines(python.slice(python.lastIndexOf('\n', at) + 1, at + 400), 500), marks: [] }] });
        }
        const acts = ACTS.exec(outputs);
        if (acts !== null) report(OUTPUT, { file, ...place, about: `${i}:output`, title: `The output of cell ${i + 1} uses ${shown(acts[0], 60)}`, sure: 'inferred', evidence: [{ kind: 'source', title: 'What stands there', text: shownLines(outputs.slice(Math.max(0, acts.index - 200), acts.index + 300), 500), marks: [] }] });
      }
    }
  },
});

function cellsOf(value: unknown): Cell[] | undefined {
  if (!isObject(value) || typeof value['nbformat'] !== 'number') return undefined;
  const sheets = Array.isArray(value['worksheets']) ? value['worksheets'] : [value];
  const cells = sheets.flatMap((sheet: unknown): unknown[] => (isObject(sheet) && Array.isArray(sheet['cells']) ? sheet['cells'] : []));
  return cells.slice(0, MAX_CELLS).filter(isObject).map((cell) => ({ kind: cell['cell_type'], source: joined(cell['source'] ?? cell['input']), outputs: outputsOf(cell['outputs']) }));
}

function outputsOf(outputs: unknown): string {
  if (!Array.isArray(outputs)) return '';
  return outputs.filter(isObject).flatMap((output) => {
    const data = isObject(output['data']) ? output['data'] : output;
    return OUTPUT_TYPES.map((type) => joined(data[type]));
  }).join('\n');
}

function joined(text: unknown): string {
  if (typeof text === 'string') return text;
  return Array.isArray(text) ? text.filter((line): line is string => typeof line === 'string').join('') : '';
}
