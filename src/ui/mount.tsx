// Draws the page of an App into an element; main.tsx and browser tests call it.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { App } from '../state/app.ts';
import { AppContext } from './app-context.ts';
import { Shell } from './app.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import './tokens.css';

export function mount(app: App, element: HTMLElement): void {
  createRoot(element).render(
    <StrictMode>
      <ErrorBoundary name="Assay" resetKey="">
        <AppContext value={app}>
          <Shell />
        </AppContext>
      </ErrorBoundary>
    </StrictMode>,
  );
  void app.begin();
}
