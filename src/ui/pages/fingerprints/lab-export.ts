// The comparison as a file: JSON in the command line's schema (assay-fingerprint-scores/1), or the table as CSV.
import { tableToCsv } from '../../../charts/frame/csv.ts';
import type { LabAnalysis } from '../../../engine/fingerprint/analyse.ts';
import { DETECTORS } from '../../../engine/fingerprint/detectors/registry.ts';
import type { FingerprintsState } from '../../../state/fingerprints.ts';

const SHOWN_FEATURES = 5;

export function scoresAsJson(analysis: LabAnalysis, { reference, compared, refused, aside, explain, grid }: FingerprintsState): string {
  const results = analysis.models.slice(analysis.references).map(({ name, trust, tier, action, pValue, detectors, planted, known, note, distance }, c) => ({
    name, sha256: compared[c]?.model.sha256 ?? '', inReference: known, knownPlanted: planted, trust, tier, action, pValue, detectors, distance, ...(note === undefined ? {} : { note }),
    features: explain(analysis.references + c).slice(0, SHOWN_FEATURES),
  }));
  const told = reference === undefined ? undefined : { name: reference.name, version: reference.version, models: reference.models.length };
  return `${JSON.stringify({ schema: 'assay-fingerprint-scores/1', reference: told, request: analysis.request, checks: analysis.checks, evaluation: analysis.evaluation, grid, results, refused: [...refused, ...aside] }, null, 2)}\n`;
}

export function scoresAsCsv({ models }: LabAnalysis): string {
  return tableToCsv({
    columns: ['model', 'role', 'known planted', 'trust', 'p', 'tier', 'note', 'median distance', ...DETECTORS.flatMap(({ id }) => [`${id} score`, `${id} percentile`, `${id} p`])],
    rows: models.map(({ name, role, planted, trust, pValue, tier, note, distance, detectors }) => [name, role, planted ? 'yes' : '', trust, pValue, tier, note ?? '', distance, ...detectors.flatMap(({ score, percentile, pValue: p }) => [score, percentile, p])]),
  });
}
