// Rules on what is known by its digest: the set that ships with Assay, and the one that a user brings along.
import { sha256 } from 'hash-wasm';
import { breathe } from '../../core/cancel.ts';
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { nodesOf, onnxInspector } from '../../artifact/formats/onnx-inspector.ts';
import { readBy, type Inspection } from '../../artifact/inspect/inspection.ts';
import { isObject } from '../../artifact/text.ts';
import type { Evidence, FieldRow } from '../../core/finding.ts';
import type { ReportFile } from '../../report/report.ts';
import { collectTemplates, type FoundTemplate } from '../chat-template/collect.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Hit, type Report, type Rule } from '../rule.ts';
import { consumersOf, findPath } from './operator-paths.ts';
import { SHIPPED_SIGNATURES } from './shipped.ts';
import { templateText, type DigestEntry, type SignatureEntry } from './signature-set.ts';

const KNOWN_BAD: Rule = {
  id: 'ASY-PRV-020',
  title: 'Known to be hostile',
  severity: 'critical',
  misses: 'One changed byte makes another digest.',
  references: ['AML.T0010.003', 'CWE-506'],
  remedy: 'Do not load it. The entry says where it is known from.',
};

const KNOWN_GOOD: Rule = {
  id: 'ASY-PRV-021',
  title: 'Known as published',
  severity: 'info',
  misses: 'Says that this text or file is the one that was published under this name, and nothing of what stands beside it.',
  references: [],
  remedy: 'Nothing to do.',
};

const KNOWN_TRIGGER: Rule = {
  id: 'ASY-PRV-022',
  title: 'A phrase that is known as a trigger stands in the files',
  severity: 'high',
  misses: 'Looked for letter by letter in chat templates and added tokens. That a phrase stands there does not say what it does.',
  references: ['AML.T0018.000', 'CWE-506'],
  remedy: 'Look at the place. An audit tries the phrase on the model.',
};

const KNOWN_GRAPH: Rule = {
  id: 'ASY-PRV-023',
  title: 'Operators that are known as a hidden switch',
  severity: 'high',
  misses: 'The same operators in the same order may be ordinary; another order, or one operator between them, is not found.',
  references: ['AML.T0018.001', 'CWE-506'],
  remedy: 'Look at the nodes. The entry says where the pattern is known from.',
};

export const signatures = analysisOf({
  id: 'signatures',
  label: 'Known digests, triggers and graphs',
  limits: 'SHA-256 of whole files, of tensors and of chat templates, phrases and operator sequences, compared with the set that ships with Assay and with those given. What is not listed is neither good nor bad.',
  rules: [KNOWN_BAD, KNOWN_GOOD, KNOWN_TRIGGER, KNOWN_GRAPH],
  needsDigests: true,
  async check({ inspection, files, digests, signal, signatures: given }, report) {
    const entries = [...SHIPPED_SIGNATURES, ...(given ?? [])];
    const byDigest = new Map<string, DigestEntry[]>();
    for (const entry of entries) {
      if (entry.kind === 'trigger' || entry.kind === 'graph') continue;
      const key = `${entry.kind} ${entry.sha256}`;
      const list = byDigest.get(key) ?? [];
      list.push(entry);
      byDigest.set(key, list);
    }
    const check = (kind: DigestEntry['kind'], digest: string, what: string, hit: Pick<Hit, 'file' | 'location'>): void => {
      for (const entry of byDigest.get(`${kind} ${digest}`) ?? []) {
        const rule = entry.verdict === 'bad' ? KNOWN_BAD : KNOWN_GOOD;
        report(rule, { ...hit, about: `${what} ${entry.name}`, title: `${rule.title}: ${shown(what, 80)} is ${shown(entry.name, 80)}`, sure: 'read', evidence: [entryFields(entry, [{ field: 'SHA-256', found: digest }])] });
      }
    };
    for (const { path, sha256: digest } of files) check('file', digest, path, { file: { path, root: path } });
    for (const { file, name, sha256: digest } of digests?.tensors ?? []) check('tensor', digest, `the tensor ${name}`, { file: { path: file, root: rootOf(file, files) }, location: { tensor: name } });
    const templates = collectTemplates(inspection);
    for (const { file, name, key, source } of templates) {
      await breathe(signal);
      check('template', await sha256(templateText(source)), `the template '${name}'`, key === '' ? { file } : { file, location: { key } });
    }
    checkTriggers(entries, templates, inspection, report);
    checkGraphs(entries, inspection, report);
  },
});

