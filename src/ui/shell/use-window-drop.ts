// Drops anywhere in the window open the model, but for places that take files themselves (data-own-drop); true while something
// hovers over the rest.
import { useEffect, useState } from 'react';
import { useApp } from '../app-context.ts';
import { openDrop } from '../pick-files.ts';

export function useWindowDrop(): boolean {
  const app = useApp();
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth++;
      setOver(true);
    };
    const own = ({ target }: Event): boolean => target instanceof Element && target.closest('[data-own-drop]') !== null;
    const leave = (): void => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const dragOver = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(!own(event));
    };
    // A page may take a drop for itself and keep it from here: the hovering ends all the same.
    const end = (): void => {
      depth = 0;
      setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (event.dataTransfer === null || !hasFiles(event) || own(event)) return;
      event.preventDefault();
      void openDrop(app, event.dataTransfer);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', dragOver);
    window.addEventListener('drop', end, true);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', dragOver);
      window.removeEventListener('drop', end, true);
      window.removeEventListener('drop', drop);
    };
  }, [app]);
  return over;
}
