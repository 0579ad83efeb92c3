// Rules on what is known by its digest: the set that ships with Assay, and the one that a user brings along.
import { sha256 } from 'hash-wasm';
import { breathe } from '../../core/cancel.ts';
import { collectTemplates } from '../chat-template/collect.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Hit, type Rule } from '../rule.ts';
import { SHIPPED_SIGNATURES } from './shipped.ts';
import { templateText, type SignatureEntry } from './signature-set.ts';

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

export const signatures = analysisOf({
  id: 'signatures',
  label: 'Known digests',
  limits: 'SHA-256 of whole files and of chat templates, compared with the set that ships with Assay and with the one given. What is not listed is neither good nor bad.',
  rules: [KNOWN_BAD, KNOWN_GOOD],
  needsDigests: true,
  async check({ inspection, files, signal, signatures: given }, report) {
    const byDigest = new Map<string, SignatureEntry[]>();
    for (const entry of [...SHIPPED_SIGNATURES, ...(given ?? [])]) {
      const key = `${entry.kind} ${entry.sha256}`;
      const list = byDigest.get(key) ?? [];
      list.push(entry);
      byDigest.set(key, list);
    }
    const check = (kind: SignatureEntry['kind'], digest: string, what: string, hit: Pick<Hit, 'file' | 'location'>): void => {
      for (const { verdict, name, source } of byDigest.get(`${kind} ${digest}`) ?? []) {
        const rule = verdict === 'bad' ? KNOWN_BAD : KNOWN_GOOD;
        report(rule, { ...hit, about: `${what} ${name}`, title: `${rule.title}: ${shown(what, 80)} is ${shown(name, 80)}`, sure: 'read', evidence: [{ kind: 'fields', title: 'Entry', rows: [{ field: 'SHA-256', found: digest }, { field: 'name', found: shown(name) }, { field: 'known from', found: shown(source, 300) }] }] });
      }
    };
    for (const { path, sha256: digest } of files) check('file', digest, path, { file: { path, root: path } });
    for (const { file, name, key, source } of collectTemplates(inspection)) {
      await breathe(signal);
      check('template', await sha256(templateText(source)), `the template '${name}'`, key === '' ? { file } : { file, location: { key } });
    }
  },
});
