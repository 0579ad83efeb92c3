// Rules on OpenSSF Model Signing bundles: is the statement signed by somebody the user trusts, and are the files the ones that
// were signed. "Signed" is no approval by itself: without a key or root of the user's nothing is verified, and it is said so.
import { ArtifactError } from '../../core/artifact-error.ts';
import { jsonInspector } from '../../artifact/formats/json-inspector.ts';
import { directoryOf } from '../../artifact/formats/reader.ts';
import { contentOf, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { fromHex } from '../../artifact/pickle/literals.ts';
import type { Evidence } from '../../core/finding.ts';
import type { ReportFile } from '../../report/report.ts';
import { sha256 } from 'hash-wasm';
import { shown } from '../evidence.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { looksLikeBundle, parseBundle, type Statement } from './bundle.ts';
import { verify, type Verified } from './verify.ts';

const TRUSTED: Rule = {
  id: 'ASY-PRV-040',
  title: 'Signed, verified with a key or root that you gave',
  severity: 'info',
  misses: 'Says who vouches for these files, not that they are harmless. Revocation of certificates is not checked.',
  references: [],
  remedy: 'Nothing to do.',
};

const UNVERIFIED: Rule = {
  id: 'ASY-PRV-041',
  title: 'Signed, not verified',
  severity: 'info',
  misses: 'Anybody can sign anything. Until the signature is checked with a key or root that you have from elsewhere, it says nothing about where the files come from.',
  references: [],
  remedy: 'Give the publisher’s public key or root certificate (--trust FILE, or “Known and accepted” on the page). Take it from somewhere other than this download.',
};

const BROKEN: Rule = {
  id: 'ASY-PRV-042',
  title: 'The signature does not hold',
  severity: 'high',
  misses: 'ECDSA (P-256, P-384, P-521), RSA and Ed25519 are checked.',
  references: ['CWE-347', 'AML.T0010.003'],
  remedy: 'Do not use the model: what was signed was changed, or the signature belongs to something else.',
};

const STRANGER: Rule = {
  id: 'ASY-PRV-043',
  title: 'Signed by somebody else than those you trust',
  severity: 'medium',
  misses: 'A new key of the same publisher looks the same as a stranger’s.',
  references: ['CWE-295', 'AML.T0010.003'],
  remedy: 'Ask the publisher which key signs the model.',
};

const CHANGED: Rule = {
  id: 'ASY-PRV-044',
  title: 'A file is not the one that was signed',
  severity: 'high',
  misses: 'SHA-256 over whole files; statements over shards or with other hashes are not compared.',
  references: ['CWE-354', 'AML.T0010.003'],
  remedy: 'Do not use the file. Download the model again.',
};

const MISSING: Rule = {
  id: 'ASY-PRV-045',
  title: 'Files that were signed are not here',
  severity: 'low',
  misses: 'Where only a part of the model was opened, the rest is missing.',
  references: [],
  remedy: 'Open the whole model.',
};

const UNSIGNED: Rule = {
  id: 'ASY-PRV-046',
  title: 'Files beside the signed ones that the signature does not cover',
  severity: 'medium',
  misses: 'Files that the signer chose to ignore, and a repository’s own, are not counted.',
  references: ['CWE-345', 'AML.T0010.003'],
  remedy: 'Loaders may read them. Ask the publisher, or remove them.',
};

const MALFORMED: Rule = {
  id: 'ASY-PRV-047',
  title: 'A signature that cannot be read',
  severity: 'medium',
  misses: 'Bundles of OpenSSF Model Signing 1.0 and 0.2.',
  references: ['CWE-347'],
  remedy: 'Treat the model as unsigned.',
};

export const modelSigning = analysisOf({
  id: 'model-signing',
  label: 'Model signatures',
  limits: 'OpenSSF Model Signing bundles, by key and by certificate, with the keys and roots that are given. Sigstore’s public log is not asked, revocation is not checked.',
  rules: [TRUSTED, UNVERIFIED, BROKEN, STRANGER, CHANGED, MISSING, UNSIGNED, MALFORMED],
  needsDigests: true,
  inapplicable: ({ inspection }) => (inspection.files.some((file) => file.depth === 0 && looksLikeBundle(contentOf(file, jsonInspector)?.value)) ? undefined : 'no model signature'),
  async check({ inspection, files, trust }, report) {
    for (const file of inspection.files) {
      const value = file.depth === 0 ? contentOf(file, jsonInspector)?.value : undefined;
      if (!looksLikeBundle(value)) continue;
      try {
        const bundle = parseBundle(value, file.path);
        await checkRoot(bundle.statement, file.path);
        const verified: Verified = trust === undefined ? { outcome: 'unverified', by: 'somebody', why: 'signatures cannot be checked here' } : await verify(bundle, trust);
        const compared = compare(bundle.statement, file, files, report);
        reportSigner(file, verified, compared, report);
      } catch (error) {
        if (!(error instanceof ArtifactError)) throw error;
        const { field, expected, actual } = error;
        report(MALFORMED, { file, about: field ?? 'bundle', title: `${MALFORMED.title}: ${shown(file.path, 80)}`, sure: 'read', evidence: [{ kind: 'fields', title: 'What the format demands', rows: [{ field: shown(field ?? 'bundle', 120), expected: expected ?? 'a valid value', found: shown(actual ?? 'something else', 120) }] }] });
      }
    }
  },
});

/** The statement's own sum over its digests, in their order. */
async function checkRoot({ rootDigest, files }: Statement, file: string): Promise<void> {
  if (rootDigest === undefined) return;
  const digests = files.map(({ digest }) => fromHex(digest));
  const all = new Uint8Array(digests.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const digest of digests) {
    all.set(digest, at);
    at += digest.byteLength;
  }
  const found = await sha256(all);
  if (found !== rootDigest) throw new ArtifactError({ code: 'malformed', format: 'model-signing', file, field: 'payload.subject[0].digest.sha256', expected: `${found} (over the resources)`, actual: rootDigest });
}

interface Compared {
  readonly same: number;
  readonly of: number;
  readonly uncompared: number;
  readonly clean: boolean;
}

function compare(statement: Statement, bundleFile: InspectedFile, files: readonly ReportFile[], report: Report): Compared {
  const root = rootOf(statement, bundleFile, files);
  const here = new Map(files.filter(({ path }) => root === '' || path.startsWith(`${root}/`)).map((file) => [root === '' ? file.path : file.path.slice(root.length + 1), file]));
  const comparable = statement.method === 'files';
  const missing: string[] = [];
  let [same, changed, uncompared] = [0, 0, 0];
  for (const signed of statement.files) {
    const file = comparable ? here.get(signed.name) : undefined;
    if (!comparable || signed.algorithm !== 'sha256') uncompared++;
    else if (file === undefined) missing.push(signed.name);
    else if (file.sha256 === signed.digest) same++;
    else {
      changed++;
      report(CHANGED, { file: { path: file.path, root: file.path }, about: bundleFile.path, title: `${shown(file.path, 80)} is not the file that was signed`, sure: 'read', evidence: [{ kind: 'fields', title: shown(bundleFile.path, 80), rows: [{ field: 'SHA-256', expected: signed.digest, found: file.sha256 }] }] });
    }
  }
  if (missing.length > 0) report(MISSING, { file: bundleFile, about: 'missing', title: `${missing.length} of ${statement.files.length} files that were signed are not here`, sure: 'read', evidence: [listOf('Missing', missing)] });
  const covered = new Set(statement.files.map(({ name }) => name));
  const unsigned = comparable ? [...here].filter(([name, file]) => !covered.has(name) && file.path !== bundleFile.path && !isIgnored(name, statement.ignored)).map(([name]) => name) : [];
  if (unsigned.length > 0) report(UNSIGNED, { file: bundleFile, about: 'unsigned', title: `${unsigned.length} ${unsigned.length === 1 ? 'file is' : 'files are'} not covered by the signature: ${shown(unsigned.slice(0, 3).join(', '), 120)}`, sure: 'read', evidence: [listOf('Not covered', unsigned)] });
  return { same, of: statement.files.length, uncompared, clean: changed === 0 && missing.length === 0 && uncompared === 0 };
}

function reportSigner(file: InspectedFile, verified: Verified, { same, of, uncompared, clean }: Compared, report: Report): void {
  const by = shown(verified.by, 120);
  const counts = `${same} of ${of} files are the ones that were signed${uncompared > 0 ? `, ${uncompared} could not be compared` : ''}`;
  const rows = [{ field: 'signed by', found: by }, { field: 'files', found: counts }];
  const why = 'why' in verified ? [{ field: 'why', found: shown(verified.why, 300) }] : [];
  const evidence: Evidence[] = [{ kind: 'fields', title: shown(file.path, 80), rows: [...rows, ...why] }];
  switch (verified.outcome) {
    case 'trusted':
      // A good signature over files that are others says nothing good about these.
      report(clean ? TRUSTED : UNVERIFIED, { file, about: 'signer', title: clean ? `Signed by ${by}, verified through ${shown(verified.through, 80)}: ${counts}` : `Signed by ${by}, but ${counts}`, sure: 'read', evidence });
      return;
    case 'unverified':
      report(UNVERIFIED, { file, about: 'signer', title: `Signed by ${by}, not verified: ${shown(verified.why, 200)}`, sure: 'read', evidence });
      return;
    case 'stranger':
      report(STRANGER, { file, about: 'signer', title: `Signed by ${by}, whom you do not trust: ${shown(verified.why, 200)}`, sure: 'read', evidence });
      return;
    case 'broken':
      report(BROKEN, { file, about: 'signer', title: `The signature of ${by} does not hold: ${shown(verified.why, 200)}`, sure: 'read', evidence });
  }
}

/** The folder that the names are relative to: the bundle's own, one beside it with the model's name, or the drop itself. */
function rootOf({ files, modelName }: Statement, bundle: InspectedFile, dropped: readonly ReportFile[]): string {
  const own = directoryOf(bundle.path);
  const named = own === '' ? modelName : `${own}/${modelName}`;
  const paths = new Set(dropped.map(({ path }) => path));
  const found = (root: string): number => files.filter(({ name }) => paths.has(root === '' ? name : `${root}/${name}`)).length;
  return [own, named, ''].reduce((best, root) => (found(root) > found(best) ? root : best), own);
}

/** What OpenSSF Model Signing leaves out by itself, at the model's root. */
const ALWAYS_IGNORED = ['.git', '.gitignore', '.gitattributes', '.github'];

function isIgnored(name: string, ignored: readonly string[]): boolean {
  return [...ALWAYS_IGNORED, ...ignored.map((path) => path.replace(/^\.\//, ''))].some((path) => name === path || name.startsWith(`${path}/`));
}

const LISTED = 200;

function listOf(title: string, names: readonly string[]): Evidence {
  return { kind: 'table', title, columns: ['file'], rows: names.slice(0, LISTED).map((name) => [shown(name, 160)]) };
}
