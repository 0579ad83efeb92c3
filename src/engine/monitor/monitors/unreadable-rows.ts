// Rows that could not be read: what is left out is not watched, and whoever can make rows malformed could hide in them.
import { fisherExact } from '../statistics/binomial.ts';
import { percent } from './clusters.ts';
import type { Monitor } from './monitor.ts';

const ID = 'unreadable-rows';
const FEWEST_SHARE = 0.001;
const FACTOR = 3;
/** From here on most of the log is not tested. */
const GRAVE_SHARE = 0.2;

export const unreadableRows: Monitor = {
  id: ID,
  label: 'Rows that cannot be read',
  kind: 'batch',
  limits: 'Compares shares with the baseline’s log; what the rows held is not known. Below 0.1 % of the rows they are counted and shown, and raise no alert.',
  inapplicable: () => undefined,
  run: async ({ profile, rows, malformed }) => {
    const { count, reasons, examples } = malformed;
    const [now, usual] = [count / (count + rows), profile.log.malformed / (profile.log.malformed + profile.log.rows)];
    const pValue = fisherExact(count, rows, profile.log.malformed, profile.log.rows, 'greater');
    if (now < FEWEST_SHARE || now < FACTOR * usual) return [];
    return [{
      monitor: ID, id: ID, title: `${percent(now)} of the rows cannot be read`,
      detail: `They are left out and not tested. Most often: ${reasons[0]?.reason ?? ''}. Of the baseline’s rows ${percent(usual)}.`,
      severity: now >= GRAVE_SHARE ? 'high' : 'medium',
      evidence: { kind: 'p', value: pValue, tests: 1, test: 'Fisher’s exact test' },
      effect: { text: `${percent(now)}, baseline ${percent(usual)}`, now, baseline: usual },
      rows: { from: examples[0]?.row ?? 0, examples: examples.map(({ row }) => row) },
      table: { columns: ['reason', 'rows'], rows: reasons.slice(0, 12).map(({ reason, count: n }) => [reason, n]) },
    }];
  },
};
