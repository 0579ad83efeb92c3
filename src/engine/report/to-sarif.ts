// Report -> SARIF 2.1.0 (OASIS), the subset that code-scanning services read: one run, rules, results with levels,
// locations, partial fingerprints. What was not tested is said as tool notifications, so that it is not lost.
import type { Finding, Severity } from '../core/finding.ts';
import type { Report } from './report.ts';

const LEVELS: Readonly<Record<Severity, 'none' | 'note' | 'warning' | 'error'>> = { info: 'none', low: 'note', medium: 'warning', high: 'error', critical: 'error' };

/** GitHub's scale of 0 to 10. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { info: '0.0', low: '2.0', medium: '5.0', high: '7.5', critical: '9.5' };

export function toSarif(report: Report): object {
  const rules = [...new Map(report.findings.map((finding) => [finding.rule, finding])).values()];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Assay',
            semanticVersion: report.tool.version,
            rules: rules.map((finding) => ({
              id: finding.rule,
              shortDescription: { text: finding.rule },
              fullDescription: { text: finding.limits },
              help: { text: finding.remedy },
              properties: { 'security-severity': SECURITY_SEVERITY[finding.severity] },
            })),
          },
        },
        artifacts: report.subject.files.map(({ path, bytes, sha256 }) => ({ location: { uri: encodeURI(path) }, length: bytes, ...(sha256 === '' ? {} : { hashes: { 'sha-256': sha256 } }) })),
        results: report.findings.map((finding) => toResult(finding, report)),
        invocations: [
          {
            executionSuccessful: report.coverage.every(({ status }) => status !== 'failed'),
            toolExecutionNotifications: report.coverage
              .filter(({ status }) => status !== 'ran')
              .map(({ analysis, status, reason }) => ({ level: status === 'failed' ? 'error' : 'warning', message: { text: `${analysis} ${status}${reason === undefined ? '' : `: ${reason}`}` } })),
          },
        ],
        properties: { verdict: report.verdict, score: report.score, coverage: report.coverage },
      },
    ],
  };
}

function toResult(finding: Finding, report: Report): object {
  const uri = finding.location.file ?? largestFile(report);
  return {
    ruleId: finding.rule,
    level: LEVELS[finding.severity],
    rank: Math.round(finding.confidence * 1000) / 10,
    message: { text: finding.title },
    locations:
      uri === undefined
        ? []
        : [
            {
              physicalLocation: { artifactLocation: { uri: encodeURI(uri) }, ...(finding.location.offset === undefined ? {} : { region: { byteOffset: finding.location.offset } }) },
              logicalLocations: [finding.location.node, finding.location.tensor].filter((name) => name !== undefined).map((name) => ({ fullyQualifiedName: name })),
            },
          ],
    partialFingerprints: { 'assayFinding/v1': finding.id },
    properties: { confidence: finding.confidence, trigger: finding.trigger, target: finding.target, signals: finding.signals.map(({ name, value, pValue, unit }) => ({ name, value, pValue, unit })) },
  };
}

/** A finding about behaviour has no place in a file: it is pinned to the weights. */
function largestFile(report: Report): string | undefined {
  return [...report.subject.files].sort((a, b) => b.bytes - a.bytes)[0]?.path;
}
