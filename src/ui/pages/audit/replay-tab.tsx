// How to get the same result again: options, and the command that does it.
import type { ReactElement } from 'react';
import type { Finding } from '../../../engine/core/finding.ts';
import { useApp, useAudit, useSession } from '../../app-context.ts';
import { copyText } from '../../copy-text.ts';
import styles from './replay-tab.module.css';

/** A folder of pictures has many. */
const MAX_FILES = 8;

export function ReplayTab({ finding }: { readonly finding: Finding }): ReactElement {
  const app = useApp();
  const request = useAudit((state) => state.view.request);
  const report = useAudit((state) => state.view.report);
  const environment = useSession((state) => state.environment);
  const name = useSession((state) => state.model?.name) ?? report?.subject.name ?? 'PATH';
  const backend = report?.environment.backend ?? environment?.backend;
  const inputs = report?.options.inputs;
  const command = `npm run -s assay -- audit ${shellQuote(name)} --budget ${request?.budget ?? 'standard'} --seed ${request?.seed ?? 0}${backend === 'wasm' ? ' --backend wasm' : ''}${inputs === undefined ? '' : ` --inputs ${shellQuote(inputs.path)}`} --json report.json`;
  const rows: readonly (readonly [string, string])[] = [
    ['budget', request?.budget ?? ''],
    ['seed', String(request?.seed ?? '')],
    ...(inputs === undefined ? [] : [['clean inputs', `${inputs.used} from ${inputs.path}`] as const, ...inputs.files.slice(0, MAX_FILES).map(({ path, sha256 }) => [path, `SHA-256 ${sha256}`] as const), ...(inputs.files.length > MAX_FILES ? [['more files', `${inputs.files.length - MAX_FILES}, listed in the report’s JSON`] as const] : [])]),
    ['backend', backend ?? ''],
    ['threads', String(report?.environment.threads ?? environment?.threads ?? '')],
    ['adapter', report?.environment.adapter ?? environment?.adapter ?? ''],
    ['finding', finding.id],
    ['rule', finding.rule],
    ...(finding.trigger === undefined ? [] : [['trigger', finding.trigger.value] as const]),
    ...(finding.trigger?.tokenIds === undefined ? [] : [['token ids', finding.trigger.tokenIds.join(' ')] as const]),
  ];
  return (
    <>
      <p className={styles.note}>The same input, budget, seed and backend give the same report, timings aside. From the command line, with the model’s path{inputs === undefined ? '' : ' and that of the clean inputs'} in place of {inputs === undefined ? 'its name' : 'their names'}:</p>
      <div className={styles.command}><code>{command}</code><button onClick={() => void copyText(app, command, command)}>Copy</button></div>
      <dl className={styles.list}>
        {rows.map(([key, value], at) => <div key={at}><dt>{key}</dt><dd className="mono">{value}</dd></div>)}
      </dl>
    </>
  );
}

function shellQuote(text: string): string {
  return /^[A-Za-z0-9._/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
