// Drops on the monitor page are logs and baselines: the window would open them as a model.
import type { DragEvent } from 'react';
import type { LogRole } from '../../../state/monitor.ts';
import type { useApp } from '../../app-context.ts';

type App = ReturnType<typeof useApp>;

export function takeFiles(app: App, role: LogRole, files: readonly File[]): void {
  const [first] = files;
  if (first === undefined || app.monitor.getState().status === 'working') return;
  void app.monitor.getState().take(role, { name: files.length === 1 ? first.name : `${files.length} files`, files: files.map((file) => ({ path: file.name, file })) });
}

/** Without a role: a baseline as long as there is none. */
export function dropHandlers(app: App, role?: LogRole): { onDragOver(event: DragEvent): void; onDrop(event: DragEvent): void } {
  return {
    onDragOver: (event) => event.preventDefault(),
    onDrop: (event) => {
      event.preventDefault();
      event.stopPropagation();
      takeFiles(app, role ?? (app.monitor.getState().profile === undefined ? 'baseline' : 'log'), [...event.dataTransfer.files]);
    },
  };
}
