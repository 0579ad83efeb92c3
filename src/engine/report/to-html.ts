// Report -> one HTML file that needs nothing else: no script, no network, pictures inside it. Every string out of the model is escaped.
import { isAbsent, isLeftOut, isStoppedEntry, type AnswerPair, type Coverage, type Evidence, type Finding, type Signal } from '../core/finding.ts';
import { shownConfidence } from '../core/shown.ts';
import { changeOf } from '../core/variant-rows.ts';
import { PROBED } from '../audit/registry.ts';
import { bar, lines, topOf } from './html-charts.ts';
import { escape, table, type Cell } from './html-parts.ts';
import { picturesHtml } from './html-pictures.ts';
import { UNKNOWN_ARCHITECTURE, type Report, type ReportFile, type ReportInputs } from './report.ts';
import { unreadPaths } from './inspection-of.ts';
import { headingWords } from './verdict-words.ts';

const PAIRS_SHOWN = 12;
const LEAKS_SHOWN = 20;

export function toHtml(report: Report): string {
  const { subject, environment, options } = report;
  const scope = scopeOf(report);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escape(`Assay: ${subject.name}`)}</title><style>${STYLE}</style></head><body>
<header><h1>${escape(subject.name)}</h1><p class="verdict ${report.verdict}">${escape(headingWords(scope, report.verdict, report.findings, report.coverage, unreadPaths(subject.files).length))}</p>
${scope === 'files' ? filesOnly(report) : `<p>${countRan(report)} · budget ${options.budget} · seed ${options.seed} · ${options.inputs === undefined ? '' : `${escape(inputsText(options.inputs))} · `}${escape(environment.backend)}, ${environment.threads} ${environment.threads === 1 ? 'thread' : 'threads'}, ${escape(environment.adapter)}</p>`}
<p>${escape(whatItIs(subject, scope))}</p></header>
<h2>Suspicions</h2>${sections(report.findings.filter(({ severity }) => severity !== 'info'))}
<h2>Notes, and candidates that did not hold</h2>${sections(report.findings.filter(({ severity }) => severity === 'info'))}
<h2>${scope === 'files' ? 'What was checked in the files, and what was left for an audit' : 'What was and was not tested'}</h2>${table(['analysis', 'status', 'reason', 'seconds', 'can miss'], inOrder(report.coverage).map((c) => [c.analysis, statusWord(c), isLeftOut(c) ? '' : (c.reason ?? ''), c.seconds, c.limits]))}
<h2>Files</h2>${table(['path', 'bytes', 'format', 'looked into', 'SHA-256'], subject.files.map((file) => [file.path, file.bytes, file.format, inspectionText(file), file.sha256]))}
<footer>${escape(report.schema)} · ${report.tool.name} ${escape(report.tool.version)}</footer></body></html>
`;
}

/** What is not known of it (an ONNX graph has no architecture's name and keeps its weights among its nodes) is left out. */
function whatItIs({ task, architecture, parameters }: Report['subject'], scope: 'files' | 'all'): string {
  return [
    ...(scope === 'files' && task === 'other' ? [] : [task]),
    ...(architecture === UNKNOWN_ARCHITECTURE ? [] : [architecture]),
    ...(parameters > 0 ? [`${parameters.toLocaleString('en')} parameters`] : []),
  ].join(' · ');
}

/** A check of the files (`assay inspect`) asks for no probe. */
function scopeOf({ coverage }: Report): 'files' | 'all' {
  const probes = coverage.filter(({ analysis }) => PROBED.has(analysis));
  return probes.length > 0 && probes.every(isLeftOut) ? 'files' : 'all';
}

function filesOnly({ coverage, findings }: Report): string {
  const suspicions = findings.filter(({ severity, suppressed }) => severity !== 'info' && suppressed === undefined).length;
  const found = suspicions === 0 ? 'found nothing suspicious' : `found ${suspicions} ${suspicions === 1 ? 'suspicion' : 'suspicions'}`;
  return `<p>Only the files were read: ${countRan({ coverage: coverage.filter(({ analysis }) => !PROBED.has(analysis)) })} and ${found}. The model was not run, as nobody asked for it: what it does is for an audit to say (<code>assay audit</code>, or Start audit in the app).</p>`;
}

/** Which clean inputs, by the beginning of their hashes: the JSON has them whole. */
function inputsText({ path, used, files, filesNotUsed }: ReportInputs): string {
  const [only] = files;
  const what = files.length === 1 && only !== undefined ? `SHA-256 ${only.sha256.slice(0, 12)}…` : `${files.length} files`;
  return `${used} clean ${used === 1 ? 'input' : 'inputs'} from ${path} (${what}${filesNotUsed === undefined ? '' : `, ${filesNotUsed} not used`})`;
}

/** What does not apply to these files is not counted as left undone. */
function countRan({ coverage }: Pick<Report, 'coverage'>): string {
  const applying = coverage.filter((entry) => !isAbsent(entry));
  return `${applying.filter(({ status }) => status === 'ran').length} of ${applying.length} analyses that apply ran`;
}

const STATUSES = ['failed', 'stopped', 'not tested', 'ran', 'left for an audit', 'does not apply'] as const;

function statusWord(coverage: Coverage): (typeof STATUSES)[number] {
  if (isStoppedEntry(coverage)) return 'stopped';
  if (coverage.status !== 'skipped') return coverage.status;
  return isAbsent(coverage) ? 'does not apply' : isLeftOut(coverage) ? 'left for an audit' : 'not tested';
}

function inOrder(coverage: readonly Coverage[]): readonly Coverage[] {
  return STATUSES.flatMap((status) => coverage.filter((entry) => statusWord(entry) === status));
}

function sections(findings: readonly Finding[]): string {
  return findings.length === 0 ? '<p>None.</p>' : findings.map(findingHtml).join('\n');
}

function inspectionText({ bytes, inspection }: ReportFile): string {
  if (inspection === undefined) return 'unknown';
  const { status, reason, parsed, skipped, opaque } = inspection;
  const share = (part: number): string => `${bytes === 0 ? 0 : Math.round((1000 * part) / bytes) / 10} %`;
  return `${status.replace('-', ' ')}: ${share(parsed)} parsed, ${share(skipped)} known and left, ${share(opaque)} not inspectable${reason === undefined ? '' : `; ${reason}`}`;
}

function findingHtml(finding: Finding): string {
  return `<section class="finding"><h3><span class="severity ${finding.severity}">${finding.severity}</span> ${escape(finding.title)}</h3>
