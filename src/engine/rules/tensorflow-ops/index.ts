// Rules: operators that let a TensorFlow graph touch files, run Python or come from nowhere known. A graph is a program:
// these run when it is loaded or called.
import { readBy } from '../../artifact/inspect/inspection.ts';
import type { OperatorUse } from '../../artifact/tensorflow/file-wiring.ts';
import { tensorflowInspector } from '../../artifact/tensorflow/saved-model-inspector.ts';
import { tfliteInspector } from '../../artifact/tensorflow/tflite-inspector.ts';
import { codeInText } from '../code-in-text.ts';
import { shown } from '../evidence.ts';
import { judgeName } from '../pickle-code/judge-name.ts';
import { analysisOf, type Rule } from '../rule.ts';

const REMEDY = 'Do not load it outside of a machine that holds nothing. Ask the publisher what the operator is for.';
const RUNS_PYTHON: Rule = { id: 'ASY-TFL-001', title: 'The graph runs Python', severity: 'critical', misses: 'The Python function is registered by the program that loads the graph; what it does cannot be told.', references: ['AML.T0010.003', 'AML.T0011.000', 'CWE-94'], remedy: REMEDY };
const WRITES: Rule = { id: 'ASY-TFL-002', title: 'The graph writes files', severity: 'high', misses: 'Says that it can, not where to: names may be computed. Saving of checkpoints is ordinary and only reported where a constant leads out of the folder.', references: ['AML.T0010.003', 'CWE-73'], remedy: REMEDY };
const READS: Rule = { id: 'ASY-TFL-003', title: 'The graph reads files', severity: 'high', misses: 'Says that it can, not which: names may be computed. Vocabulary tables and checkpoints are ordinary and only reported where a constant leads out of the folder.', references: ['AML.T0010.003', 'CWE-73'], remedy: REMEDY };
const NETWORK: Rule = { id: 'ASY-TFL-004', title: 'The graph speaks to other machines or devices', severity: 'medium', misses: 'Distributed training graphs look like this as well.', references: ['AML.T0010.003', 'CWE-918'], remedy: REMEDY };
const CUSTOM: Rule = { id: 'ASY-TFL-005', title: 'An operator of unknown origin', severity: 'medium', misses: 'A custom operator is native code that the program brings along. Assay knows those of TensorFlow’s own tools.', references: ['AML.T0010.003', 'CWE-829'], remedy: REMEDY };

const TEXT: Rule = { id: 'ASY-TFL-006', title: 'A string in the graph is a command, code or a library', severity: 'high', misses: 'Looks at strings of attributes and collections for calls and commands as they are usually written; strings inside tensors are not read.', references: ['AML.T0010.003', 'AML.T0018.002', 'CWE-94'], remedy: REMEDY };

const PYTHON = /^(Eager)?PyFunc(Stateless)?$|^(Stateless)?Py(thon)?(Func|Op|Call)|^Experimental.*PyFunc/;
const FILE_WRITES = new Set(['WriteFile', 'SaveDataset', 'SaveDatasetV2', 'DatasetToTFRecord', 'ExperimentalDatasetToTFRecord', 'WriteAudioSummary', 'WriteGraphSummary', 'WriteHistogramSummary', 'WriteImageSummary', 'WriteRawProtoSummary', 'WriteScalarSummary', 'WriteSummary', 'CreateSummaryFileWriter', 'CreateSummaryDbWriter', 'SnapshotDataset', 'SnapshotDatasetV2', 'DebugIdentity', 'DebugIdentityV2', 'DebugIdentityV3', 'DeleteFile', 'RenameFile', 'CopyFile']);
const FILE_READS = new Set(['ReadFile', 'MatchingFiles', 'MatchingFilesDataset', 'WholeFileReader', 'WholeFileReaderV2', 'TextLineReader', 'TextLineReaderV2', 'FixedLengthRecordReader', 'FixedLengthRecordReaderV2', 'TFRecordReader', 'TFRecordReaderV2', 'LMDBReader', 'IdentityReader', 'TextLineDataset', 'TFRecordDataset', 'TFRecordDatasetV2', 'FixedLengthRecordDataset', 'FixedLengthRecordDatasetV2', 'CSVDataset', 'CSVDatasetV2', 'SqlDataset', 'ImmutableConst', 'LoadDataset', 'ListDataset', 'GetFileSize', 'IsDirectory', 'FileExists', 'ListDirectory']);
/** Absolute, upwards, in somebody's home, on a drive or at an address: not in the folder of the model. */
const LEADS_OUT = /^(?:\/|\\|~|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,20}:\/\/)|(?:^|[\\/])\.\.(?:[\\/]|$)/i;
const CHECKPOINT = /ckpt|checkpoint|\/variables$|model[^/]{0,60}$/i;
/** Load machine code or start programs; not TensorFlow's own: whoever registers them means it. */
const NATIVE = new Set(['LoadLibrary', 'LoadOpLibrary', 'ShellExecute', 'SystemOp', 'ExecuteProgram', 'RunCommand', 'Exec', 'System', 'Shell']);
const REMOTE = new Set(['RpcCall', 'RpcClient', 'RpcServer', 'RpcServerStart', 'RpcServerRegister', 'DataServiceDataset', 'DataServiceDatasetV2', 'DataServiceDatasetV3', 'DataServiceDatasetV4', 'RegisterDataset', 'RegisterDatasetV2', 'BigQueryReader', 'GenerateBigQueryReaderPartitions', 'RemoteCall', 'CloudBigtableClient', 'DistributedSave']);

