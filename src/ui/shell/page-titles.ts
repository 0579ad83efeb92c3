// The pages by name, in the order of the navigation; a page's shortcut is its place in it.
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
  unknown: 'No such page',
};

export const WORKBENCH = ['audit', 'attention', 'playground', 'fingerprints', 'monitor'] as const;
export const LIBRARY = ['history', 'known'] as const;
export const PAGES = [...WORKBENCH, ...LIBRARY] as const;

export function shortcutOf(page: (typeof PAGES)[number]): string {
  return String(PAGES.indexOf(page) + 1);
}
