// Rules on the code inside TorchScript archives (torch.jit.save, torch/csrc/jit/docs/serialization.md: 'code/__torch__/….py'):
// a subset of Python that reaches the world through operators alone. Told are operators that touch files, and operators of
// namespaces that PyTorch and its own libraries do not bring, which is native code that the loading program must register.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import type { Evidence } from '../../core/finding.ts';
import { shown, shownLines } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';

const FILES: Rule = {
  id: 'ASY-PKL-030', title: 'TorchScript code opens files', severity: 'high',
  misses: 'Operators are told by their names; what they are given is not followed.',
  references: ['CWE-73', 'AML.T0011.000', 'AML.T0018.001'], remedy: 'Do not run the model: from_file maps any file of yours into memory and can write to it.',
};
const FOREIGN: Rule = {
  id: 'ASY-PKL-031', title: 'TorchScript code uses operators of unknown origin', severity: 'medium',
  misses: 'An honest extension looks the same. Operators of known libraries can be replaced by whoever registers them.',
  references: ['CWE-829', 'AML.T0010.003'], remedy: 'Find out which library registers the operator before you load it.',
};

const PACKAGE: Rule = {
  id: 'ASY-PKL-032', title: 'A torch.package archive brings Python of its own', severity: 'medium',
  misses: 'What the Python does is not followed; lines of known ways to hide are reported as of any script.',
  references: ['CWE-94', 'AML.T0011.000'], remedy: 'Loading it runs this Python. Read it first, or ask for the weights alone.',
};

const CODE_MEMBER = /(^|\/)code\/[^!]{1,400}\.py$/;
const OPENS = /\b(?:torch|ops\.aten)\.(?:from_file|save|load|_load_from_file|to_file)\s{0,4}\(/g;
const OPERATOR = /\bops\.([A-Za-z_]\w{0,60})\.(\w{1,80})/g;
/** Namespaces of PyTorch, its domain libraries and its exporters. */
const KNOWN = new Set(['aten', 'prim', 'prims', 'quantized', '_quantized', 'quantized_decomposed', 'torchvision', 'torchaudio', 'torchtext', 'sparse', 'mkldnn', 'mkldnn_prepacked', 'onednn', 'prepacked', 'metal_prepack', 'vulkan_prepack', 'xnnpack', 'inductor', 'c10d', '_c10d_functional', 'dist_autograd', 'profiler', 'static_runtime', 'tensorexpr', 'fb', 'fbgemm', 'onnx', 'torch_scatter', 'torch_sparse', 'torch_cluster', 'torch_spline_conv', 'pyg', 'neuron', 'tensorrt', 'detectron2', 'mps', 'cuda', 'autograd', 'nnapi', 'rnnt', 'torch_ipex']);

export const torchscript = analysisOf({
  id: 'torchscript',
  label: 'TorchScript code',
  limits: 'Looks at the operators that the code of a TorchScript archive names. Conditions in the code are not followed.',
  rules: [FILES, FOREIGN, PACKAGE],
  inapplicable: ({ inspection }) => (packagesIn(inspection).length > 0 || readBy(inspection, textInspector).some(({ file }) => isCode(file)) ? undefined : 'no TorchScript code'),
  async check({ inspection }, report) {
    const packages = packagesIn(inspection);
    for (const archive of packages) {
      const code = inspection.files.filter(({ container, member }) => container === archive.path && member !== undefined && /\.py$/.test(member));
      const [first] = code;
      if (first !== undefined) report(PACKAGE, { file: archive, about: 'package', sure: 'read', evidence: [{ kind: 'table', title: 'Python in the archive', columns: ['member'], rows: code.slice(0, 32).map(({ member }) => [shown(member ?? '', 120)]) }] });
    }
    for (const { file, content } of readBy(inspection, textInspector).filter(({ file }) => isCode(file))) {
      for (const match of content.matchAll(OPENS)) report(FILES, { file, offset: match.index, about: String(match.index), title: `TorchScript code calls ${match[0].replace(/\s*\($/, '')}, which opens files`, sure: 'read', evidence: [around(content, match.index)] });
      const seen = new Set<string>();
      for (const match of content.matchAll(OPERATOR)) {
        const [, space = '', name = ''] = match;
        if (KNOWN.has(space) || seen.has(`${space}.${name}`)) continue;
        seen.add(`${space}.${name}`);
        report(FOREIGN, { file, offset: match.index, about: `${space}.${name}`, title: `TorchScript code uses the operator ${shown(`${space}::${name}`, 120)}`, sure: 'read', evidence: [around(content, match.index)] });
      }
    }
  },
});

/** torch.package keeps its own records under '.data/'. */
function packagesIn({ files }: Inspection): InspectedFile[] {
  const paths = new Set(files.flatMap(({ container, member }) => (container !== undefined && member !== undefined && /(?:^|\/)\.data\/(?:extern_modules|python_version)$/.test(member) ? [container] : [])));
  return files.filter(({ path }) => paths.has(path));
}

function isCode({ member }: InspectedFile): boolean {
  return member !== undefined && CODE_MEMBER.test(member);
}

function around(text: string, at: number): Evidence {
  const begin = Math.max(0, text.lastIndexOf('\n', at - 200));
  return { kind: 'source', title: 'The code there', text: shownLines(text.slice(begin, at + 300), 600), marks: [] };
}
