// Rules on the headers of weight files beyond what their readers demand (those problems are ASY-FIL-001): tensor types that no
// release of the format has, and metadata that carries a file.
import { safetensorsInspector } from '../../artifact/formats/safetensors-inspector.ts';
import { ggufInspector } from '../../artifact/gguf/gguf-inspector.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { shown } from '../evidence.ts';
import { codeInText } from '../code-in-text.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';

const UNKNOWN_TYPE: Rule = {
  id: 'ASY-GUF-001',
  title: 'A tensor of a type that the format does not have',
  severity: 'medium',
  misses: 'Types that are newer than this reader are reported too where their number is far out of order only.',
  references: ['CVE-2024-21825', 'CVE-2024-21836', 'CWE-129'],
  remedy: 'Loaders have read out of bounds on such types. Do not load the file with an old version.',
};

const CARRIED_FILE: Rule = {
  id: 'ASY-STN-003',
  title: 'Metadata that carries a file or a script',
  severity: 'medium',
  misses: 'Known signatures and commands only, plain, in hexadecimal or in base64; encrypted payloads pass.',
  references: ['CWE-506', 'AML.T0018.002'],
  remedy: 'Nothing should decode the metadata of weights. Look at it, or save the tensors again without it.',
};

/** ggml's types so far end near 41; a number of this size is no new one. */
const FAR_TYPE = 128;
/** Types that ggml had and removed. */
const REMOVED = new Set([4, 5, 31, 32, 33, 36, 37, 38]);

export const weightsHeader = analysisOf({
  id: 'weights-header',
  label: 'Headers of weights',
  limits: 'Headers and metadata; the numbers of tensors are not looked at.',
  rules: [UNKNOWN_TYPE, CARRIED_FILE],
  inapplicable: ({ inspection }) => (readBy(inspection, safetensorsInspector).length + readBy(inspection, ggufInspector).length === 0 ? 'no safetensors or GGUF weights' : undefined),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, ggufInspector)) {
      for (const { code, field, actual, offset } of file.problems) {
        const type = Number(actual);
        if (code !== 'unsupported-dtype' || !(type >= FAR_TYPE || REMOVED.has(type))) continue;
        report(UNKNOWN_TYPE, { file, ...(offset === undefined ? {} : { offset }), about: field ?? 'type', title: `${UNKNOWN_TYPE.title}: ${shown(field ?? '', 80)} is ${shown(actual ?? '', 20)}`, sure: 'read', evidence: [{ kind: 'fields', title: 'Tensor table', rows: [{ field: shown(field ?? 'type', 80), expected: 'a type of ggml', found: shown(actual ?? '', 40) }] }] });
      }
      for (const [key, value] of content.metadata) if (typeof value === 'string') checkValue(file, key, value, report);
    }
    for (const { file, content } of readBy(inspection, safetensorsInspector)) for (const [key, value] of Object.entries(content.metadata)) checkValue(file, key, value, report);
  },
});

/** Keys under which an address is more than a home page. */
const CALLS_HOME = /callback|webhook|exfil|payload|beacon|c2_/i;

function checkValue(file: InspectedFile, key: string, value: string, report: Report): void {
  // Templates are judged as templates, licences as text.
  if (key.includes('chat_template') || key.includes('license')) return;
  const found = codeInText(value);
  if (found !== undefined) {
    const begin = Math.max(0, found.at - 40);
    report(CARRIED_FILE, { file, about: `${key} ${found.what}`, location: { key }, title: `The metadata ${shown(key, 60)} carries ${found.what}`, sure: 'read', evidence: [{ kind: 'source', title: `${shown(key, 60)}, ${value.length} characters`, text: shown(value.slice(begin, begin + 400), 400), marks: [] }] });
  } else if (CALLS_HOME.test(key) && /^\s{0,4}(?:https?|wss?|ftp):\/\//i.test(value)) {
    report(CARRIED_FILE, { file, about: `${key} address`, location: { key }, severity: 'low', title: `The metadata ${shown(key, 60)} names an address: ${shown(value, 100)}`, sure: 'hint', evidence: [] });
  }
}