/** Custom operators that TensorFlow Lite's own converters and tools write. */
const KNOWN_CUSTOM = /^(TFLite_Detection_PostProcess|Convolution2DTransposeBias|MaxPoolingWithArgmax2D|MaxUnpooling2D|AudioSpectrogram|Mfcc|RFFT2D|Landmarks2TransformMatrix.*|TransformTensorBilinear|TransformLandmarks|aten::.*|tf\.Sentencepiece.*|TFSentencepieceTokenizeOp|edgetpu-custom-op|Flex[A-Z].*|NumericVerify|odml\..*|stablehlo\..*)$/;

export const tensorflowOps = analysisOf({
  id: 'tensorflow-ops',
  label: 'TensorFlow operators',
  limits: 'Looks at the names of operators in SavedModel, GraphDef and TensorFlow Lite files. Conditions hidden in the graph’s logic are not followed here.',
  rules: [RUNS_PYTHON, WRITES, READS, NETWORK, CUSTOM, TEXT],
  inapplicable: ({ inspection }) => (readBy(inspection, tensorflowInspector).length + readBy(inspection, tfliteInspector).length === 0 ? 'no TensorFlow graph' : undefined),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, tensorflowInspector)) {
      const uses = new Map<string, OperatorUse[]>();
      for (const use of content.operators) {
        const list = uses.get(use.operator);
        if (list === undefined) uses.set(use.operator, [use]);
        else list.push(use);
      }
      for (const [operator, list] of uses) {
        const rule = ruleOf(operator);
        const [first] = list;
        if (rule === undefined || first === undefined) continue;
        report(rule, {
          file, offset: first.offset, location: { node: first.node }, about: operator, title: `${rule.title}: ${shown(operator, 60)}${first.inside === '' ? '' : ` in the function ${shown(first.inside, 60)}`}`, sure: 'read',
          evidence: [{ kind: 'table', title: 'Where it is used', columns: ['node', 'function', 'offset'], rows: list.slice(0, 16).map(({ node, inside, offset }) => [shown(node, 100), shown(inside, 60), offset]) }],
        });
      }
    }
    for (const { file, content } of readBy(inspection, tensorflowInspector)) {
      for (const { operator, node, inside, path, offset } of content.files) {
        const writes = /^(?:Save|Merge)/.test(operator);
        // Training that began with another checkpoint keeps its place in the graph.
        if (!LEADS_OUT.test(path) || (!writes && operator.startsWith('Restore') && CHECKPOINT.test(path))) continue;
        const rule = writes ? WRITES : READS;
        report(rule, { file, offset, location: { node }, about: `${operator} ${inside} ${node} ${path}`, title: `${rule.title}: ${shown(operator, 60)} ${writes ? 'to' : 'from'} ${shown(path, 120)}`, sure: 'read', evidence: [{ kind: 'text', title: 'The name of the file, a constant of the graph', text: shown(path, 400) }] });
      }
      for (const { text, node, attribute, offset } of content.texts) {
        const what = textAsks(text, attribute);
        if (what !== undefined) report(TEXT, { file, offset, location: { node }, about: `${node}:${attribute}:${offset}`, title: `${shown(attribute, 60)} of ${node === '' ? 'a collection' : shown(node, 60)} is ${what}`, sure: 'inferred', evidence: [{ kind: 'text', title: 'What stands there', text: shown(text, 400) }] });
      }
    }
    for (const { file, content } of readBy(inspection, tfliteInspector)) {
      for (const { custom, offset } of content.operators) {
        if (custom === undefined || custom === '') continue;
        const rule = ruleOf(custom.replace(/^Flex/, '')) ?? (KNOWN_CUSTOM.test(custom) ? undefined : CUSTOM);
        if (rule !== undefined) report(rule, { file, offset, location: { node: shown(custom, 60) }, about: custom.slice(0, 60), title: `${rule.title}: ${shown(custom, 60)}`, sure: 'read', evidence: [] });
      }
    }
  },
});

/** A file that PrintV2 writes to, a dangerous function by name, a library, or code. */
function textAsks(text: string, attribute: string): string | undefined {
  if (/^output_stream$/.test(attribute) && /file:\/\//.test(text)) return 'a file to write to';
  const name = /^[^\w]{0,4}([A-Za-z_][\w.]{1,200})$/.exec(text.trim())?.[1];
  const dot = name?.lastIndexOf('.') ?? -1;
  if (name !== undefined && dot > 0 && judgeName(name.slice(0, dot), name.slice(dot + 1)).kind === 'dangerous') return 'the name of a function that no graph needs';
  if (/\.(?:so|dll|dylib)$/.test(text) && /^(?:library|lib)/i.test(attribute)) return 'a library to load';
  return codeInText(text)?.what;
}

function ruleOf(operator: string): Rule | undefined {
  if (PYTHON.test(operator)) return RUNS_PYTHON;
  if (FILE_WRITES.has(operator)) return WRITES;
  if (FILE_READS.has(operator)) return READS;
  if (NATIVE.has(operator)) return CUSTOM;
  return REMOTE.has(operator) ? NETWORK : undefined;
}
