// Rules: programs that come along with a model, and scripts that do what no model's code needs. Code beside a model is
// ordinary (modeling_x.py); machine code, decoded-and-run text and shells that call out are not.
import { programInspector } from '../../artifact/formats/program-inspector.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { ubjsonInspector } from '../../artifact/formats/ubjson-inspector.ts';
import { readBy, type InspectedFile, type Inspection } from '../../artifact/inspect/inspection.ts';
import type { Evidence, Severity } from '../../core/finding.ts';
import { bytesAround, shown, shownLines } from '../evidence.ts';
import { codeInText } from '../code-in-text.ts';
import { sendingLine } from './carries.ts';
import { commandDeed } from './command-deed.ts';
import { confirm } from './confirm.ts';
import { encodedFile } from './encoded.ts';
import { fetchedAndRun } from './fetched.ts';
import { handedToShell, isInstaller } from './handed-to-shell.ts';
import { logicalLines } from './lines.ts';
import { oddLine } from './odd-lines.ts';
import { deedsOf } from './python/deeds.ts';
import { analysisOf, type Rule } from '../rule.ts';
import { workspaceKind } from '../workspace/kinds.ts';

const PROGRAM: Rule = {
  id: 'ASY-EXE-001', title: 'A program lies among the model’s files', severity: 'medium',
  misses: 'Machine code is recognised and not taken apart. Runtimes that ship a model with their own library look like this, too.',
  references: ['AML.T0010.003', 'AML.T0018.002', 'CWE-506'], remedy: 'A model needs no program. Remove it, or find out what it is for before running anything.',
};
const SCRIPT: Rule = {
  id: 'ASY-EXE-002', title: 'A script does what no model’s code needs', severity: 'high',
  misses: 'Python is read call by call, with names and texts followed as far as they stand in one file; other scripts line by line. Code that hides better is not found: read what you run.',
  references: ['AML.T0010.003', 'AML.T0011.000', 'CWE-506', 'CWE-94'], remedy: 'Do not run it. Read it first, in an editor.',
};

const DATA: Rule = {
  id: 'ASY-EXE-005', title: 'A model written as text holds a command or code', severity: 'medium',
  misses: 'Looks for calls and commands as they are usually written, in files that hold a model by their name or their first line. Whether a program runs them cannot be told.',
  references: ['AML.T0018.002', 'CWE-94', 'CWE-506'], remedy: 'Find out which program would read this line before you load the model.',
};

/** Files that hold a model or its numbers, where they are text: LightGBM, Torch7, R, XGBoost and the like. */
const DATA_NAME = /\.(model|lgb|lightgbm|gbm|t7|th|net|rds|rda|rdata|cbm|bst|ubj|params|prototxt|pbtxt|mlmodel|onnx|pte|ptl|rknn|engine|trt|plan|pdmodel|pdiparams|cntk|dnn|caffemodel|weights|bin|pt|pth|ckpt|pkl|pickle|joblib|npy|npz|h5|hdf5|keras|safetensors|gguf|ggml|msgpack|flax|orbax|jax|tflite|pb|nemo|mar|skops|mojo|pfa|svm|arff)$/i;
const DATA_START = /^(?:tree\nversion=|X\n|RDX[23]\n|4\n1\n3\nV )/;

const SCRIPT_NAME = /\.(py|pyw|sh|bash|zsh|ksh|fish|command|bat|cmd|ps1|psm1|vbs|vbe|js|jse|mjs|cjs|ts|jsx|tsx|html?|xhtml|rb|pl|lua|r|jl|php|hta|wsf)$|(?:^|[/!])\.(?:envrc|bashrc|zshrc|profile|bash_profile|zshenv|Rprofile|gdbinit|lldbinit|exrc|vimrc)$|(?:^|[/!])(?:autorun\.inf|\.gitmodules)$|(?:^|[/!])\.git\/config$/i;
/** What people follow line by line, and what builds follow by themselves. */
const INSTRUCTIONS = /(?:^|[/!])(?:readme|install|usage|getting[_-]?started|setup)[\w.-]{0,40}$|\.(?:md|rst|markdown)$|(?:^|[/!])(?:dockerfile|containerfile|makefile|justfile|procfile)[\w.-]{0,40}$|\.(?:dockerfile|mk)$/i;
const MAX_LINES = 20_000;
/** Longer texts in base64 are no notes. */
const MAX_ENCODED = 2 ** 22;
const PYTHON = /\.pyw?$/i;
/** Python imports these by itself whenever it starts in their folder. */
const STARTS_ITSELF = /(?:^|[/!])(?:sitecustomize|usercustomize)\.py$/;

