// Rules on R data: values that run code when they are looked at, and calls that no model needs. Calls are ordinary in fitted
// models (they keep the call that made them); told are those that start programs, load machine code or fetch files.
import { rInspector } from '../../artifact/formats/r-inspector.ts';
import { readBy } from '../../artifact/inspect/inspection.ts';
import { codeInText } from '../code-in-text.ts';
import { bytesAround, shown } from '../evidence.ts';
import { analysisOf, type Rule } from '../rule.ts';

const REMEDY = 'Do not load it with R. Ask for the model’s numbers in a format without code.';
const PROMISE: Rule = { id: 'ASY-RDA-001', title: 'A value of R that runs code when it is looked at', severity: 'high', misses: 'Promises deeper inside (in the environments of functions) are ordinary and only told for what they call.', references: ['CVE-2024-27322', 'CWE-502', 'AML.T0011.000'], remedy: `${REMEDY} R 4.4.0 and later refuse some of these.` };
const CALL: Rule = { id: 'ASY-RDA-002', title: 'R data that calls what no model needs', severity: 'high', misses: 'Goes by the names of functions that start programs, load machine code or fetch files. Names that are put together while running are not followed, nor what eval is given.', references: ['CWE-502', 'CWE-94', 'AML.T0011.000'], remedy: REMEDY };
const TEXT: Rule = { id: 'ASY-RDA-003', title: 'A text in R data is a command or code', severity: 'medium', misses: 'Looks for calls and commands as they are usually written. Whether anything runs them cannot be told.', references: ['CWE-94', 'CWE-506'], remedy: REMEDY };

const HARMFUL: ReadonlySet<string> = new Set(['system', 'system2', 'shell', 'shell.exec', 'pipe', 'socketConnection', 'url', 'download.file', 'dyn.load', 'unlink', 'file.remove', 'Sys.chmod', 'source', 'reg.finalizer', '.External2']);
/** Of these, the ones that honest functions use. */
const ORDINARY_IN_FUNCTIONS: ReadonlySet<string> = new Set(['url', 'unlink', 'file.remove', 'source', 'reg.finalizer', '.External2']);

export const rObjects = analysisOf({
  id: 'r-objects',
  label: 'R data',
  limits: 'Reads the portable binary form of R’s serialisation. What functions in it do when somebody calls them is judged by the names they call alone.',
  rules: [PROMISE, CALL, TEXT],
  inapplicable: ({ inspection }) => (readBy(inspection, rInspector).length === 0 ? 'no R data' : undefined),
  async check({ inspection }, report) {
    for (const { file, content } of readBy(inspection, rInspector)) {
      for (const { offset, outermost } of content.promises) {
        if (!outermost) continue;
        const calls = content.calls.filter(({ promised, offset: at }) => promised && at > offset).slice(0, 16).map(({ name }) => name ?? 'the result of a call');
        report(PROMISE, { file, offset, about: `${offset}`, title: `${PROMISE.title}${calls.length === 0 ? '' : `: it calls ${shown(calls.join(', '), 120)}`}`, sure: 'read', evidence: [await bytesAround(file.source, offset, 'The promise')] });
      }
      for (const { offset, name, promised, inFunction } of content.calls) {
        if (name === undefined || !HARMFUL.has(name) || (inFunction && !promised && ORDINARY_IN_FUNCTIONS.has(name))) continue;
        report(CALL, { file, offset, about: `${name}@${offset}`, title: `R data that calls ${shown(name, 60)}${promised ? ' when it is looked at' : inFunction ? ' in a function' : ''}`, severity: inFunction && !promised ? 'medium' : 'high', sure: 'read', evidence: [await bytesAround(file.source, offset, 'The call')] });
      }
      for (const { offset, text } of content.texts) {
        const code = codeInText(text);
        if (code !== undefined) report(TEXT, { file, offset, about: `${offset}`, title: `A text in R data is ${code.what}`, sure: 'inferred', evidence: [{ kind: 'text', title: 'What stands there', text: shown(text.slice(Math.max(0, code.at - 40)), 400) }] });
      }
    }
  },
});