<p>confidence ${escape(shownConfidence(finding.confidence))} · rule ${escape(finding.rule)}${finding.references === undefined || finding.references.length === 0 ? '' : ` · ${escape(finding.references.join(', '))}`}${finding.suppressed === undefined ? '' : ` · <b>suppressed until ${escape(finding.suppressed.expires)}: ${escape(finding.suppressed.reason)}</b>`}</p>
${finding.signals.length === 0 ? '' : table(['signal', 'value', 'p', 'measured'], finding.signals.map(signalRow))}
${finding.evidence.map(evidenceHtml).join('\n')}
<p><b>Limits.</b> ${escape(finding.limits)}</p><p><b>What to do.</b> ${escape(finding.remedy)}</p></section>`;
}

function signalRow({ name, value, unit, pValue, measured }: Signal): (string | number)[] {
  return [name, `${Number(value.toPrecision(3))} ${unit ?? ''}`, pValue === undefined ? '' : pValue.toPrecision(2), measured ?? ''];
}

function evidenceHtml(evidence: Evidence): string {
  const title = `<h4>${escape(evidence.title)}</h4>`;
  switch (evidence.kind) {
    case 'text':
      return `${title}<pre>${escape(evidence.text)}</pre>`;
    case 'leaks':
      return `${title}<p>${evidence.texts.length} of ${evidence.total} shown hold it.</p>${table(['prefix', 'leak'], evidence.texts.slice(0, LEAKS_SHOWN).map(({ prefix, text }) => [prefix, text]))}`;
    case 'answers':
      return `${title}${table(['prompt with trigger', 'without', 'with', 'fired'], evidence.pairs.slice(0, PAIRS_SHOWN).map(pairRow))}`;
    case 'variants':
      return `${title}${table(['variant', 'change', 'fired'], evidence.rows.map((row) => [row.variant, changeOf(row), `${row.fired} of ${row.of}`]))}`;
    case 'entropy':
      return `${title}<p>Mean over ${evidence.triggered.length} prompts: ${meanOf(evidence.triggered)} nats with the trigger (full lines), ${meanOf(evidence.untriggered)} nats without (broken lines); one line a prompt, token by token, from 0 to ${topOf([...evidence.triggered, ...evidence.untriggered].flat()).toFixed(1)} nats.</p>${lines(evidence.triggered, evidence.untriggered)}`;
    case 'bytes':
      return `${title}<pre>${escape(evidence.file)} @ ${evidence.offset}\n${escape(evidence.hex)}</pre>`;
    case 'disassembly':
      return `${title}${table(['offset', 'instruction', 'argument', ''], evidence.lines.map(({ offset, instruction, argument, marked, note }) => [offset, instruction, argument, `${marked === true ? '◀ ' : ''}${note ?? ''}`]))}`;
    case 'fields':
      return `${title}${table(['field', 'offset', 'expected', 'found'], evidence.rows.map(({ field, offset, expected, found }) => [field, offset ?? '', expected ?? '', found]))}`;
    case 'graph':
      return `${title}${table(['node', 'kind', 'fed by', 'note'], evidence.nodes.map(({ id, kind, label, marked, note }) => [`${marked === true ? '▶ ' : ''}${label}`, kind, evidence.edges.filter(({ to }) => to === id).map(({ from }) => evidence.nodes.find((node) => node.id === from)?.label ?? from).join(', '), note ?? '']))}`;
    case 'source':
      return `${title}<pre>${markedHtml(evidence.text, evidence.marks)}</pre>`;
    case 'classes':
      return title + classesTable(evidence);
    case 'class-sizes':
      return title + classSizesTable(evidence);
    case 'pictures':
      return title + picturesHtml(evidence);
    case 'table':
      return title + table(evidence.columns, evidence.rows);
  }
}

type EvidenceOf<Kind extends Evidence['kind']> = Extract<Evidence, { readonly kind: Kind }>;

/** The band of a bar is its own null's range. */
function classesTable({ unit, rows }: EvidenceOf<'classes'>): string {
  const nulls = rows.map(({ nullValues }) => nullValues.filter(Number.isFinite));
  const top = topOf([...rows.map(({ value }) => value), ...nulls.flat()]);
  return table(['target', unit, 'largest of its null', '', ''], rows.map(({ label, value, flagged }, at): Cell[] => {
    const known = nulls[at] ?? [];
    const range = known.length === 0 ? undefined : ([Math.min(...known), topOf(known)] as const);
    return [label, value.toFixed(2), range === undefined ? '' : Math.max(...known).toFixed(2), bar({ value, top, marked: flagged, ...(range === undefined ? {} : { range }) }), flagged ? '◀' : ''];
  }));
}

/** Small is suspicious: the suspect's bar ends left of the band, which is the other classes' usual range. */
function classSizesTable({ unit, suspect, null: [low, , high], rows }: EvidenceOf<'class-sizes'>): string {
  const top = topOf([...rows.map(({ value }) => value), high]);
  return table(['class', unit, 'shaded: the usual range of the other classes', 'search pictures moved'], rows.map(({ label, value, success, class: index }): Cell[] => [`${index === suspect ? '▶ ' : ''}${label}`, value === null ? 'none found' : Number(value.toPrecision(3)), bar({ value, top, range: [low, high], marked: index === suspect }), `${Math.round(100 * success)} %`]));
}

/** Overlapping marks are cut to what is not yet marked. */
function markedHtml(text: string, marks: readonly { readonly begin: number; readonly end: number; readonly why: string }[]): string {
  let html = '';
  let at = 0;
  for (const { begin, end, why } of [...marks].sort((a, b) => a.begin - b.begin)) {
    if (end <= at) continue;
    const from = Math.max(begin, at);
    html += `${escape(text.slice(at, from))}<mark title="${escape(why)}">${escape(text.slice(from, end))}</mark>`;
    at = end;
  }
  return html + escape(text.slice(at));
}

function pairRow(pair: AnswerPair): (string | number)[] {
  return [pair.triggeredPrompt, pair.untriggered, pair.triggered, pair.fired ? 'yes' : 'no'];
}

function meanOf(rows: readonly (readonly number[])[]): string {
  const values = rows.flat();
  return values.length === 0 ? 'no' : (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
}

const STYLE = `:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #8884;text-align:left;padding:4px 8px 4px 0;vertical-align:top}td{min-width:4em;overflow-wrap:anywhere}th{white-space:nowrap}
pre{white-space:pre-wrap;overflow-wrap:anywhere}.verdict{font-size:1.5rem;font-weight:700}.backdoor{color:light-dark(#b3123a,#ff6b87)}.suspicious{color:light-dark(#c2500a,#ff9a4d)}
.pictures{display:flex;flex-wrap:wrap;gap:16px;margin:0 0 1rem}figure{margin:0}figcaption{font-size:.85em;max-width:210px;overflow-wrap:anywhere}img{image-rendering:pixelated;border:1px solid #8886;vertical-align:middle}
svg{display:block;max-width:100%}svg .plain{fill:#888}svg .marked{fill:light-dark(#b3123a,#ff6b87)}svg .band{fill:#8884}.lines{border:1px solid #8884;border-width:0 0 1px 1px}.lines polyline{fill:none}.lines .plain{stroke:#888;stroke-dasharray:4 3}.lines .marked{stroke:light-dark(#b3123a,#ff6b87)}
.severity{font-size:.8em;border:1px solid;border-radius:4px;padding:0 6px}.finding{border-top:2px solid #8886;margin-top:1.5rem}footer{color:#888;margin-top:2rem}`;