const BURIED: Rule = {
  id: 'ASY-EXE-003', title: 'Code stands among bytes that no reader takes apart', severity: 'high',
  misses: 'Looks for how programs, scripts, pickles and calls begin when they stand there as they are. Whatever is encoded, encrypted or spread over many numbers is not found.',
  references: ['AML.T0018.002', 'CWE-506', 'CWE-94'], remedy: 'Do not load the file. Nothing that belongs to a model stands there.',
};

const MOST_LISTED = 100;

/** Those of one kind in one archive (the classes of a jar) together. */
function programsOf(inspection: Inspection): { readonly kind: string; readonly files: readonly [InspectedFile, ...InspectedFile[]] }[] {
  const groups = new Map<string, { readonly kind: string; readonly files: [InspectedFile, ...InspectedFile[]] }>();
  for (const { file, content: { kind } } of readBy(inspection, programInspector)) {
    if (kind.startsWith('compiled Python') && /(^|[/!])__pycache__\//.test(file.path)) continue;
    const key = `${archiveOf(file.path) ?? file.path}\n${kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, files: [file] });
    else group.files.push(file);
  }
  return [...groups.values()];
}

/** Path of the archive that a file lies in. */
function archiveOf(path: string): string | undefined {
  const at = path.lastIndexOf('!');
  return at < 0 ? undefined : path.slice(0, at);
}

/** What makes a folder the source of a program for Java or Android. */
const JAVA_PROJECT = /(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradlew(?:\.bat)?|gradle-wrapper\.properties|build\.sbt|AndroidManifest\.xml)$/;

/**
 * Libraries that a program's own source brings along (Gradle's wrapper before all): no loader of models reads them, and they
 * stay listed as not inspected. A library for Java where there is no such source, or a class among weights, has no such reason.
 */
function ofBuild({ path }: InspectedFile, kind: string, { files }: Inspection): boolean {
  return kind === 'a Java class' && /^[^!]{1,4000}\.(?:jar|aar)$/i.test(archiveOf(path) ?? '') && files.some((file) => JAVA_PROJECT.test(file.path));
}

export const programs = analysisOf({
  id: 'programs',
  label: 'Programs and scripts',
  limits: 'Recognises machine code, follows the calls of Python sources, and looks for known ways of hiding in other scripts. Runs nothing and understands no program.',
  rules: [PROGRAM, SCRIPT, BURIED, DATA],
  async check({ inspection }, report) {
    for (const { kind, files } of programsOf(inspection)) {
      const [file] = files;
      const name = shown(file.member ?? file.path, 100);
      const title = files.length === 1 ? `${name} is ${kind}` : `${shown(archiveOf(file.path) ?? '', 100)} holds ${files.length} programs: ${kind} each`;
      const members: Evidence[] = files.length === 1 ? [] : [{ kind: 'table', title: 'The programs', columns: ['file', 'bytes'], rows: files.slice(0, MOST_LISTED).map((each) => [shown(each.member ?? each.path, 200), each.source.size]) }];
      report(PROGRAM, { file, offset: 0, about: 'program', title, ...(ofBuild(file, kind, inspection) ? { severity: 'info' } : {}), sure: 'read', evidence: [...members, await bytesAround(file.source, 0, 'The first bytes')] });
    }
    for (const file of inspection.files) {
      for (const { offset, what, evidence } of await confirm(file.source, file.buried)) report(BURIED, { file, offset, about: what, title: `${shown(what, 80)} in ${shown(file.member ?? file.path, 80)}, among bytes that no reader takes apart`, sure: 'inferred', evidence });
    }
    for (const { file, content: { texts } } of readBy(inspection, ubjsonInspector)) {
      for (const { path, text, offset } of texts) {
        const code = codeInText(text);
        if (code !== undefined) report(DATA, { file, offset, about: String(offset), location: { key: path }, title: `${shown(path, 80)} of ${shown(file.member ?? file.path, 80)} holds ${code.what}`, sure: 'inferred', evidence: [{ kind: 'source', title: 'What stands there', text: shownLines(text.slice(Math.max(0, code.at - 80), code.at + 400), 480), marks: [] }] });
      }
    }
    for (const { file, content } of readBy(inspection, textInspector)) {
      const name = file.member ?? file.path;
      const code = DATA_NAME.test(name) || DATA_START.test(content) ? codeInText(content) : undefined;
      if (code !== undefined) report(DATA, { file, offset: code.at, about: 'text', title: `${shown(name, 80)} holds ${code.what}`, sure: 'inferred', evidence: [{ kind: 'source', title: 'What stands there', text: shownLines(content.slice(Math.max(0, code.at - 80), code.at + 400), 480), marks: [] }] });
      if (STARTS_ITSELF.test(name)) report(SCRIPT, { file, offset: 0, about: 'starts', title: `${shown(name, 80)} runs by itself whenever Python starts beside it`, severity: 'medium', sure: 'read', evidence: [{ kind: 'source', title: 'How it begins', text: shownLines(content.slice(0, 600), 600), marks: [] }] });
      const hidden = DATA_NAME.test(name) || content.length > MAX_ENCODED ? undefined : encodedFile(content);
      if (hidden !== undefined) report(DATA, { file, offset: hidden.at, about: 'encoded', title: `${shown(name, 80)} holds ${hidden.what}`, severity: 'medium', sure: 'resolved', evidence: [{ kind: 'source', title: 'What stands there', text: shownLines(content.slice(hidden.at, hidden.at + 400), 480), marks: [] }] });
      if (INSTRUCTIONS.test(name) && workspaceKind(file.path) === undefined) {
        for (const [i, line] of content.split('\n', MAX_LINES).entries()) {
          const handed = handedToShell(line);
          if (handed !== undefined) report(SCRIPT, { file, about: `handed ${i}`, location: { key: `line ${i + 1}` }, title: `${shown(name, 80)} ${handed}`, severity: 'medium', sure: 'inferred', evidence: [{ kind: 'source', title: 'The line', text: shownLines(line, 600), marks: [] }] });
        }
      }
      if (!SCRIPT_NAME.test(name) && !content.startsWith('#!')) continue;
      const told = new Set<number>();
      for (const { what, severity, at } of PYTHON.test(name) || /^#![^\n]{0,80}python/.test(content) ? deedsOf(content) : []) {
        told.add(content.lastIndexOf('\n', at) + 1);
        const line = content.slice(0, at).split('\n').length;
        report(SCRIPT, { file, about: what, location: { key: `line ${line}` }, title: `${shown(name, 80)} ${what}`, severity, sure: 'inferred', evidence: [{ kind: 'source', title: `From line ${line}`, text: shownLines(content.slice(content.lastIndexOf('\n', at) + 1, at + 500), 600), marks: [] }] });
      }
      const python = PYTHON.test(name);
      const lines = logicalLines(content, name);
      // What was followed call by call is told once.
      const reported = new Set([...told].map((begin) => content.slice(0, begin).split('\n').length));
      const tell = (line: number, what: string, severity: Severity, text: string): void => {
        if (!reported.has(line)) report(SCRIPT, { file, about: `line ${line}`, location: { key: `line ${line}` }, title: `${shown(name, 80)} ${what}`, severity, sure: 'inferred', evidence: [{ kind: 'source', title: 'The line', text: shownLines(text, 600), marks: [] }] });
        reported.add(line);
      };
      for (const { text, line } of lines) {
        if (python && (/^\s{0,200}#/.test(text) || isInstaller(text))) continue;
        const odd = python ? oddLine(text, true) : undefined;
        const deed = python ? (odd === undefined ? undefined : { what: odd, severity: SCRIPT.severity }) : commandDeed(text);
        if (deed !== undefined) tell(line, deed.what, deed.severity, text);
      }
      if (python) continue;
      const plain = lines.map(({ text }) => text);
      const started = fetchedAndRun(plain, false);
      if (started !== undefined) tell(lines[started.at]?.line ?? 1, started.what, 'high', plain[started.at] ?? '');
      const sends = sendingLine(plain);
      if (sends !== undefined) tell(lines[sends]?.line ?? 1, 'sends keys or settings of this machine to another', 'high', plain[sends] ?? '');
    }
  },
});
