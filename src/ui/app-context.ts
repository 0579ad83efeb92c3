// Gives the stores to components, and hooks that read one store.
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { AttentionState } from '../state/attention.ts';
import type { App } from '../state/app.ts';
import type { AuditStore } from '../state/audit.ts';
import type { FingerprintsState } from '../state/fingerprints.ts';
import type { HistoryState } from '../state/history.ts';
import type { NavigationState } from '../state/navigation.ts';
import type { PlaygroundState } from '../state/playground.ts';
import type { SessionState } from '../state/session.ts';

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('no App above this component');
  return app;
}

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useApp().session, select);
}
export function useAudit<T>(select: (state: AuditStore) => T): T {
  return useStore(useApp().audit, select);
}
export function useAttention<T>(select: (state: AttentionState) => T): T {
  return useStore(useApp().attention, select);
}
export function usePlayground<T>(select: (state: PlaygroundState) => T): T {
  return useStore(useApp().playground, select);
}
export function useFingerprints<T>(select: (state: FingerprintsState) => T): T {
  return useStore(useApp().fingerprints, select);
}
export function useHistory<T>(select: (state: HistoryState) => T): T {
  return useStore(useApp().history, select);
}
export function useNavigation<T>(select: (state: NavigationState) => T): T {
  return useStore(useApp().navigation, select);
}
