// Bundles are made here, with keys that live as long as the test: OpenSSF Model Signing 1.0 by key and by certificate.
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webCheck } from '../../../adapters/web-crypto.ts';
import { nodeHasher } from '../../../adapters/node-hasher.ts';
import { digestPass } from '../../artifact/digests/digest-pass.ts';
import { inspectFiles } from '../../artifact/inspect/inspect-files.ts';
import { openArtifact } from '../../artifact/open.ts';
import { ArtifactError } from '../../core/artifact-error.ts';
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { NEVER } from '../../core/cancel.ts';
import type { Finding } from '../../core/finding.ts';
import type { TrustAnchor } from '../../core/signature-check.ts';
import { parseBundle } from './bundle.ts';
import { parseCertificate } from './certificate.ts';
import { modelSigning } from './index.ts';
import { parseTrust, pemOfKey } from './pem.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const file = (path: string, text: string): ByteSource => bytesOf(path, utf8(text));
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const MODEL = [file('config.json', '{"model_type": "x"}'), file('sub/weights.txt', 'numbers')];
const TEXTS: Readonly<Record<string, string>> = { 'config.json': '{"model_type": "x"}', 'sub/weights.txt': 'numbers' };

interface Made {
  readonly key: KeyObject;
  readonly spki: Uint8Array<ArrayBuffer>;
}

