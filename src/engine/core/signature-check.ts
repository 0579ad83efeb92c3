// Checking a signature, as hosts do it (WebCrypto, in browsers and in Node alike); adapters/ bring it in.

export type HashName = 'SHA-256' | 'SHA-384' | 'SHA-512';

export type SignatureAlgorithm =
  | { readonly name: 'ECDSA'; readonly curve: 'P-256' | 'P-384' | 'P-521'; readonly hash: HashName }
  | { readonly name: 'RSASSA-PKCS1-v1_5'; readonly hash: HashName }
  | { readonly name: 'Ed25519' };

/**
 * `key`: SubjectPublicKeyInfo, DER. `signature`: ECDSA as r and s side by side (IEEE P1363), others as they are.
 * Undefined where the host cannot do this algorithm or the key cannot be read: neither good nor bad.
 */
export type CheckSignature = (algorithm: SignatureAlgorithm, key: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>) => Promise<boolean | undefined>;

/** Whom the user trusts: a public key or a root certificate, out of a PEM file of theirs. Never out of the files that are audited. */
export interface TrustAnchor {
  readonly kind: 'key' | 'certificate';
  readonly der: Uint8Array<ArrayBuffer>;
  /** The file it came from. */
  readonly from: string;
}
