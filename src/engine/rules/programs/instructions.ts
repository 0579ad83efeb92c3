// Commands in a README or a build file that hand a download to a shell: people follow these line by line.
import { textInspector } from '../../artifact/formats/text-inspector.ts';
import { readBy, type Inspection } from '../../artifact/inspect/inspection.ts';
import { shown } from '../evidence.ts';
import type { Report } from '../rule.ts';
import { workspaceKind } from '../workspace/kinds.ts';
import { handedToShell } from './handed-to-shell.ts';
import { SCRIPT, sourceShown } from './script-rule.ts';

/** What people follow line by line, and what builds follow by themselves. */
const INSTRUCTIONS = /(?:^|[/!])(?:readme|install|usage|getting[_-]?started|setup)[\w.-]{0,40}$|\.(?:md|rst|markdown)$|(?:^|[/!])(?:dockerfile|containerfile|makefile|justfile|procfile)[\w.-]{0,40}$|\.(?:dockerfile|mk)$/i;
const MAX_LINES = 20_000;

export function reportInstructions(inspection: Inspection, report: Report): void {
  for (const { file, content } of readBy(inspection, textInspector)) {
    const name = file.member ?? file.path;
    if (!INSTRUCTIONS.test(name) || workspaceKind(file.path) !== undefined) continue;
    for (const [i, line] of content.split('\n', MAX_LINES).entries()) {
      const handed = handedToShell(line);
      if (handed !== undefined) report(SCRIPT, { file, about: `handed ${i}`, location: { key: `line ${i + 1}` }, title: `${shown(name, 80)} ${handed}`, severity: 'medium', sure: 'inferred', evidence: [sourceShown('The line', line)] });
    }
  }
}