function keyPair(curve = 'P-256'): Made {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return { key: privateKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const head = length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Uint8Array.from([...head, ...parts.flatMap((part) => [...part])]);
}
const oid = (hex: string): Uint8Array => der(6, Buffer.from(hex, 'hex'));
const nameOf = (name: string): Uint8Array => der(0x30, der(0x31, der(0x30, oid('550403'), der(12, utf8(name)))));
const time = (at: number): Uint8Array => der(0x17, utf8(`${new Date(at).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));

interface CertificateOptions {
  readonly subject: string;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly spki: Uint8Array;
  readonly authority?: boolean;
  readonly notAfter?: number;
}

function certificate({ subject, issuer, issuerKey, spki, authority = false, notAfter = NOW + 30 * DAY }: CertificateOptions): Uint8Array<ArrayBuffer> {
  const algorithm = der(0x30, oid('2a8648ce3d040302'));
  const usage = der(0x30, oid('551d0f'), der(4, der(3, Uint8Array.of(1, authority ? 0x06 : 0x80))));
  const constraints = der(0x30, oid('551d13'), der(4, der(0x30, ...(authority ? [der(1, Uint8Array.of(255))] : []))));
  const tbs = der(0x30, der(0xa0, der(2, Uint8Array.of(2))), der(2, Uint8Array.of(7)), algorithm, nameOf(issuer), der(0x30, time(NOW - 30 * DAY), time(notAfter)), nameOf(subject), spki, der(0xa3, der(0x30, usage, constraints)));
  return der(0x30, tbs, algorithm, der(3, Uint8Array.of(0), sign('sha256', tbs, issuerKey)));
}

interface BundleOptions {
  readonly signer: Made;
  readonly hash?: string;
  readonly material?: object;
  readonly texts?: Readonly<Record<string, string>>;
  readonly change?: (statement: { predicate: { resources: { name: string; digest: string }[] }; subject: { digest: { sha256: string } }[] }) => void;
  readonly tamper?: boolean;
}

function bundle({ signer, hash = 'sha256', material, texts = TEXTS, change, tamper = false }: BundleOptions): ByteSource {
  const resources = Object.entries(texts).map(([name, text]) => ({ name, algorithm: 'sha256', digest: sha256(text) }));
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: sha256(Buffer.concat(resources.map(({ digest }) => Buffer.from(digest, 'hex')))) } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: { serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: ['model.sig'] }, resources },
  };
  change?.(statement);
  const payload = Buffer.from(JSON.stringify(statement));
  const type = 'application/vnd.in-toto+json';
  const signature = sign(hash, Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]), signer.key);
  const shown = tamper ? Buffer.from(JSON.stringify({ ...statement, note: 'added' })) : payload;
  return file('model.sig', JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: material ?? { publicKey: { hint: sha256(pemOfKey(signer.spki)) }, tlogEntries: [] },
    dsseEnvelope: { payload: shown.toString('base64'), payloadType: type, signatures: [{ sig: signature.toString('base64'), keyid: '' }] },
  }));
}

async function findings(sources: readonly ByteSource[], anchors: readonly TrustAnchor[]): Promise<Finding[]> {
  const artifact = await openArtifact({ name: 'test', files: sources });
  const inspection = await inspectFiles(sources);
  const digests = await digestPass(sources, inspection, nodeHasher);
  const found: Finding[] = [];
  const files = sources.map(({ path, size }) => ({ path, bytes: size, sha256: digests.files.get(path) ?? '', format: 'x' }));
  const context = { artifact, inspection, digests, files, trust: { anchors, check: webCheck, now: NOW }, runnable: undefined, environment: { backend: 'none', threads: 1, adapter: 'none' }, options: { budget: 'quick', seed: 0 }, signal: NEVER, clock: { now: () => 0 } } as const;
  expect(modelSigning.inapplicable(context)).toBeUndefined();
  await modelSigning.run(context, (event) => {
    if (event.type === 'finding') found.push(event.finding);
  });
  return found;
}
const rules = (found: readonly Finding[]): string[] => found.map(({ rule, severity }) => `${rule} ${severity}`);
const keyAnchor = ({ spki }: Made): TrustAnchor => ({ kind: 'key', der: spki, from: 'publisher.pem' });

describe('a model signed with a key', () => {
  it.each([['P-256', 'sha256'], ['P-384', 'sha384'], ['P-521', 'sha512']])('is verified with that key (%s)', async (curve, hash) => {
    const signer = keyPair(curve);
    const [found] = await findings([...MODEL, bundle({ signer, hash })], [keyAnchor(signer)]);
    expect(found).toMatchObject({ rule: 'ASY-PRV-040', severity: 'info', title: expect.stringContaining('2 of 2 files are the ones that were signed') });
  });

  it('is not approved without a key', async () => {
    const found = await findings([...MODEL, bundle({ signer: keyPair() })], []);
    expect(rules(found)).toEqual(['ASY-PRV-041 info']);
    expect(found[0]?.title).toContain('not verified');
  });

  it('is a stranger’s under another key', async () => {
    expect(rules(await findings([...MODEL, bundle({ signer: keyPair() })], [keyAnchor(keyPair())]))).toEqual(['ASY-PRV-043 medium']);
  });

  it('is broken where the statement was changed', async () => {
    const signer = keyPair();
    expect(rules(await findings([...MODEL, bundle({ signer, tamper: true })], [keyAnchor(signer)]))).toEqual(['ASY-PRV-042 high']);
  });

  it('names files that are changed, missing, or not covered', async () => {
    const signer = keyPair();
    const changed = await findings([file('config.json', '{"model_type": "y"}'), MODEL[1] ?? file('x', ''), bundle({ signer })], [keyAnchor(signer)]);
    expect(rules(changed)).toEqual(['ASY-PRV-044 high', 'ASY-PRV-041 info']);
    expect(rules(await findings([MODEL[0] ?? file('x', ''), bundle({ signer })], [keyAnchor(signer)]))).toEqual(['ASY-PRV-045 low', 'ASY-PRV-041 info']);
    expect(rules(await findings([...MODEL, file('extra.py', 'x = 1'), file('.gitattributes', '*'), bundle({ signer })], [keyAnchor(signer)]))).toEqual(['ASY-PRV-046 medium', 'ASY-PRV-040 info']);
  });

  it('is refused where its own sum does not add up, or a name leads outside', async () => {
    const signer = keyPair();
    const sum = bundle({ signer, change: (statement) => { for (const subject of statement.subject) subject.digest.sha256 = 'ab'.repeat(32); } });
    expect(rules(await findings([...MODEL, sum], [keyAnchor(signer)]))).toEqual(['ASY-PRV-047 medium']);
    const outside = bundle({ signer, texts: { '../etc/passwd': 'x' } });
    expect(rules(await findings([...MODEL, outside], [keyAnchor(signer)]))).toEqual(['ASY-PRV-047 medium']);
  });
});

describe('a model signed with a certificate', () => {
  const root = keyPair();
  const middle = keyPair();
  const signer = keyPair();
  const rootDer = certificate({ subject: 'Root', issuer: 'Root', issuerKey: root.key, spki: root.spki, authority: true });
  const middleDer = certificate({ subject: 'Middle', issuer: 'Root', issuerKey: root.key, spki: middle.spki, authority: true });
  const leaf = (options: Partial<CertificateOptions> = {}): Uint8Array => certificate({ subject: 'Signer', issuer: 'Middle', issuerKey: middle.key, spki: signer.spki, ...options });
  const chain = (...ders: readonly Uint8Array[]): object => ({ x509CertificateChain: { certificates: ders.map((bytes) => ({ rawBytes: Buffer.from(bytes).toString('base64') })) } });
  const anchor: TrustAnchor = { kind: 'certificate', der: rootDer, from: 'root.pem' };

  it('is verified through a root that was given, by its intermediate', async () => {
    const [found] = await findings([...MODEL, bundle({ signer, material: chain(leaf(), middleDer) })], [anchor]);
    expect(found).toMatchObject({ rule: 'ASY-PRV-040', title: expect.stringContaining('Signed by CN=Signer, verified through the root in root.pem') });
  });

  it('is not approved by the root that it brings along', async () => {
    expect(rules(await findings([...MODEL, bundle({ signer, material: chain(leaf(), middleDer, rootDer) })], []))).toEqual(['ASY-PRV-041 info']);
    const other = keyPair();
    const otherRoot = certificate({ subject: 'Root', issuer: 'Root', issuerKey: other.key, spki: other.spki, authority: true });
    expect(rules(await findings([...MODEL, bundle({ signer, material: chain(leaf(), middleDer, rootDer) })], [{ ...anchor, der: otherRoot }]))).toEqual(['ASY-PRV-043 medium']);
  });

  it('is a stranger’s where a certificate has ended, or one that may not sign stands in between', async () => {
    const [ended] = await findings([...MODEL, bundle({ signer, material: chain(leaf({ notAfter: NOW - DAY }), middleDer) })], [anchor]);
    expect([ended?.rule, ended?.title]).toEqual(['ASY-PRV-043', expect.stringContaining('2026-05-31')]);
    const noAuthority = certificate({ subject: 'Middle', issuer: 'Root', issuerKey: root.key, spki: middle.spki });
    expect(rules(await findings([...MODEL, bundle({ signer, material: chain(leaf(), noAuthority) })], [anchor]))).toEqual(['ASY-PRV-043 medium']);
  });

  it('is broken where another key signed', async () => {
    expect(rules(await findings([...MODEL, bundle({ signer: keyPair(), material: chain(leaf(), middleDer) })], [anchor]))).toEqual(['ASY-PRV-042 high']);
  });

  it('is read out of PEM, and read out of nothing else', () => {
    const pem = `bag attributes\n-----BEGIN CERTIFICATE-----\n${Buffer.from(rootDer).toString('base64')}\n-----END CERTIFICATE-----\n${pemOfKey(root.spki)}`;
    expect(parseTrust(pem, 'a.pem').map(({ kind }) => kind)).toEqual(['certificate', 'key']);
    expect(() => parseTrust('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'a.pem')).toThrow(ArtifactError);
  });

  it('throws nothing but the one error on broken bytes', () => {
    const good = leaf();
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) }), { maxLength: 6 }), fc.nat(good.length), (flips, length) => {
        const bytes = Uint8Array.from(good.subarray(0, length));
        for (const { at, to } of flips) if (at < bytes.length) bytes[at] = to;
        try {
          parseCertificate(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ArtifactError);
        }
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parseBundle(value, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(ArtifactError);
        }
      }),
    );
  });
});
