// Who is being audited: of the open model, or of a stored report.
import { useEffect, useState, type ReactElement } from 'react';
import type { OpenedModel } from '../../../state/client.ts';
import type { Report, ReportFile } from '../../../engine/report/report.ts';
import { digestOfFiles, hashLines } from '../../../state/digest.ts';
import { useApp, useAudit, useSession } from '../../app-context.ts';
import { copyText } from '../../copy-text.ts';
import { Menu } from '../../parts/menu.tsx';
import { pickOther } from '../../pick-files.ts';
import { formatBytes, formatCount, shortHash } from '../../format.ts';
import styles from './identity-strip.module.css';

export function IdentityStrip(): ReactElement {
  const app = useApp();
  const busy = useAudit(({ view }) => view.status === 'running' || view.status === 'paused' || view.stored);
  const model = useSession((state) => state.model);
  const report = useAudit((state) => state.view.report);
  const facts = model === undefined ? (report === undefined ? [] : factsOfReport(report)) : factsOfModel(model);
  const files = model?.files ?? report?.subject.files ?? [];
  const hash = useDigest(files, model?.sha256);
  const copy = (): Promise<void> => copyText(app, hashLines(files), `${files.length} SHA-256 ${files.length === 1 ? 'line' : 'lines'}, as sha256sum writes them.`);
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
        {hash !== undefined && (
          <div>
            <dt>{files.length === 1 ? 'sha-256' : `sha-256 of ${files.length} files`}</dt>
            <dd><button className="link mono" title={`${hash}\n${files.length === 1 ? 'Click copies it with the file’s name.' : 'Over the lines “hash  path” of all files, as sha256sum prints them, sorted by path. Click copies those lines.'}`} onClick={() => void copy()}>{shortHash(hash)}</button></dd>
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

/** The one hash of an artifact, as the history has it: known of what is open, taken over the files of a stored report. */
function useDigest(files: readonly ReportFile[], known: string | undefined): string | undefined {
  const [taken, setTaken] = useState<{ readonly files: readonly ReportFile[]; readonly digest: string }>();
  useEffect(() => {
    if (known !== undefined || files.length === 0) return;
    let current = true;
    void digestOfFiles(files).then((digest) => {
      if (current) setTaken({ files, digest });
    });
    return () => {
      current = false;
    };
  }, [files, known]);
  return known ?? (taken?.files === files ? taken.digest : undefined);
}

type Fact = readonly [name: string, value: string, aside?: string];

function factsOfModel(model: OpenedModel): Fact[] {
  const shape = [architectureOf(model.architecture, model.files), model.layers === undefined ? undefined : `${model.layers} layers`, model.heads === undefined ? undefined : `${model.heads} heads`];
  const weights = [model.parameters === undefined ? undefined : formatCount(model.parameters), model.dtypes.join(', '), model.weightBytes === undefined ? undefined : formatBytes(model.weightBytes)];
  const files = filesFact(model.files.length, model.bytes);
  // Neither run nor described by a configuration: what it is made of is all that is known.
  if (model.kind === 'unknown') return [['format', [...new Set(model.files.map(({ format }) => format))].slice(0, 4).join(', ')], files];
  return [
    ['task', taskName(model.task)],
    ['architecture', join(shape)],
    ...(join(weights) === '' ? [] : [['weights', join(weights)] as const]),
    files,
    ...(model.chatTemplate === 'none' && model.task === 'causal-lm' ? [['template', 'none', 'plain text is used'] as const] : []),
  ];
}

function factsOfReport({ subject, environment }: Report): Fact[] {
  return [
    ['task', taskName(subject.task)],
    ['architecture', architectureOf(subject.architecture, subject.files)],
    ...(subject.parameters > 0 ? [['weights', formatCount(subject.parameters)] as const] : []),
    filesFact(subject.files.length, subject.files.reduce((sum, file) => sum + file.bytes, 0)),
    ['ran on', environment.backend === 'none' ? 'nothing: files only' : join([environment.backend, `${environment.threads} ${environment.threads === 1 ? 'thread' : 'threads'}`])],
  ];
}

/** An ONNX graph is its own architecture: no configuration names it. */
function architectureOf(name: string | undefined, files: readonly ReportFile[]): string {
  if (name !== undefined && name !== 'unknown') return name;
  return files.some(({ format }) => format === 'onnx') ? 'an ONNX graph' : 'unknown';
}

function filesFact(count: number, bytes: number): Fact {
  return [count === 1 ? 'file' : `${count} files`, formatBytes(bytes)];
}

function taskName(task: string): string {
  return task === 'causal-lm' ? 'causal LM' : task.replaceAll('-', ' ');
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
