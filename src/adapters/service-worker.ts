// Registers the built page's service worker, and reloads once where the host sends no isolation headers: from then on
// the service worker adds them, and WebAssembly may use threads. Without service workers (private windows, file:) the
// page works with one thread, and says so.
const RELOADED = 'assay-reloaded-for-isolation';

/** True where the page is about to reload: start nothing. */
export async function startServiceWorker(baseUrl: string): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false;
  try {
    await navigator.serviceWorker.register(new URL('sw.js', baseUrl), { scope: new URL('./', baseUrl).pathname });
    if (globalThis.crossOriginIsolated || sessionStorage.getItem(RELOADED) !== null) {
      sessionStorage.removeItem(RELOADED);
      void keepEverything();
      return false;
    }
    await navigator.serviceWorker.ready;
    sessionStorage.setItem(RELOADED, '1');
    location.reload();
    return true;
  } catch {
    return false;
  }
}

/** Once the page stands, the large files are kept as well, for the day without a network. */
async function keepEverything(): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  registration.active?.postMessage('keep-everything');
}
