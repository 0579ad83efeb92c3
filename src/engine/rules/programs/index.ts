// Rules: programs that come along with a model, and scripts that do what no model's code needs. Code beside a model is
// ordinary (modeling_x.py); machine code, decoded-and-run text and shells that call out are not.
import { analysisOf } from '../rule.ts';
import { BURIED, reportBuried } from './buried.ts';
import { PROGRAM, reportExecutables } from './executables.ts';
import { reportInstructions } from './instructions.ts';
import { DATA, reportModelText } from './model-text.ts';
import { SCRIPT } from './script-rule.ts';
import { reportScripts } from './scripts.ts';

export const programs = analysisOf({
  id: 'programs',
  label: 'Programs and scripts',
  limits: 'Recognises machine code, follows the calls of Python sources, and looks for known ways of hiding in other scripts. Runs nothing and understands no program.',
  rules: [PROGRAM, SCRIPT, BURIED, DATA],
  async check({ inspection }, report) {
    await reportExecutables(inspection, report);
    await reportBuried(inspection, report);
    reportModelText(inspection, report);
    reportInstructions(inspection, report);
    reportScripts(inspection, report);
  },
});
