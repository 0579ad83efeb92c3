// PEM files (RFC 7468) that a user trusts: public keys and certificates, any number, with text between them.
import { fromBase64 } from '../../core/base64.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import { parseCertificate } from './certificate.ts';
import type { TrustAnchor } from '../../core/signature-check.ts';

const BEGIN = '-----BEGIN ';
const MAX_ANCHORS = 4096;

export function parseTrust(text: string, file: string): TrustAnchor[] {
  const anchors: TrustAnchor[] = [];
  for (let at = text.indexOf(BEGIN); at >= 0 && anchors.length < MAX_ANCHORS; at = text.indexOf(BEGIN, at + 1)) {
    const labelEnd = text.indexOf('-----', at + BEGIN.length);
    const label = text.slice(at + BEGIN.length, labelEnd);
    const end = text.indexOf(`-----END ${label}-----`, labelEnd);
    if (labelEnd < 0 || end < 0) break;
    const kind = label === 'PUBLIC KEY' ? 'key' : label === 'CERTIFICATE' ? 'certificate' : undefined;
    if (kind === undefined) continue;
    const der = fromBase64(text.slice(labelEnd + 5, end));
    // The user's own mistake is said at once, not when a signature is checked with it.
    if (kind === 'certificate') parseCertificate(der);
    anchors.push({ kind, der, from: file });
  }
  if (anchors.length === 0) throw new ArtifactError({ code: 'malformed', format: 'PEM', file, expected: 'PUBLIC KEY or CERTIFICATE blocks', actual: 'none' });
  return anchors;
}

/** As tools write it: lines of 64 characters and a line feed at the end. What model-signing's key hint is a hash of. */
export function pemOfKey(der: Uint8Array): string {
  let binary = '';
  for (const byte of der) binary += String.fromCharCode(byte);
  const digits = base64(binary);
  return `-----BEGIN PUBLIC KEY-----\n${(digits.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PUBLIC KEY-----\n`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(binary: string): string {
  let text = '';
  for (let i = 0; i < binary.length; i += 3) {
    const [a, b, c] = [binary.charCodeAt(i), binary.charCodeAt(i + 1), binary.charCodeAt(i + 2)];
    const bits = (a << 16) | ((Number.isNaN(b) ? 0 : b) << 8) | (Number.isNaN(c) ? 0 : c);
    text += `${ALPHABET[bits >> 18] ?? ''}${ALPHABET[(bits >> 12) & 63] ?? ''}${Number.isNaN(b) ? '=' : (ALPHABET[(bits >> 6) & 63] ?? '')}${Number.isNaN(c) ? '=' : (ALPHABET[bits & 63] ?? '')}`;
  }
  return text;
}
