import type { PageName } from '../../state/route.ts';

export const PAGE_TITLES: Readonly<Record<PageName, string>> = {
  audit: 'Audit',
  attention: 'Attention',
  playground: 'Playground',
  fingerprints: 'Fingerprints',
  monitor: 'Monitor',
  history: 'History',
  known: 'Known & accepted',
  gallery: 'Chart gallery',
};
