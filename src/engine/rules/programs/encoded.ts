// Text that is nothing but a file in base64 or hexadecimal, whole or line by line: a pickle, a program, an archive. Pictures and
// keys written so are ordinary.
import { hiddenFile } from '../../artifact/pickle/literals.ts';

const LINE = /^[A-Za-z0-9+/_-]{40,}={0,2}$/;
const MAX_LINES = 400;
export function encodedFile(text: string): { readonly what: string; readonly at: number } | undefined {
  const whole = text.trim();
  const bare = whole.replace(/\s/g, '');
  if (bare.length >= 24 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(bare) && !/^[A-Za-z-]+$/.test(bare)) {
    const what = hiddenFile(bare);
    if (what !== undefined) return { what, at: text.indexOf(whole) };
  }
  let at = 0;
  for (const line of text.split('\n', MAX_LINES)) {
    const what = LINE.test(line.trim()) ? hiddenFile(line.trim()) : undefined;
    if (what !== undefined) return { what, at };
    at += line.length + 1;
  }
  return undefined;
}

