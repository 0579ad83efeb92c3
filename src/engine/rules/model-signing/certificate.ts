// X.509 certificates (RFC 5280), the part that a chain of trust needs: names as bytes and in words, validity, key, signature,
// basic constraints and key usage. Not looked at: revocation, name constraints, policies. Keys: P-256, P-384, P-521, RSA, Ed25519.
import { ArtifactError } from '../../core/artifact-error.ts';
import type { CheckSignature, HashName, SignatureAlgorithm } from '../../core/signature-check.ts';
import { bitsOf, childrenOf, ecdsaToPlain, expectTag, oidOf, only, TAG, type Element } from './der.ts';

export interface Certificate {
  readonly der: Uint8Array<ArrayBuffer>;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly issuer: Uint8Array<ArrayBuffer>;
  readonly subject: Uint8Array<ArrayBuffer>;
  /** 'CN=…, O=…'; where the subject is empty, its alternative name. */
  readonly subjectText: string;
  readonly issuerText: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly key: Uint8Array<ArrayBuffer>;
  readonly signatureOid: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly authority: boolean;
  /** False where key usage and extended key usage both speak against it. */
  readonly maySign: boolean;
  readonly maySignCertificates: boolean;
}

const SIGNATURES: Readonly<Record<string, { readonly name: 'ECDSA' | 'RSASSA-PKCS1-v1_5' | 'Ed25519'; readonly hash: HashName }>> = {
  '1.2.840.10045.4.3.2': { name: 'ECDSA', hash: 'SHA-256' },
  '1.2.840.10045.4.3.3': { name: 'ECDSA', hash: 'SHA-384' },
  '1.2.840.10045.4.3.4': { name: 'ECDSA', hash: 'SHA-512' },
  '1.2.840.113549.1.1.11': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  '1.2.840.113549.1.1.12': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  '1.2.840.113549.1.1.13': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  '1.3.101.112': { name: 'Ed25519', hash: 'SHA-512' },
};

