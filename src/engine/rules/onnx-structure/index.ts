// Rules on what an ONNX file is built of, without following its logic: where external data points, tensors with two sets of
// values or impossible sizes, operators from elsewhere, bytes that the schema does not know (onnx.proto3).
import { nodesOf, onnxInspector, tensorsOf } from '../../artifact/formats/onnx-inspector.ts';
import { repeatedTensors } from '../../artifact/formats/onnx-repeated.ts';
import { directoryOf } from '../../artifact/formats/reader.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { elementCount } from '../../artifact/dtype.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { OnnxAttribute, OnnxModelInfo, OnnxNodeInfo, OnnxTensorInfo } from '../../graph/onnx-reader.ts';
import { byteSize, ELEMENT_TYPES, STRING_TYPE } from '../../graph/onnx-values.ts';
import { bytesAround, shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { isBuiltIn, runsCode } from './domains.ts';
import { checkTexts, TEXT } from './texts.ts';
import { escapes, faultsOf, overlaps, type ExternalFault } from './external-data.ts';

const ESCAPES: Rule = {
  id: 'ASY-ONX-001',
  title: 'External data outside of the model’s folder',
  severity: 'high',
  misses: 'Links in the file system that lead elsewhere are not followed; in a browser they cannot be told from files.',
  references: ['CWE-22', 'CVE-2022-25882', 'CVE-2024-27318', 'CVE-2025-51480', 'AML.T0010.003'],
  remedy: 'Do not load the model: a runtime that follows the path reads files of yours.',
};

const EXTERNAL_RANGE: Rule = {
  id: 'ASY-ONX-002',
  title: 'External data that does not fit its tensor or its file',
  severity: 'medium',
  misses: 'Where the external file is not at hand, ranges cannot be checked.',
  references: ['CWE-125', 'CWE-20'],
  remedy: 'Download the model again with all of its files. If it stays, ask the publisher.',
};

const EXTERNAL_KEY: Rule = {
  id: 'ASY-ONX-003',
  title: 'External data with entries that the specification does not have',
  severity: 'medium',
  misses: 'Only the names of entries are checked.',
  references: ['CWE-915', 'CWE-20'],
  remedy: 'Runtimes may take unknown entries for settings. Ask the publisher for a file without them.',
};

const TWO_VALUES: Rule = {
  id: 'ASY-ONX-004',
  title: 'A tensor with two sets of values',
  severity: 'high',
  misses: 'Says nothing about which of the two a runtime takes.',
  references: ['CWE-436', 'AML.T0018.000'],
  remedy: 'Readers disagree on which values count: what was reviewed may not be what runs. Do not use the file.',
};

const TENSOR_SIZE: Rule = {
  id: 'ASY-ONX-005',
  title: 'A tensor whose values do not fit its shape',
  severity: 'medium',
  misses: 'Strings and element types newer than this reader are not counted.',
  references: ['CWE-190', 'CWE-20'],
  remedy: 'The file is broken or built to confuse a reader. Download it again; if it stays, ask the publisher.',
};

const CODE_OPERATOR: Rule = {
  id: 'ASY-ONX-006',
  title: 'An operator that runs code from outside of the model',
  severity: 'high',
  misses: 'Operators under a made-up name are reported as foreign (ASY-ONX-007), not as code.',
  references: ['CWE-94', 'AML.T0011.000'],
  remedy: 'Do not load the model with a runtime that has Python or custom operators enabled.',
};

const FOREIGN_OPERATOR: Rule = {
  id: 'ASY-ONX-007',
  title: 'Operators of a domain that no runtime has built in',
  severity: 'medium',
  misses: 'A custom operator registered under a built-in domain is not seen.',
  references: ['CWE-829', 'AML.T0010.003'],
  remedy: 'Such operators need a shared library to run. Load it only if you know where that library comes from.',
};

const HIDDEN_BYTES: Rule = {
  id: 'ASY-ONX-008',
  title: 'Bytes in fields that onnx.proto does not have',
  severity: 'medium',
  misses: 'Bytes hidden in weights are not reported here.',
  references: ['CWE-1104', 'AML.T0018.002'],
  remedy: 'A runtime steps over these bytes. Look at them, or export the model again.',
};

const SHADOWED: Rule = {
  id: 'ASY-ONX-009',
  title: 'A local function that takes the place of a built-in operator',
  severity: 'medium',
  misses: 'Whether a runtime takes the function or its own operator depends on the runtime.',
  references: ['CWE-436', 'AML.T0018.001'],
  remedy: 'Compare the function’s body with what the operator should do.',
};

const REPEATED: Rule = {
  id: 'ASY-ONX-011',
  title: 'Stored tensors that share one name',
  severity: 'medium',
  misses: 'Says nothing about which of them a runtime takes.',
  references: ['CWE-436', 'CWE-694', 'AML.T0018.000'],
  remedy: 'Runtimes differ in which of them they take: what was reviewed may not be what runs. Ask the publisher for a file in which every name stands once.',
};

export const onnxStructure = analysisOf({
  id: 'onnx-structure',
  label: 'ONNX structure',
  limits: 'Checks the file’s structure, its external data and the names of operators; whether operators are used as their schemas demand is left to the runtime.',
  rules: [ESCAPES, EXTERNAL_RANGE, EXTERNAL_KEY, TWO_VALUES, TENSOR_SIZE, CODE_OPERATOR, FOREIGN_OPERATOR, HIDDEN_BYTES, SHADOWED, TEXT, REPEATED],
  inapplicable: ({ inspection }) => (readBy(inspection, onnxInspector).length === 0 ? 'no ONNX graph' : undefined),
  async check({ inspection }, report) {
    const links = new Map((inspection.closed ?? []).filter(({ kind }) => kind === 'elsewhere').map(({ path, target }) => [path, target ?? '']));
    const sources = new Map(inspection.files.filter(({ path }) => !links.has(path)).map(({ path, source }) => [path, source]));
    for (const { file, content } of readBy(inspection, onnxInspector)) {
      checkTensors(file, content, sources, links, report);
      checkNames(file, content, report);
      checkOperators(file, content, report);
      await checkTexts(file, content, report);
      for (const { message, number, begin, end } of content.unknown) {
        // A few bytes are a newer schema; a payload is more.
        if (end - begin < HIDDEN_FROM) continue;
        report(HIDDEN_BYTES, { file, offset: begin, about: String(begin), title: `${end - begin} bytes in field ${number} of a ${message}, which onnx.proto does not have`, sure: 'read', evidence: [await bytesAround(file.source, begin, 'Where they begin')] });
      }
    }
  },
});

const HIDDEN_FROM = 64;

function checkTensors(file: InspectedFile, model: OnnxModelInfo, sources: ReadonlyMap<string, ByteSource>, links: ReadonlyMap<string, string>, report: Report): void {
  const folder = directoryOf(file.path);
  const tensors = tensorsOf(model);
  for (const tensor of tensors) {
    const location = tensor.data.kind === 'external' ? tensor.data.location : '';
    const at = { file, offset: tensor.at, location: { tensor: tensor.name } } as const;
    const path = folder === '' ? location : `${folder}/${location}`;
    for (const fault of faultsOf(tensor, sources.get(path), links.get(path))) {
      const about = `${tensor.name} ${fault.kind} ${fault.why}`;
      report(ruleOf(fault), { ...at, about, title: `${ruleOf(fault).title}: ${shown(tensor.name, 80)} has ${fault.why}`, sure: 'read', evidence: [fieldsOf(tensor)] });
    }
    const wrong = wrongSize(tensor);
    if (wrong !== undefined) report(TENSOR_SIZE, { ...at, about: tensor.name, title: `${TENSOR_SIZE.title}: ${shown(tensor.name, 80)}, ${wrong}`, sure: 'read', evidence: [fieldsOf(tensor)] });
    const kinds = [...new Set(tensor.data.kind === 'inline' ? tensor.data.parts.filter(({ begin, end, wire }) => end > begin || wire === 0).map(({ number }) => number) : [])];
    if (kinds.length > 1) report(TWO_VALUES, { ...at, about: tensor.name, title: `${TWO_VALUES.title}: ${shown(tensor.name, 80)} is given as ${kinds.map((number) => FIELD_NAMES.get(number) ?? `field ${number}`).join(' and ')}`, sure: 'read', evidence: [fieldsOf(tensor)] });
  }
  for (const [first, second] of overlaps(tensors)) {
    report(EXTERNAL_RANGE, { file, offset: second.at, location: { tensor: second.name }, about: `${first.name} ${second.name}`, title: `Two tensors share bytes of external data in part: ${shown(first.name, 60)} and ${shown(second.name, 60)}`, sure: 'read', evidence: [fieldsOf(first), fieldsOf(second)] });
  }
}

function checkNames(file: InspectedFile, model: OnnxModelInfo, report: Report): void {
  for (const { name, copies, sparse } of repeatedTensors(model)) {
    const places = [...copies.slice(0, MAX_COPIES).map(({ at }) => `at byte ${at}`), ...(copies.length > MAX_COPIES ? [`${copies.length - MAX_COPIES} more`] : []), ...(sparse ? ['as a sparse tensor'] : [])].join(', ');
    const offset = copies.at(-1)?.at;
    report(REPEATED, { file, ...(offset === undefined ? {} : { offset }), location: { tensor: name }, about: `${name}@${offset ?? ''}`, title: `${REPEATED.title}: ${shown(name, 80)} stands ${places}`, sure: 'read', evidence: copies.slice(0, MAX_COPIES).map(fieldsOf) });
  }
}

/** Tensors of one name that are listed. */
const MAX_COPIES = 4;

const FIELD_NAMES: ReadonlyMap<number, string> = new Map([[4, 'float_data'], [5, 'int32_data'], [6, 'string_data'], [7, 'int64_data'], [9, 'raw_data'], [10, 'double_data'], [11, 'uint64_data']]);

function ruleOf({ kind }: ExternalFault): Rule {
  return kind === 'escapes' ? ESCAPES : kind === 'range' ? EXTERNAL_RANGE : kind === 'key' ? EXTERNAL_KEY : TWO_VALUES;
}

/** What is wrong with a tensor's size, in words. Values in typed fields are not counted: packed and unpacked forms mix. */
function wrongSize(tensor: OnnxTensorInfo): string | undefined {
  const { dims, elementType, data } = tensor;
  if (elementCount(dims) === undefined) return `whose dimensions ${dims.join(' x ')} multiply beyond 2^53`;
  if (elementType === 0) return 'without an element type';
  if (elementType === STRING_TYPE || !ELEMENT_TYPES.has(elementType)) return undefined;
  const needed = byteSize(tensor);
  const raw = data.parts.find(({ number }) => number === 9);
  if (raw !== undefined && data.kind === 'inline' && needed !== undefined && raw.end - raw.begin !== needed) return `${raw.end - raw.begin} bytes for a shape that needs ${needed}`;
  return undefined;
}

function fieldsOf({ name, dims, elementType, at, data }: OnnxTensorInfo): { readonly kind: 'fields'; readonly title: string; readonly rows: { readonly field: string; readonly offset?: number; readonly found: string }[] } {
  const entries = data.kind === 'external' ? data.entries.map(([key, value]) => ({ field: `external_data.${shown(key, 60)}`, found: shown(value, 120) })) : [];
  return { kind: 'fields', title: shown(name, 80), rows: [{ field: 'dims', offset: at, found: dims.join(' x ') || 'scalar' }, { field: 'data_type', found: ELEMENT_TYPES.get(elementType)?.name ?? String(elementType) }, ...entries] };
}

/** Compiled contexts of accelerators (onnxruntime's EPContext): a path to load from, or the compiled program itself. */
function checkContext(file: InspectedFile, { type, domain, name, outputs, attributes }: OnnxNodeInfo, report: Report): void {
  if (type !== 'EPContext' || domain !== 'com.microsoft') return;
  const attribute = (key: string): OnnxAttribute | undefined => attributes.find((one) => one.name === key);
  if (attribute('embed_mode')?.ints[0] !== 0) return;
  const [path = ''] = attribute('ep_cache_context')?.texts ?? [];
  const why = escapes(path);
  const node = name === '' ? (outputs[0] ?? type) : name;
  if (why !== undefined) report(ESCAPES, { file, about: `context ${node}`, location: { node }, title: `A compiled context is loaded from outside of the model’s folder: ${shown(path, 120)} is ${why}`, sure: 'read', evidence: [{ kind: 'text', title: 'Node', text: shown(`EPContext ${node}: ${path}`, 400) }] });
}

function checkOperators(file: InspectedFile, model: OnnxModelInfo, report: Report): void {
  const local = new Set(model.functions.map(({ domain, name }) => `${domain}\n${name}`));
  const foreign = new Map<string, Set<string>>();
  for (const one of nodesOf(model)) {
    const { type, domain, name, outputs } = one;
    checkContext(file, one, report);
    const node = name === '' ? (outputs[0] ?? type) : name;
    if (runsCode(type)) report(CODE_OPERATOR, { file, about: node, location: { node }, title: `${CODE_OPERATOR.title}: ${shown(domain, 40)} ${type} (${shown(node, 80)})`, sure: 'read', evidence: [{ kind: 'text', title: 'Node', text: shown(`${type} of ${domain === '' ? 'the default domain' : domain}, ${node}`) }] });
    else if (!isBuiltIn(domain) && !local.has(`${domain}\n${type}`)) foreign.set(domain, (foreign.get(domain) ?? new Set()).add(type));
  }
  for (const [domain, types] of foreign) {
    const named = [...types].slice(0, 16).join(', ');
    report(FOREIGN_OPERATOR, { file, about: domain, title: `Operators of ${shown(domain, 60)}, which no runtime has built in: ${shown(named, 120)}`, sure: 'read', evidence: [{ kind: 'text', title: `${types.size} operators`, text: shown(named, 600) }] });
  }
  for (const { domain, name } of model.functions) {
    if ((domain === '' || domain === 'ai.onnx' || domain === 'com.microsoft') && nodesOf({ ...model, functions: [] }).some(({ type, domain: used }) => type === name && used === domain)) {
      report(SHADOWED, { file, about: name, title: `${SHADOWED.title}: ${shown(name, 60)}`, sure: 'resolved', evidence: [{ kind: 'text', title: 'Function', text: shown(`${domain === '' ? 'ai.onnx' : domain}.${name}`) }] });
    }
  }
}
