// Rules on XML (PMML, OpenVINO and kin): declarations that make a parser read files or addresses, entities that unfold without
// end, and scripts. Read as text, without a parser: whatever a parser would make of it, these parts have no place in a model.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import type { Evidence } from '../../core/finding.ts';
import { shown } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';

const REMEDY = 'Do not load it with a parser that follows entities. A model needs no document type: ask for a file without one.';
const EXTERNAL: Rule = { id: 'ASY-XML-001', title: 'XML that makes its parser read another file or address', severity: 'high', misses: 'Whether a parser follows it depends on its settings. XML that is not UTF-8 is not read.', references: ['CWE-611', 'AML.T0010.003'], remedy: REMEDY };
const ENTITIES: Rule = { id: 'ASY-XML-002', title: 'XML that defines entities', severity: 'medium', misses: 'How far they unfold is not computed.', references: ['CWE-776'], remedy: REMEDY };
const SCRIPT: Rule = { id: 'ASY-XML-003', title: 'XML of a model that carries a script', severity: 'medium', misses: 'Known ways of writing scripts only.', references: ['CWE-79', 'CWE-94', 'AML.T0018.002'], remedy: 'Remove the script, or ask for a model without one.' };

const XML_NAME = /\.(pmml|xml|dmn|xsd|svg)$/i;
/** A declaration stands at the beginning. */
const SEARCHED = 2 ** 20;

export const markup = analysisOf({
  id: 'markup',
  label: 'XML',
  limits: 'Reads the beginning of XML files (1 MB) as text: document types, entities, scripts.',
  rules: [EXTERNAL, ENTITIES, SCRIPT],
  inapplicable: ({ inspection }) => (xmlFiles(readBy(inspection, textInspector)).length === 0 ? 'no XML' : undefined),
  async check({ inspection }, report) {
    for (const { file, content } of xmlFiles(readBy(inspection, textInspector))) {
      const text = content.slice(0, SEARCHED);
      const external = /<!(?:DOCTYPE|ENTITY)\s[^>[]{0,400}\b(?:SYSTEM|PUBLIC)\b[^>[]{0,400}/.exec(text);
      const entity = /<!ENTITY\s[^>]{0,400}/.exec(text);
      const script = /<(?:\w{1,20}:)?script\b|\bjavascript:/i.exec(text);
      if (external !== null && !USUAL.test(external[0])) report(EXTERNAL, { file, offset: external.index, about: 'external', title: `${EXTERNAL.title}: ${shown(external[0], 120)}`, sure: 'read', evidence: [around(text, external.index)] });
      else if (entity !== null) report(ENTITIES, { file, offset: entity.index, about: 'entity', title: `${ENTITIES.title}: ${shown(entity[0], 120)}`, sure: 'read', evidence: [around(text, entity.index)] });
      if (script !== null && /\.(pmml|xml)$/i.test(file.member ?? file.path)) report(SCRIPT, { file, offset: script.index, about: 'script', sure: 'read', evidence: [around(text, script.index)] });
    }
  },
});

/** Document types of pages and pictures, which name the standard they follow. */
const USUAL = /\/\/(?:W3C|DTD|OASIS)\b|w3\.org|dmg\.org/i;

function xmlFiles(files: readonly { readonly file: InspectedFile; readonly content: string }[]): { readonly file: InspectedFile; readonly content: string }[] {
  return files.filter(({ file, content }) => XML_NAME.test(file.member ?? file.path) || content.startsWith('<?xml'));
}

function around(text: string, at: number): Evidence {
  return { kind: 'source', title: 'What stands there', text: shown(text.slice(Math.max(0, at - 40), at + 400), 440), marks: [] };
}
