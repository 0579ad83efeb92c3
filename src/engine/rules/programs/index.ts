// Rules: programs that come along with a model, and scripts that do what no model's code needs. Code beside a model is
// ordinary (modeling_x.py); machine code, decoded-and-run text and shells that call out are not.
import { programInspector } from '../../artifact/formats/program-inspector.ts';
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy } from '../../artifact/inspect/inspection.ts';
import { bytesAround, shown } from '../evidence.ts';
import { confirm } from './confirm.ts';
import { analysisOf, type Rule } from '../rule.ts';

const PROGRAM: Rule = {
  id: 'ASY-EXE-001', title: 'A program lies among the model’s files', severity: 'medium',
  misses: 'Machine code is recognised and not taken apart. Runtimes that ship a model with their own library look like this, too.',
  references: ['AML.T0010.003', 'AML.T0018.002', 'CWE-506'], remedy: 'A model needs no program. Remove it, or find out what it is for before running anything.',
};
const SCRIPT: Rule = {
  id: 'ASY-EXE-002', title: 'A script does what no model’s code needs', severity: 'high',
  misses: 'Looks for a few ways of running hidden text or calling out, as they are usually written. Code that hides better is not found: read what you run.',
  references: ['AML.T0010.003', 'AML.T0011.000', 'CWE-506', 'CWE-94'], remedy: 'Do not run it. Read it first, in an editor.',
};

const SCRIPT_NAME = /\.(py|pyw|sh|bash|zsh|bat|cmd|ps1|vbs|js|mjs|rb|pl|lua|r)$/i;

/** Each on one line of at most 4,000 characters; every quantifier is bounded. */
const PATTERNS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\b(?:exec|eval)\s{0,4}\(\s{0,4}(?:__import__|compile|base64|zlib|marshal|codecs|bytes\.fromhex|binascii|getattr|lzma|gzip)\b/, 'runs text that it decodes first'],
  [/\b(?:exec|eval)\s{0,4}\([^\n]{0,200}(?:b64decode|fromhex|decompress|urlopen|requests\.get)\b/, 'runs text that it decodes or downloads first'],
  [/\bmarshal\.loads\s{0,4}\(/, 'runs bytecode that it carries'],
  [/\/dev\/tcp\//, 'opens a connection out of a shell'],
  [/\b(?:curl|wget)\b[^\n|]{0,300}\|\s{0,4}(?:sudo\s{1,4})?(?:ba|z|da)?sh\b/, 'runs what it downloads'],
  [/\bos\.dup2\s{0,4}\([^\n]{0,80}fileno\s{0,4}\(/, 'hands a shell to a connection'],
  [/\bpty\.spawn\s{0,4}\(/, 'spawns a shell'],
  [/\bpowershell(?:\.exe)?\b[^\n]{0,120}\s-e(?:nc|ncodedcommand)?\b/i, 'runs encoded PowerShell'],
  [/\bIEX\s{0,4}\(\s{0,4}New-Object\s{1,4}Net\.WebClient/i, 'runs what it downloads'],
];
const MAX_LINE = 4000;

const BURIED: Rule = {
  id: 'ASY-EXE-003', title: 'Code stands among bytes that no reader takes apart', severity: 'high',
  misses: 'Looks for how programs, scripts, pickles and calls begin when they stand there as they are. Whatever is encoded, encrypted or spread over many numbers is not found.',
  references: ['AML.T0018.002', 'CWE-506', 'CWE-94'], remedy: 'Do not load the file. Nothing that belongs to a model stands there.',
};

export const programs = analysisOf({
  id: 'programs',
  label: 'Programs and scripts',
  limits: 'Recognises machine code and looks for known ways of hiding in scripts. Does not understand programs.',
  rules: [PROGRAM, SCRIPT, BURIED],
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, programInspector)) {
      if (content.kind.startsWith('compiled Python') && /(^|[/!])__pycache__\//.test(file.path)) continue;
      report(PROGRAM, { file, offset: 0, about: 'program', title: `${shown(file.member ?? file.path, 100)} is ${content.kind}`, sure: 'read', evidence: [await bytesAround(file.source, 0, 'The first bytes')] });
    }
    for (const file of inspection.files) {
      for (const { offset, what, evidence } of await confirm(file.source, file.buried)) report(BURIED, { file, offset, about: what, title: `${shown(what, 80)} in ${shown(file.member ?? file.path, 80)}, among bytes that no reader takes apart`, sure: 'inferred', evidence });
    }
    for (const { file, content } of readBy(inspection, textInspector)) {
      if (!SCRIPT_NAME.test(file.member ?? file.path) && !content.startsWith('#!')) continue;
      let begin = 0;
      for (const line of content.split('\n')) {
        const hit = PATTERNS.find(([pattern]) => pattern.test(line.slice(0, MAX_LINE)));
        if (hit !== undefined) report(SCRIPT, { file, about: `${begin}`, title: `${shown(file.member ?? file.path, 80)} ${hit[1]}`, sure: 'inferred', evidence: [{ kind: 'source', title: 'The line', text: shown(line, 600), marks: [] }] });
        begin += line.length + 1;
      }
    }
  },
});
