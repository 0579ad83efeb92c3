// The one rule of scripts and of instructions that people or builds follow as if they were scripts.
import type { Evidence } from '../../core/finding.ts';
import { shownLines } from '../evidence.ts';
import type { Rule } from '../rule.ts';

export const SCRIPT: Rule = {
  id: 'ASY-EXE-002', title: 'A script does what no model’s code needs', severity: 'high',
  misses: 'Python is read call by call, with names and texts followed as far as they stand in one file; other scripts line by line. Code that hides better is not found: read what you run.',
  references: ['AML.T0010.003', 'AML.T0011.000', 'CWE-506', 'CWE-94'], remedy: 'Do not run it. Read it first, in an editor.',
};

/** Characters of a script that are shown. */
const MOST_SHOWN = 600;

export function sourceShown(title: string, text: string): Evidence {
  return { kind: 'source', title, text: shownLines(text, MOST_SHOWN), marks: [] };
}
