// Signatures by WebCrypto, which browsers, workers and Node share.
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