const CURVES: Readonly<Record<string, 'P-256' | 'P-384' | 'P-521'>> = { '1.2.840.10045.3.1.7': 'P-256', '1.3.132.0.34': 'P-384', '1.3.132.0.35': 'P-521' };
const CURVE_BYTES = { 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const;
const NAMES: Readonly<Record<string, string>> = { '2.5.4.3': 'CN', '2.5.4.10': 'O', '2.5.4.11': 'OU', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST' };
const EXTENSION = { basicConstraints: '2.5.29.19', keyUsage: '2.5.29.15', extendedKeyUsage: '2.5.29.37', alternativeName: '2.5.29.17' } as const;
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate {
  const [tbs, algorithm, signature] = childrenOf(only(der, TAG.sequence));
  const fields = childrenOf(expectTag(tbs, TAG.sequence));
  // [0] version stands first where it is not the first version.
  const from = fields[0]?.tag === 0xa0 ? 1 : 0;
  const [issuer, validity, subject, key] = [fields[from + 2], fields[from + 3], fields[from + 4], fields[from + 5]].map((field) => expectTag(field, TAG.sequence));
  const [begin, end] = childrenOf(validity ?? { content: new Uint8Array(0) });
  const extensions = extensionsOf(fields.find(({ tag }) => tag === 0xa3));
  const usage = extensions.get(EXTENSION.keyUsage);
  const bits = usage === undefined ? undefined : bitsOf(only(usage, TAG.bits))[0] ?? 0;
  const extended = extensions.get(EXTENSION.extendedKeyUsage);
  const codeSigning = extended !== undefined && childrenOf(only(extended, TAG.sequence)).some((purpose) => oidOf(purpose) === CODE_SIGNING);
  const constraints = extensions.get(EXTENSION.basicConstraints);
  const authority = constraints !== undefined && childrenOf(only(constraints, TAG.sequence))[0]?.tag === TAG.boolean && childrenOf(only(constraints, TAG.sequence))[0]?.content[0] === 0xff;
  return {
    der,
    signed: expectTag(tbs, TAG.sequence).whole,
    issuer: expectTag(issuer, TAG.sequence).whole,
    subject: expectTag(subject, TAG.sequence).whole,
    subjectText: nameText(subject) || alternativeName(extensions.get(EXTENSION.alternativeName)) || 'no name',
    issuerText: nameText(issuer) || 'no name',
    notBefore: timeOf(begin),
    notAfter: timeOf(end),
    key: expectTag(key, TAG.sequence).whole,
    signatureOid: oidOf(childrenOf(expectTag(algorithm, TAG.sequence))[0]),
    signature: bitsOf(signature),
    authority,
    maySign: bits === undefined ? extended === undefined || codeSigning : (bits & 0x80) !== 0 || codeSigning,
    maySignCertificates: bits === undefined || (bits & 0x04) !== 0,
  };
}

/** Undefined where neither this code nor the host knows the algorithm. */
export async function isSignedBy(certificate: Certificate, issuerKey: Uint8Array<ArrayBuffer>, check: CheckSignature): Promise<boolean | undefined> {
  const known = SIGNATURES[certificate.signatureOid];
  if (known === undefined) return undefined;
  return checkWith(issuerKey, known, certificate.signature, certificate.signed, check);
}

/** The curve decides the hash where the signature itself does not name one (DSSE). */
export async function checkStatement(key: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>, check: CheckSignature): Promise<boolean | undefined> {
  const curve = curveOf(key);
  if (curve !== undefined) return checkWith(key, { name: 'ECDSA', hash: curve === 'P-256' ? 'SHA-256' : curve === 'P-384' ? 'SHA-384' : 'SHA-512' }, signature, data, check);
  return checkWith(key, keyOid(key) === '1.3.101.112' ? { name: 'Ed25519', hash: 'SHA-512' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, signature, data, check);
}

async function checkWith(key: Uint8Array<ArrayBuffer>, { name, hash }: { readonly name: SignatureAlgorithm['name']; readonly hash: HashName }, signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>, check: CheckSignature): Promise<boolean | undefined> {
  if (name !== 'ECDSA') return check(name === 'Ed25519' ? { name } : { name, hash }, key, signature, data);
  const curve = curveOf(key);
  if (curve === undefined) return undefined;
  const plain = ecdsaToPlain(signature, CURVE_BYTES[curve]);
  return plain === undefined ? false : check({ name, curve, hash }, key, plain, data);
}

function curveOf(key: Uint8Array<ArrayBuffer>): keyof typeof CURVE_BYTES | undefined {
  try {
    const [type, curve] = childrenOf(expectTag(childrenOf(only(key, TAG.sequence))[0], TAG.sequence));
    return oidOf(type) === '1.2.840.10045.2.1' ? CURVES[oidOf(curve)] : undefined;
  } catch {
    return undefined;
  }
}

function keyOid(key: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    return oidOf(childrenOf(expectTag(childrenOf(only(key, TAG.sequence))[0], TAG.sequence))[0]);
  } catch {
    return undefined;
  }
}

function extensionsOf(wrapper: Element | undefined): Map<string, Uint8Array<ArrayBuffer>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  if (wrapper === undefined) return found;
  for (const extension of childrenOf(only(wrapper.content, TAG.sequence))) {
    const parts = childrenOf(expectTag(extension, TAG.sequence));
    const value = parts.at(-1);
    if (value?.tag === TAG.octets) found.set(oidOf(parts[0]), value.content);
  }
  return found;
}

function nameText(name: Element | undefined): string {
  if (name === undefined) return '';
  const parts = childrenOf(name).flatMap((set) => childrenOf(expectTag(set, TAG.set)).map((pair) => {
    const [type, value] = childrenOf(expectTag(pair, TAG.sequence));
    const oid = oidOf(type);
    return `${NAMES[oid] ?? oid}=${new TextDecoder().decode(value?.content)}`;
  }));
  return parts.join(', ').slice(0, 300);
}

/** Of a Sigstore certificate: the e-mail address or the workflow's address ([1] and [6] of GeneralName). */
function alternativeName(value: Uint8Array<ArrayBuffer> | undefined): string {
  if (value === undefined) return '';
  return childrenOf(only(value, TAG.sequence)).flatMap(({ tag, content }) => (tag === 0x81 || tag === 0x86 || tag === 0x82 ? [new TextDecoder().decode(content)] : [])).join(', ').slice(0, 300);
}

function timeOf(element: Element | undefined): number {
  const text = new TextDecoder().decode(element?.content);
  const match = (element?.tag === TAG.utcTime ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/ : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/).exec(text);
  if (match === null) throw new ArtifactError({ code: 'malformed', format: 'X.509', field: 'validity', expected: 'a time in UTC', actual: text.slice(0, 40) });
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(element?.tag === TAG.utcTime ? (year < 50 ? 2000 + year : 1900 + year) : year, month - 1, day, hour, minute, second);
}
