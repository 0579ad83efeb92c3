// Report -> SARIF 2.1.0 (OASIS), the subset that code-scanning services read: one run, rules, results with levels,
// locations, partial fingerprints. What was not tested is said as tool notifications, so that it is not lost;
// what does not apply stands in the coverage only.
import { isAbsent, isStoppedEntry, type Coverage, type Finding, type Severity } from '../core/finding.ts';
import type { Report } from './report.ts';

const LEVELS: Readonly<Record<Severity, 'none' | 'note' | 'warning' | 'error'>> = { info: 'none', low: 'note', medium: 'warning', high: 'error', critical: 'error' };

/** GitHub's scale of 0 to 10. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { info: '0.0', low: '2.0', medium: '5.0', high: '7.5', critical: '9.5' };

/** One log with a run for each report. */
export function toSarif(...reports: readonly Report[]): object {
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: reports.map(toRun) };
}

function toRun(report: Report): object {
  const rules = [...new Map(report.findings.map((finding) => [finding.rule, finding])).values()];
  return {
    tool: {
      driver: {
        name: 'Assay',
        semanticVersion: report.tool.version,
        rules: rules.map((finding) => ({
          id: finding.rule,
          shortDescription: { text: finding.rule },
          fullDescription: { text: finding.limits },
          help: { text: finding.remedy },
          properties: { 'security-severity': SECURITY_SEVERITY[finding.severity], tags: finding.references ?? [] },
        })),
      },
    },
    artifacts: report.subject.files.map(({ path, bytes, sha256, inspection }) => ({ location: { uri: uriOf(path) }, length: bytes, ...(sha256 === '' ? {} : { hashes: { 'sha-256': sha256 } }), ...(inspection === undefined ? {} : { properties: { inspection: inspection.status } }) })),
    results: report.findings.map((finding) => toResult(finding, report)),
    invocations: [
      {
        executionSuccessful: report.coverage.every(({ status }) => status !== 'failed'),
        toolExecutionNotifications: [
          ...report.coverage
            .filter((entry) => entry.status !== 'ran' && !isAbsent(entry))
            .map(toNotification),
          ...report.subject.files.flatMap(({ path, inspection }) =>
            inspection === undefined || inspection.status === 'inspected' ? [] : [{ level: 'warning', message: { text: `${path}: ${inspection.status}${inspection.reason === undefined ? '' : ` (${inspection.reason})`}` }, locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) } } }] }],
          ),
        ],
      },
    ],
    properties: { verdict: report.verdict, score: report.score, coverage: report.coverage },
  };
}

function toNotification(coverage: Coverage): object {
  const { analysis, status, reason } = coverage;
  const stopped = isStoppedEntry(coverage);
  return { level: status === 'failed' && !stopped ? 'error' : 'warning', message: { text: `${analysis} ${stopped ? 'stopped' : status}${reason === undefined ? '' : `: ${reason}`}` } };
}

function toResult(finding: Finding, report: Report): object {
  const uri = finding.location.file ?? largestFile(report);
  const { member, node, tensor, key, offset } = finding.location;
  const logical = [['member', member], ['function', node], ['variable', tensor], ['property', key]].flatMap(([kind, name]) => (name === undefined ? [] : [{ kind, fullyQualifiedName: name }]));
  return {
    ruleId: finding.rule,
    level: LEVELS[finding.severity],
    ...(finding.severity === 'info' ? { kind: 'informational' } : {}),
    rank: Math.round(finding.confidence * 1000) / 10,
    message: { text: finding.title },
    locations:
      uri === undefined
        ? []
        : [
            {
              // An offset inside a member is none in the file.
              physicalLocation: { artifactLocation: { uri: uriOf(uri) }, ...(offset === undefined || member !== undefined ? {} : { region: { byteOffset: offset } }) },
              ...(logical.length === 0 ? {} : { logicalLocations: logical }),
            },
          ],
    ...(finding.suppressed === undefined ? {} : { suppressions: [{ kind: 'external', status: 'accepted', justification: `${finding.suppressed.reason} (until ${finding.suppressed.expires})` }] }),
    partialFingerprints: { 'assayFinding/v1': finding.id },
    properties: { confidence: finding.confidence, trigger: finding.trigger, target: finding.target, signals: finding.signals.map(({ name, value, pValue, unit }) => ({ name, value, pValue, unit })) },
  };
}

/** File names are hostile: characters that no URI takes are replaced, never thrown at. */
function uriOf(path: string): string {
  return encodeURI(path.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')).replace(/[#?]/g, (character) => (character === '#' ? '%23' : '%3F'));
}

/** A finding about behaviour has no place in a file: it is pinned to the weights. */
function largestFile(report: Report): string | undefined {
  return [...report.subject.files].sort((a, b) => b.bytes - a.bytes)[0]?.path;
}
