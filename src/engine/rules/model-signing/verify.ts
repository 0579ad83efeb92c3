// Who signed, as far as that can be told offline: the signature against the keys and roots that the user gave.
// A chain holds where each certificate is signed by the next, all are valid today, all but the first may sign certificates, and
// it ends at a given root. Revocation and public logs (Rekor) are not asked: that needs a network.
import type { CheckSignature, TrustAnchor } from '../../core/signature-check.ts';
import { sha256 } from 'hash-wasm';
import type { Bundle } from './bundle.ts';
import { checkStatement, isSignedBy, parseCertificate, type Certificate } from './certificate.ts';
import { pemOfKey } from './pem.ts';

export interface Trust {
  readonly anchors: readonly TrustAnchor[];
  readonly check: CheckSignature;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Verified =
  /** The signature holds, and the user trusts its key. */
  | { readonly outcome: 'trusted'; readonly by: string; readonly through: string }
  /** Nothing speaks against it, and nobody vouches for it. */
  | { readonly outcome: 'unverified'; readonly by: string; readonly why: string }
  /** The user gave keys or roots, and they do not lead here. */
  | { readonly outcome: 'stranger'; readonly by: string; readonly why: string }
  /** The signature is not over this statement. */
  | { readonly outcome: 'broken'; readonly by: string; readonly why: string };

export async function verify(bundle: Bundle, trust: Trust): Promise<Verified> {
  return bundle.material.kind === 'key' ? verifyKey(bundle, bundle.material.hint, trust) : verifyChain(bundle, bundle.material.chain, bundle.material.kind, trust);
}

async function verifyKey({ signedBytes, signature }: Bundle, hint: string | undefined, { anchors, check }: Trust): Promise<Verified> {
  const by = hint === undefined ? 'a key that the bundle does not name' : `the key ${hint.slice(0, 16)}…`;
  const keys = anchors.filter(({ kind }) => kind === 'key');
  if (keys.length === 0) return { outcome: 'unverified', by, why: 'no public key was given to check it with' };
  for (const { der, from } of keys) {
    const same = hint === undefined ? undefined : hint === (await sha256(pemOfKey(der)));
    if (same === false) continue;
    const holds = await checkStatement(der, signature, signedBytes, check);
    if (holds === true) return { outcome: 'trusted', by, through: `the key in ${from}` };
    // Without a hint another of the given keys may be the one.
    if (same === true) return holds === false ? { outcome: 'broken', by, why: `the signature does not hold under the key in ${from}, which the bundle names` } : { outcome: 'unverified', by, why: `the key in ${from} is of a kind that cannot be checked here` };
  }
  return { outcome: 'stranger', by, why: `none of the ${keys.length === 1 ? 'one key' : `${keys.length} keys`} given made it` };
}

async function verifyChain({ signedBytes, signature }: Bundle, ders: readonly Uint8Array<ArrayBuffer>[], kind: 'certificates' | 'sigstore', { anchors, check, now }: Trust): Promise<Verified> {
  const chain = ders.map(parseCertificate);
  const [leaf] = chain;
  if (leaf === undefined) return { outcome: 'broken', by: 'nobody', why: 'the bundle holds no certificate' };
  const by = leaf.subjectText;
  const holds = await checkStatement(leaf.key, signature, signedBytes, check);
  if (holds === false) return { outcome: 'broken', by, why: 'the signature does not hold under the key of its own certificate' };
  if (holds === undefined) return { outcome: 'unverified', by, why: 'its key is of a kind that cannot be checked here' };
  const roots = anchors.flatMap(({ kind: anchor, der, from }) => (anchor === 'certificate' ? [{ certificate: parseCertificate(der), from }] : []));
  if (roots.length === 0) return { outcome: 'unverified', by, why: `${kind === 'sigstore' ? 'it was signed through Sigstore, whose log cannot be asked offline, and ' : ''}no root certificate was given` };
  const path = await pathToRoot(leaf, chain.slice(1), roots, check);
  if (path === undefined) return { outcome: 'stranger', by, why: `its certificate (issued by ${leaf.issuerText}) does not lead to a root that was given` };
  if (!leaf.maySign) return { outcome: 'stranger', by, why: 'its certificate is not made for signing' };
  const stale = path.certificates.find(({ notBefore, notAfter }) => now < notBefore || now > notAfter);
  if (stale !== undefined) return { outcome: 'stranger', by, why: `the certificate of ${stale.subjectText} is valid from ${day(stale.notBefore)} to ${day(stale.notAfter)} only; when it signed cannot be told without a trusted time` };
  return { outcome: 'trusted', by, through: `the root in ${path.from}` };
}

interface Path {
  readonly certificates: readonly Certificate[];
  readonly from: string;
}

/** The bundle's own certificates may lead to a root; only a given one ends the path. */
async function pathToRoot(leaf: Certificate, others: readonly Certificate[], roots: readonly { readonly certificate: Certificate; readonly from: string }[], check: CheckSignature): Promise<Path | undefined> {
  const certificates = [leaf];
  const left = [...others];
  for (let at = leaf; ; ) {
    for (const { certificate, from } of roots) {
      // A root may be given that is the signer's own certificate.
      if (same(certificate.der, at.der)) return { certificates, from };
      if (same(certificate.subject, at.issuer) && (await isSignedBy(at, certificate.key, check)) === true) return { certificates: [...certificates, certificate], from };
    }
    let next: Certificate | undefined;
    for (const candidate of left) {
      if (candidate.authority && candidate.maySignCertificates && same(candidate.subject, at.issuer) && (await isSignedBy(at, candidate.key, check)) === true) next = candidate;
    }
    if (next === undefined) return undefined;
    left.splice(left.indexOf(next), 1);
    certificates.push(next);
    at = next;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
