// Dark, light or as the system says; kept in the browser.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { readStored, writeStored, type Host } from './host.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface ThemeState {
  readonly theme: Theme;
  setTheme(theme: Theme): void;
}

const KEY = 'assay.theme';

export function createTheme(host: Host): StoreApi<ThemeState> {
  return createStore<ThemeState>((set) => ({
    theme: readStored(host, KEY, (value) => THEMES.find((name) => name === value)) ?? 'system',
    setTheme: (theme) => {
      writeStored(host, KEY, theme);
      set({ theme });
    },
  }));
}
