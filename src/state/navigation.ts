// Where the page is (the hash) and what the pointer previews. Hover previews, click locks (a new address), Esc releases.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Host } from './host.ts';
import { formatRoute, parseRoute, type Route } from './route.ts';

export interface NavigationState {
  readonly route: Route;
  /** Finding under the pointer. */
  readonly hovered: string | undefined;
  go(route: Route): void;
  hover(finding: string | undefined): void;
}

export function createNavigation(host: Host): StoreApi<NavigationState> {
  const store = createStore<NavigationState>((set) => ({
    route: parseRoute(host.getHash()),
    hovered: undefined,
    go: (route) => {
      set({ route, hovered: undefined });
      host.setHash(formatRoute(route));
    },
    hover: (hovered) => set({ hovered }),
  }));
  host.onHash(() => {
    const route = parseRoute(host.getHash());
    if (formatRoute(route) !== formatRoute(store.getState().route)) store.setState({ route, hovered: undefined });
  });
  return store;
}
