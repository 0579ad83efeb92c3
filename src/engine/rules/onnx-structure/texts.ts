// Texts of an ONNX graph, wherever the schema lets one stand (metadata, doc strings, names, attributes): searched for code and
// commands in the bytes between the tensors, and metadata for files and secrets in encodings, too.
import { tensorsOf } from '../../artifact/formats/onnx-inspector.ts';
import type { InspectedFile } from '../../artifact/inspect/inspection.ts';
import { BuriedSearch } from '../../artifact/inspect/buried.ts';
import type { Bytes } from '../../core/units.ts';
import type { OnnxModelInfo } from '../../graph/onnx-reader.ts';
import { textAsks } from '../configuration/facts.ts';
import { shown } from '../evidence.ts';
import { confirm } from '../programs/confirm.ts';
import type { Report, Rule } from '../rule.ts';

export const TEXT: Rule = {
  id: 'ASY-ONX-010',
  title: 'A text in the graph is a command, code or a file',
  severity: 'medium',
  misses: 'Looks for calls and commands as they are usually written. Whether a program reads the text cannot be told; runtimes do not.',
  references: ['AML.T0018.002', 'CWE-506', 'CWE-94'],
  remedy: 'Find out which program reads this text before you use the model, or export it again.',
};

/** Structure of a graph without its numbers; larger ones are searched in part (CWE-400). */
const SEARCHED: Bytes = 32 * 2 ** 20;
const CHUNK: Bytes = 2 ** 20;

export async function checkTexts(file: InspectedFile, model: OnnxModelInfo, report: Report): Promise<void> {
  for (const [key, value] of model.metadata) {
    for (const { what, value: text } of textAsks(key, key, value)) report(TEXT, { file, location: { key: `metadata_props.${shown(key, 60)}` }, about: `metadata ${key}`, title: `The metadata ${shown(key, 60)} is ${what}: ${shown(text, 100)}`, sure: 'inferred', evidence: [{ kind: 'fields', title: 'What stands in the metadata', rows: [{ field: shown(key, 60), found: shown(value, 400) }] }] });
  }
  const search = new BuriedSearch();
  let left = SEARCHED;
  for (const { begin, end } of betweenTensors(model, file.source.size)) {
    for (let at = begin; at < end && left > 0; at += CHUNK) {
      const bytes = await file.source.slice(at, Math.min(end, at + CHUNK, at + left));
      search.update(bytes, at);
      left -= bytes.byteLength;
    }
  }
  for (const { offset, what, evidence } of await confirm(file.source, search.found.filter(({ kind }) => kind === 'code' || kind === 'script'))) {
    report(TEXT, { file, offset, about: `text ${what}`, title: `${what} stands in a text of the graph`, sure: 'inferred', evidence });
  }
}

function betweenTensors(model: OnnxModelInfo, size: Bytes): { readonly begin: Bytes; readonly end: Bytes }[] {
  const parts = tensorsOf(model).flatMap(({ data }) => [...data.parts]).sort((a, b) => a.begin - b.begin);
  const gaps: { begin: Bytes; end: Bytes }[] = [];
  let at = 0;
  for (const { begin, end } of parts) {
    if (begin > at) gaps.push({ begin: at, end: begin });
    at = Math.max(at, end);
  }
  if (size > at) gaps.push({ begin: at, end: size });
  return gaps;
}
