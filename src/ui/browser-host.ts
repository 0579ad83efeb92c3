// The browser as the stores' Host.
import type { Host } from '../state/host.ts';

export function browserHost(): Host {
  return {
    now: () => Date.now(),
    storage: {
      getItem: (key) => localStorage.getItem(key),
      setItem: (key, value) => localStorage.setItem(key, value),
    },
    getHash: () => location.hash,
    setHash: (hash) => {
      if (location.hash !== hash) location.hash = hash;
    },
    onHash: (listener) => window.addEventListener('hashchange', listener),
  };
}

/** Once a frame; in a hidden tab, where no frames come, twice a second. */
export function browserSchedule(work: () => void): void {
  if (document.visibilityState === 'hidden') setTimeout(work, 500);
  else requestAnimationFrame(work);
}
