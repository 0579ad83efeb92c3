// Hands bytes made in this tab to the browser as a download.
import { saveBlob } from '../charts/frame/export.ts';

export function download(name: string, type: string, content: string | Blob): void {
  saveBlob(name, typeof content === 'string' ? new Blob([content], { type }) : content);
}

export function fileName(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '')).filter((part) => part !== '').join('-');
}
