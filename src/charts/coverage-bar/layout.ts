// What ran and what did not, one cell an analysis. Cells that did not run are empty, never green.

/** 'absent': it found nothing in the files that it could be about (no notebooks, no image classifier); 'stopped': by the user. */
export type CoverageCell = 'ran' | 'running' | 'pending' | 'skipped' | 'absent' | 'stopped' | 'failed';

export interface CoverageEntry {
  readonly analysis: string;
  readonly state: CoverageCell;
}

export interface CoverageSummary {
  readonly cells: readonly CoverageEntry[];
  readonly text: string;
}

const ORDER: readonly CoverageCell[] = ['ran', 'running', 'pending', 'failed', 'stopped', 'skipped', 'absent'];

export function summariseCoverage(entries: readonly CoverageEntry[]): CoverageSummary {
  const cells = [...entries].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const count = (state: CoverageCell): number => entries.filter((entry) => entry.state === state).length;
  const parts = [
    entries.length === 0 ? 'nothing has run' : `${count('ran')} of ${entries.length} ${entries.length === 1 ? 'analysis' : 'analyses'} ran`,
    count('running') > 0 ? `${count('running')} running` : '',
    count('pending') > 0 ? `${count('pending')} to come` : '',
    count('failed') > 0 ? `${count('failed')} failed` : '',
    count('stopped') > 0 ? `${count('stopped')} stopped before the end` : '',
    count('skipped') > 0 ? `${count('skipped')} not tested` : '',
    count('absent') > 0 ? `${count('absent')} not applicable` : '',
  ];
  return { cells, text: parts.filter((part) => part !== '').join(' · ') };
}
