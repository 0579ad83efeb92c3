// Hash routes: everything that can be shown has an address, and the address is what is locked on the page.

export const DETAIL_TABS = ['evidence', 'attention', 'leaks', 'variants', 'replay'] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

export type Route =
  | { readonly page: 'audit'; readonly finding?: string; readonly tab?: DetailTab; readonly stage?: { readonly analysis: string; readonly stage: string }; readonly coverage?: true;
      /** A file, or a member of one ('model.pt!archive/data.pkl'), and the byte to show. */
      readonly file?: string; readonly at?: number }
  | { readonly page: 'attention'; readonly finding?: string }
  | { readonly page: 'playground'; readonly finding?: string }
  | { readonly page: 'fingerprints' }
  | { readonly page: 'monitor'; readonly alert?: string }
  | { readonly page: 'history' }
  | { readonly page: 'known' }
  | { readonly page: 'gallery'; readonly specimen?: string };

export type PageName = Route['page'];

export function parseRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#?\/?/, '').split('/').map(decode);
  const [first, second, third] = rest;
  if (page === 'attention' || page === 'playground') return first === undefined || first === '' ? { page } : { page, finding: first };
  if (page === 'history' || page === 'known' || page === 'fingerprints') return { page };
  if (page === 'monitor') return first === undefined || first === '' ? { page } : { page, alert: first };
  if (page === 'gallery') return first === undefined || first === '' ? { page } : { page, specimen: first };
  if (first === 'finding' && second !== undefined && second !== '') {
    const tab = DETAIL_TABS.find((name) => name === third);
    return tab === undefined ? { page: 'audit', finding: second } : { page: 'audit', finding: second, tab };
  }
  if (first === 'stage' && second !== undefined && third !== undefined) return { page: 'audit', stage: { analysis: second, stage: third } };
  if (first === 'file' && second !== undefined && second !== '') {
    const at = third !== undefined && /^\d{1,15}$/.test(third) ? Number(third) : undefined;
    return at === undefined ? { page: 'audit', file: second } : { page: 'audit', file: second, at };
  }
  if (first === 'coverage') return { page: 'audit', coverage: true };
  return { page: 'audit' };
}

export function formatRoute(route: Route): string {
  return `#/${partsOf(route).map(encodeURIComponent).join('/')}`;
}

function partsOf(route: Route): string[] {
  switch (route.page) {
    case 'audit':
      if (route.finding !== undefined) return ['audit', 'finding', route.finding, ...(route.tab === undefined ? [] : [route.tab])];
      if (route.stage !== undefined) return ['audit', 'stage', route.stage.analysis, route.stage.stage];
      if (route.file !== undefined) return ['audit', 'file', route.file, ...(route.at === undefined ? [] : [String(route.at)])];
      return route.coverage === true ? ['audit', 'coverage'] : ['audit'];
    case 'attention':
    case 'playground':
      return route.finding === undefined ? [route.page] : [route.page, route.finding];
    case 'monitor':
      return route.alert === undefined ? ['monitor'] : ['monitor', route.alert];
    case 'gallery':
      return route.specimen === undefined ? ['gallery'] : ['gallery', route.specimen];
    case 'fingerprints':
    case 'history':
    case 'known':
      return [route.page];
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
