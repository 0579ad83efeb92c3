// Rules on skops files (skops 0.13, _skops_version in schema.json): a zip whose schema names, node by node, the class to make,
// its module and the loader's node type. The names are judged as those of a pickle are. Node types whose checks could be got
// around (CVE-2025-54412: OperatorFuncNode, CVE-2025-54413: MethodNode) are told by what they would reach.
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { baseName } from '../../artifact/formats/reader.ts';
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { isObject, type JsonObject } from '../../artifact/text.ts';
import { shown } from '../evidence.ts';
import { judgeName } from '../pickle-code/judge-name.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';

const REMEDY = 'Do not load it with trusted=True. Look at what skops.io.get_untrusted_types lists, and update skops to 0.13 or later.';
const DANGEROUS: Rule = { id: 'ASY-PKL-020', title: 'The schema of a skops file reaches what runs code', severity: 'high', misses: 'Names are judged, not what an allowed class does with its content.', references: ['CWE-502', 'CVE-2025-54412', 'CVE-2025-54413', 'AML.T0011.000'], remedy: REMEDY };
const UNKNOWN: Rule = { id: 'ASY-PKL-021', title: 'The schema of a skops file names what Assay does not know', severity: 'medium', misses: 'An honest model of a package that is on no list looks the same.', references: ['CWE-502', 'CWE-829'], remedy: REMEDY };

/** Where skops itself puts plain values and containers. */
const PLAIN = new Set(['JsonNode', 'DictNode', 'ListNode', 'TupleNode', 'SetNode', 'SliceNode', 'BytesNode', 'BytearrayNode', 'CachedNode', 'NdArrayNode', 'MaskedArrayNode', 'DTypeNode', 'RandomStateNode', 'RandomGeneratorNode', 'SparseMatrixNode', 'DefaultDictNode', 'DateTimeNode', 'QuadTreeNode']);
/** What OperatorFuncNode is for. */
const OPERATORS = new Set(['attrgetter', 'itemgetter']);
const MAX_NODES = 200_000;
const MAX_DEPTH = 60;

export const skops = analysisOf({
  id: 'skops',
  label: 'skops files',
  limits: 'Judges the modules, classes and node types that the schema of a skops file names. What an allowed class does with its content is not judged.',
  rules: [DANGEROUS, UNKNOWN],
  inapplicable: ({ inspection }) => (readBy(inspection, jsonInspector).some(({ content }) => isSchema(content.value)) ? undefined : 'no skops files'),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, jsonInspector)) {
      if (isSchema(content.value) || baseName(file.member ?? file.path) === 'schema.json') walk(content.value, '', 0, { file, report, seen: new Set(), left: MAX_NODES });
    }
  },
});

function isSchema(value: unknown): value is JsonObject {
  return isObject(value) && typeof value['__class__'] === 'string' && typeof value['__module__'] === 'string' && typeof value['__loader__'] === 'string';
}

interface Walk {
  readonly file: InspectedFile;
  readonly report: Report;
  readonly seen: Set<string>;
  left: number;
}

function walk(value: unknown, path: string, depth: number, state: Walk): void {
  if (depth > MAX_DEPTH || state.left-- <= 0) return;
  if (Array.isArray(value)) value.forEach((item: unknown, i) => walk(item, `${path}[${i}]`, depth + 1, state));
  if (!isObject(value)) return;
  if (isSchema(value)) judgeNode(value, path, state);
  for (const [key, child] of Object.entries(value)) if (typeof child === 'object') walk(child, path === '' ? key : `${path}.${key}`, depth + 1, state);
}

function judgeNode(node: JsonObject, path: string, { file, report, seen }: Walk): void {
  const [module, name, loader] = [String(node['__module__']), String(node['__class__']), String(node['__loader__'])];
  const about = `${module}.${name}`;
  const tell = (rule: Rule, why: string): void => {
    if (seen.has(`${about} ${rule.id}`)) return;
    seen.add(`${about} ${rule.id}`);
    report(rule, { file, location: { key: path === '' ? loader : path }, about, title: `${shown(about, 100)} as ${shown(loader, 40)}: ${why}`, sure: 'read', evidence: [{ kind: 'fields', title: 'What stands in the schema', rows: ['__module__', '__class__', '__loader__'].map((field) => ({ field, found: shown(String(node[field]), 100) })) }] });
  };
  if (loader === 'OperatorFuncNode') {
    if (module !== 'operator' || !OPERATORS.has(name)) tell(DANGEROUS, 'this node calls what it names');
    return;
  }
  const [target, named] = loader === 'FunctionNode' && isObject(node['content']) ? [String(node['content']['module_path'] ?? module), String(node['content']['function'] ?? name)] : [module, name];
  const standing = judgeName(target, named);
  if (standing.kind === 'dangerous' && !(PLAIN.has(loader) && /^(?:builtins|numpy|scipy|collections|datetime)(?:\.|$)/.test(target))) tell(DANGEROUS, standing.why);
  else if (loader === 'MethodNode' && standing.kind !== 'allowed') tell(DANGEROUS, 'this node takes a method of what it names');
  else if (standing.kind === 'review' && !PLAIN.has(loader) && !/^(?:sklearn|numpy|scipy)(?:\.|$)/.test(target)) tell(UNKNOWN, standing.why);
}