function entryFields({ name, source, set }: SignatureEntry, rows: readonly FieldRow[]): Evidence {
  return { kind: 'fields', title: 'Entry', rows: [...rows, { field: 'name', found: shown(name) }, { field: 'known from', found: shown(source, 300) }, { field: 'list', found: set === undefined ? 'ships with Assay' : shown(set, 120) }] };
}

/** A member's path begins with that of its file, whatever that is called. */
function rootOf(path: string, files: readonly ReportFile[]): string {
  return files.find((file) => path === file.path || path.startsWith(`${file.path}!`))?.path ?? path;
}

function checkTriggers(entries: readonly SignatureEntry[], templates: readonly FoundTemplate[], inspection: Inspection, report: Report): void {
  for (const entry of entries) {
    if (entry.kind !== 'trigger' || entry.verdict !== 'bad') continue;
    const hit = { trigger: { kind: 'text', value: entry.text }, sure: 'read' } as const;
    for (const { file, name, key, source } of templates) {
      const at = source.indexOf(entry.text);
      if (at < 0) continue;
      const begin = Math.max(0, at - 200);
      report(KNOWN_TRIGGER, { ...hit, file, about: `${name} ${entry.name}`, ...(key === '' ? {} : { location: { key } }), title: `${KNOWN_TRIGGER.title}: ${shown(entry.name, 80)}, in the template '${shown(name, 40)}'`, evidence: [entryFields(entry, []), { kind: 'source', title: 'Where it stands', text: source.slice(begin, at + 400), marks: [{ begin: at - begin, end: at - begin + entry.text.length, why: 'the phrase' }] }] });
    }
    for (const { file, content } of readBy(inspection, jsonInspector)) {
      const added = isObject(content.value) ? content.value['added_tokens'] : undefined;
      if (!Array.isArray(added)) continue;
      for (const [i, token] of added.entries()) {
        const text = isObject(token) ? token['content'] : undefined;
        if (typeof text === 'string' && text.includes(entry.text)) report(KNOWN_TRIGGER, { ...hit, file, about: `added_tokens ${entry.name}`, location: { key: `added_tokens[${i}]` }, title: `${KNOWN_TRIGGER.title}: ${shown(entry.name, 80)}, as an added token`, evidence: [entryFields(entry, [{ field: 'token', found: shown(text) }])] });
      }
    }
  }
}

function checkGraphs(entries: readonly SignatureEntry[], inspection: Inspection, report: Report): void {
  const patterns = entries.filter((entry) => entry.kind === 'graph');
  if (patterns.length === 0) return;
  for (const { file, content } of readBy(inspection, onnxInspector)) {
    const nodes = nodesOf(content);
    const consumers = consumersOf(nodes);
    for (const entry of patterns) {
      const path = findPath(nodes, consumers, entry.operators);
      if (path === undefined) continue;
      const rule = entry.verdict === 'bad' ? KNOWN_GRAPH : KNOWN_GOOD;
      const id = (i: number): string => String(i);
      report(rule, {
        file,
        about: entry.name,
        location: { node: path[0]?.name ?? '' },
        title: `${rule.title}: ${shown(entry.name, 80)}`,
        sure: 'inferred',
        evidence: [entryFields(entry, [{ field: 'operators', found: entry.operators.join(' → ') }]), { kind: 'graph', title: 'The nodes', nodes: path.map(({ type, name }, i) => ({ id: id(i), kind: type, label: shown(name === '' ? type : name, 60), marked: true })), edges: path.slice(1).map((_, i) => ({ from: id(i), to: id(i + 1) })) }],
      });
    }
  }
}
