// Programs, scripts and calls that stand among bytes which no reader takes apart.
import type { Inspection } from '../../artifact/inspect/inspection.ts';
import { shown } from '../evidence.ts';
import type { Report, Rule } from '../rule.ts';
import { confirm } from './confirm.ts';

export const BURIED: Rule = {
  id: 'ASY-EXE-003', title: 'Code stands among bytes that no reader takes apart', severity: 'high',
  misses: 'Looks for how programs, scripts, pickles and calls begin when they stand there as they are. Whatever is encoded, encrypted or spread over many numbers is not found.',
  references: ['AML.T0018.002', 'CWE-506', 'CWE-94'], remedy: 'Do not load the file. Nothing that belongs to a model stands there.',
};

export async function reportBuried({ files }: Inspection, report: Report): Promise<void> {
  for (const file of files) {
    for (const { offset, what, evidence } of await confirm(file.source, file.buried)) report(BURIED, { file, offset, about: what, title: `${shown(what, 80)} in ${shown(file.member ?? file.path, 80)}, among bytes that no reader takes apart`, sure: 'inferred', evidence });
  }
}
