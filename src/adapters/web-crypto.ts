// Signatures and digests by WebCrypto, which browsers, workers and Node share.
import type { CheckSignature, SignatureAlgorithm } from '../engine/core/signature-check.ts';

export const webCheck: CheckSignature = async (algorithm, key, signature, data) => {
  try {
    const imported = await crypto.subtle.importKey('spki', key, importOf(algorithm), false, ['verify']);
    return await crypto.subtle.verify(algorithm.name === 'ECDSA' ? { name: 'ECDSA', hash: algorithm.hash } : { name: algorithm.name }, imported, signature, data);
  } catch {
    // A key that does not fit its algorithm, or an algorithm that this host lacks.
    return undefined;
  }
};

function importOf(algorithm: SignatureAlgorithm): AlgorithmIdentifier | EcKeyImportParams | RsaHashedImportParams {
  switch (algorithm.name) {
    case 'ECDSA':
      return { name: 'ECDSA', namedCurve: algorithm.curve };
    case 'RSASSA-PKCS1-v1_5':
      return { name: 'RSASSA-PKCS1-v1_5', hash: algorithm.hash };
    case 'Ed25519':
      return { name: 'Ed25519' };
  }
}

/** SHA-256 of bytes at hand, computed beside the calling thread. Lower-case hexadecimal. */
export async function webDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
