// Hash routes: everything that can be shown has an address, and the address is what is locked on the page.

const DETAIL_TABS = ['evidence', 'attention', 'leaks', 'variants', 'replay'] as const;
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
  | { readonly page: 'gallery'; readonly specimen?: string }
  /** An address that names no page: told, with what was asked for. */
  | { readonly page: 'unknown'; readonly address: string };

export type PageName = Route['page'];

export function parseRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#?\/?/, '').split('/').map(decode);
  // A trailing slash says nothing.
  while (rest.at(-1) === '') rest.pop();
  const [first] = rest;
  const unknown: Route = { page: 'unknown', address: hash };
  switch (page) {
    case '':
    case 'audit':
      return auditRoute(rest) ?? unknown;
    case 'attention':
    case 'playground':
      return rest.length > 1 ? unknown : first === undefined ? { page } : { page, finding: first };
    case 'monitor':
      return rest.length > 1 ? unknown : first === undefined ? { page } : { page, alert: first };
    case 'gallery':
      return rest.length > 1 ? unknown : first === undefined ? { page } : { page, specimen: first };
    case 'history':
    case 'known':
    case 'fingerprints':
      return rest.length > 0 ? unknown : { page };
    default:
      return unknown;
  }
}

function auditRoute([what, first, second]: readonly string[]): Route | undefined {
  if (what === undefined) return { page: 'audit' };
  if (what === 'coverage') return { page: 'audit', coverage: true };
  if (first === undefined) return undefined;
  if (what === 'finding') {
    const tab = DETAIL_TABS.find((name) => name === second);
    return tab === undefined ? { page: 'audit', finding: first } : { page: 'audit', finding: first, tab };
  }
  if (what === 'stage') return second === undefined ? undefined : { page: 'audit', stage: { analysis: first, stage: second } };
  if (what !== 'file') return undefined;
  const at = second !== undefined && /^\d{1,15}$/.test(second) ? Number(second) : undefined;
  return at === undefined ? { page: 'audit', file: first } : { page: 'audit', file: first, at };
}

export function formatRoute(route: Route): string {
  if (route.page === 'unknown') return route.address;
  return `#/${partsOf(route).map(encodeURIComponent).join('/')}`;
}

function partsOf(route: Exclude<Route, { page: 'unknown' }>): string[] {
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
