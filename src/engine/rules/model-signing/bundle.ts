// OpenSSF Model Signing 1.0 bundles: a Sigstore bundle (JSON) with a DSSE envelope around an in-toto statement that lists the
// model's files with their digests. Also the statement of release 0.2 (digests among the subjects). SHA-256 over whole files;
// statements over shards or with other hashes are read and not compared.
import { ArtifactError } from '../../core/artifact-error.ts';
import { fromBase64 } from '../../core/base64.ts';
import { describeType, isObject, parseJson } from '../../artifact/text.ts';

export interface SignedFile {
  readonly name: string;
  readonly algorithm: string;
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

export interface Statement {
  readonly predicateType: string;
  readonly modelName: string;
  /** SHA-256 over the digests of all resources, in their order; undefined in release 0.2. */
  readonly rootDigest: string | undefined;
  readonly files: readonly SignedFile[];
  readonly method: string;
  readonly ignored: readonly string[];
}

export interface Bundle {
  /** DSSE's pre-authentication encoding: what the signature is over. */
  readonly signedBytes: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly statement: Statement;
  readonly material:
    | { readonly kind: 'key'; readonly hint: string | undefined }
    | { readonly kind: 'certificates'; readonly chain: readonly Uint8Array<ArrayBuffer>[] }
    /** One short-lived certificate and an entry in a public log. */
    | { readonly kind: 'sigstore'; readonly chain: readonly Uint8Array<ArrayBuffer>[] };
}

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE = 'https://model_signing/signature/v1.0';
const PREDICATE_0_2 = 'https://model_signing/Digests/v0.1';
const MAX_FILES = 50_000;
const MAX_CHAIN = 16;

export function looksLikeBundle(value: unknown): boolean {
  return isObject(value) && typeof value['mediaType'] === 'string' && value['mediaType'].startsWith('application/vnd.dev.sigstore.bundle') && isObject(value['dsseEnvelope']);
}

/** Throws ArtifactError with the field that is not what the formats demand. */
export function parseBundle(value: unknown, file: string): Bundle {
  const fail = (field: string, expected: string, actual: unknown): ArtifactError => new ArtifactError({ code: 'malformed', format: 'model-signing', file, field, expected, actual: typeof actual === 'string' ? actual.slice(0, 120) : describeType(actual) });
  const object = (parent: unknown, key: string, field: string): Readonly<Record<string, unknown>> => {
    const found = isObject(parent) ? parent[key] : undefined;
    if (!isObject(found)) throw fail(field, 'an object', found);
    return found;
  };
  const text = (parent: Readonly<Record<string, unknown>>, key: string, field: string): string => {
    const found = parent[key];
    if (typeof found !== 'string' || found === '') throw fail(field, 'a text', found);
    return found;
  };
  const envelope = object(value, 'dsseEnvelope', 'dsseEnvelope');
  const payloadType = text(envelope, 'payloadType', 'dsseEnvelope.payloadType');
  if (payloadType !== PAYLOAD_TYPE) throw fail('dsseEnvelope.payloadType', PAYLOAD_TYPE, payloadType);
  const payload = fromBase64(text(envelope, 'payload', 'dsseEnvelope.payload'));
  const signatures = envelope['signatures'];
  // DSSE allows several; a bundle has exactly one.
  const [signature] = Array.isArray(signatures) && signatures.length === 1 ? signatures : [];
  if (!isObject(signature)) throw fail('dsseEnvelope.signatures', 'exactly one signature', Array.isArray(signatures) ? `${signatures.length}` : signatures);
  const bundleMaterial = object(value, 'verificationMaterial', 'verificationMaterial');
  const { value: statement } = parseJson(new TextDecoder().decode(payload), { format: 'model-signing', file }, 16);
  return {
    signedBytes: preAuthentication(payloadType, payload),
    signature: fromBase64(text(signature, 'sig', 'dsseEnvelope.signatures[0].sig')),
    statement: statementOf(statement, fail, object, text),
    material: materialOf(bundleMaterial, fail),
  };
}

type Fail = (field: string, expected: string, actual: unknown) => ArtifactError;

function materialOf(material: Readonly<Record<string, unknown>>, fail: Fail): Bundle['material'] {
  const raw = (certificate: unknown, field: string): Uint8Array<ArrayBuffer> => {
    const bytes = isObject(certificate) ? certificate['rawBytes'] : undefined;
    if (typeof bytes !== 'string') throw fail(field, 'rawBytes', bytes);
    return fromBase64(bytes);
  };
  const chain = material['x509CertificateChain'];
  if (isObject(chain)) {
    const list = chain['certificates'];
    if (!Array.isArray(list) || list.length === 0 || list.length > MAX_CHAIN) throw fail('verificationMaterial.x509CertificateChain', `1 to ${MAX_CHAIN} certificates`, list);
    return { kind: 'certificates', chain: list.map((item: unknown, i) => raw(item, `verificationMaterial.x509CertificateChain.certificates[${i}]`)) };
  }
  if (isObject(material['certificate'])) return { kind: 'sigstore', chain: [raw(material['certificate'], 'verificationMaterial.certificate')] };
  const key = material['publicKey'];
  if (!isObject(key)) throw fail('verificationMaterial', 'publicKey, x509CertificateChain or certificate', key);
  return { kind: 'key', hint: typeof key['hint'] === 'string' && key['hint'] !== '' ? key['hint'].toLowerCase() : undefined };
}

function statementOf(
  statement: unknown,
  fail: Fail,
  object: (parent: unknown, key: string, field: string) => Readonly<Record<string, unknown>>,
  text: (parent: Readonly<Record<string, unknown>>, key: string, field: string) => string,
): Statement {
  if (!isObject(statement) || statement['_type'] !== STATEMENT_TYPE) throw fail('payload._type', STATEMENT_TYPE, isObject(statement) ? statement['_type'] : statement);
  const predicateType = text(statement, 'predicateType', 'payload.predicateType');
  const subjects = statement['subject'];
  if (!Array.isArray(subjects) || subjects.length === 0 || subjects.length > MAX_FILES) throw fail('payload.subject', 'a list', subjects);
  if (predicateType === PREDICATE_0_2) {
    const files = subjects.map((subject: unknown, i): SignedFile => signedFile(isObject(subject) ? { name: subject['name'], algorithm: 'sha256', digest: object(subject, 'digest', `payload.subject[${i}].digest`)['sha256'] } : {}, `payload.subject[${i}]`, fail));
    return { predicateType, modelName: '', rootDigest: undefined, files, method: 'files', ignored: [] };
  }
  if (predicateType !== PREDICATE) throw fail('payload.predicateType', PREDICATE, predicateType);
  if (subjects.length !== 1 || !isObject(subjects[0])) throw fail('payload.subject', 'one subject', subjects);
  const predicate = object(statement, 'predicate', 'payload.predicate');
  const resources = predicate['resources'];
  if (!Array.isArray(resources) || resources.length === 0 || resources.length > MAX_FILES) throw fail('payload.predicate.resources', `a list of 1 to ${MAX_FILES}`, resources);
  const files = resources.map((item: unknown, i) => signedFile(isObject(item) ? item : {}, `payload.predicate.resources[${i}]`, fail));
  if (new Set(files.map(({ name }) => name)).size !== files.length) throw fail('payload.predicate.resources', 'each file once', 'a name that stands there twice');
  const serialization = object(predicate, 'serialization', 'payload.predicate.serialization');
  const ignored = serialization['ignore_paths'];
  return {
    predicateType,
    modelName: typeof subjects[0]['name'] === 'string' ? subjects[0]['name'] : '',
    rootDigest: text(object(subjects[0], 'digest', 'payload.subject[0].digest'), 'sha256', 'payload.subject[0].digest.sha256').toLowerCase(),
    files,
    method: text(serialization, 'method', 'payload.predicate.serialization.method'),
    ignored: Array.isArray(ignored) ? ignored.filter((path) => typeof path === 'string') : [],
  };
}

function signedFile({ name, algorithm, digest }: { readonly name?: unknown; readonly algorithm?: unknown; readonly digest?: unknown }, field: string, fail: Fail): SignedFile {
  if (typeof name !== 'string' || name === '' || name.startsWith('/') || name.split('/').some((part) => part === '..' || part === '.' || part === '')) throw fail(`${field}.name`, 'a relative path without . and ..', name);
  if (typeof algorithm !== 'string' || typeof digest !== 'string' || !/^[0-9a-fA-F]{2,256}$/.test(digest) || digest.length % 2 !== 0) throw fail(`${field}.digest`, 'an algorithm and a digest in hexadecimal', digest);
  return { name, algorithm, digest: digest.toLowerCase() };
}

/** 'DSSEv1' SP length SP type SP length SP payload, lengths in decimal bytes. */
function preAuthentication(type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const typeBytes = new TextEncoder().encode(type);
  const head = new TextEncoder().encode(`DSSEv1 ${typeBytes.byteLength} ${type} ${payload.byteLength} `);
  const bytes = new Uint8Array(head.byteLength + payload.byteLength);
  bytes.set(head);
  bytes.set(payload, head.byteLength);
  return bytes;
}
