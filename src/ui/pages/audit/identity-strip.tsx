// Who is being audited: of the open model, or of a stored report.
import type { ReactElement } from 'react';
import type { OpenedModel } from '../../../state/client.ts';
import type { Report } from '../../../engine/report/report.ts';
import { artifactKey } from '../../../state/finding-view.ts';
import { useApp, useAudit, useSession } from '../../app-context.ts';
import { Menu } from '../../parts/menu.tsx';
import { pickOther } from '../../pick-files.ts';
import { formatBytes, formatCount, shortHash } from '../../format.ts';
import styles from './identity-strip.module.css';

export function IdentityStrip(): ReactElement {
  const app = useApp();
  const { notices } = app;
  const busy = useAudit(({ view }) => view.status === 'running' || view.status === 'paused' || view.stored);
  const model = useSession((state) => state.model);
  const report = useAudit((state) => state.view.report);
  const facts = model === undefined ? (report === undefined ? [] : factsOfReport(report)) : factsOfModel(model);
  const files = model?.files ?? report?.subject.files ?? [];
  const hash = files.some(({ sha256 }) => sha256 !== '') ? artifactKey(files) : (model?.sha256 ?? artifactKey(files));
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(files.map((file) => `${file.sha256}  ${file.path}`).join('\n'));
    notices.getState().say('good', 'Copied', `${files.length} SHA-256 ${files.length === 1 ? 'line' : 'lines'}, as sha256sum writes them.`);
  };
  return (
    <section className={styles.strip} aria-label="Identity">
      <h1>{model?.name ?? report?.subject.name}</h1>
      <dl>
        {facts.map(([name, value, aside]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}{aside !== undefined && <span className={styles.aside}> {aside}</span>}</dd>
          </div>
        ))}
        {files.length > 0 && (
          <div>
            <dt>sha-256</dt>
            <dd><button className="link mono" title={`${hash}\nClick copies the hash of every file.`} onClick={() => void copy()}>{shortHash(hash)}</button></dd>
          </div>
        )}
        {model?.claims !== undefined && (
          <div>
            <dt>claims to be</dt>
            <dd>{model.claims} <span className={styles.aside}>unverified</span></dd>
          </div>
        )}
      </dl>
      {model !== undefined && !busy && (
        <Menu
          name="Compare with another model"
          className="plain"
          label="Compare with…"
          items={[
            { id: 'files', label: 'Files…', hint: 'the base model, or an earlier version', enabled: true, run: () => void pickOther(app, false) },
            { id: 'folder', label: 'Folder…', hint: 'tensor by tensor: same, changed, added, missing', enabled: true, run: () => void pickOther(app, true) },
          ]}
        />
      )}
    </section>
  );
}

type Fact = readonly [name: string, value: string, aside?: string];

function factsOfModel(model: OpenedModel): Fact[] {
  const shape = [model.architecture ?? 'unknown', model.layers === undefined ? undefined : `${model.layers} layers`, model.heads === undefined ? undefined : `${model.heads} heads`];
  const weights = [model.parameters === undefined ? undefined : formatCount(model.parameters), model.dtypes.join(', '), formatBytes(model.bytes)];
  // Neither run nor described by a configuration: what it is made of is all that is known.
  if (model.kind === 'unknown') return [['format', [...new Set(model.files.map(({ format }) => format))].slice(0, 4).join(', ')], [model.files.length === 1 ? 'file' : `${model.files.length} files`, formatBytes(model.bytes)]];
  return [
    ['task', taskName(model.task)],
    ['architecture', join(shape)],
    ['weights', join(weights)],
    ...(model.chatTemplate === 'none' && model.task === 'causal-lm' ? [['template', 'none', 'plain text is used'] as const] : []),
  ];
}

function factsOfReport({ subject, environment }: Report): Fact[] {
  const bytes = subject.files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    ['task', taskName(subject.task)],
    ['architecture', subject.architecture],
    ['weights', join([subject.parameters > 0 ? formatCount(subject.parameters) : undefined, formatBytes(bytes)])],
    ['ran on', join([environment.backend, `${environment.threads} threads`])],
  ];
}

function taskName(task: string): string {
  return task === 'causal-lm' ? 'causal LM' : task.replaceAll('-', ' ');
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
