// What one command does that no set-up, build or hook needs, whoever starts it: the patterns of scripts, what is handed to shells
// and interpreters, what is carried away.
import { carriesSecrets } from './carries.ts';
import { handedToShell } from './handed-to-shell.ts';
import { inlineDeed } from './inline-code.ts';
import { oddLine } from './odd-lines.ts';
import { scriptDeed, type ScriptDeed } from './web-lines.ts';

export function commandDeed(line: string): ScriptDeed | undefined {
  const what = handedToShell(line) ?? (carriesSecrets(line) ? 'sends keys or settings of this machine to another' : undefined) ?? oddLine(line);
  return what === undefined ? (scriptDeed(line) ?? inlineDeed(line)) : { what, severity: 'high' };
}
