// Text to the clipboard, with a word about it: a browser may refuse (no focus, no permission), which is told as well.
import type { App } from '../state/app.ts';

export async function copyText({ notices }: Pick<App, 'notices'>, text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notices.getState().say('good', 'Copied', what);
  } catch {
    notices.getState().say('error', 'Not copied', 'The browser did not give this page the clipboard: select the text and copy it by hand.');
  }
}
