// Path -> artifact, hashes, and (where it can be run) the model on onnxruntime.
import { hashBeside } from '../adapters/hash-beside.ts';
import { openNodeRuntime } from '../adapters/onnxruntime-node.ts';
import { openNodeWasmRuntime } from '../adapters/onnxruntime-wasm-node.ts';
import { openModelPath, openPath } from '../adapters/node-files.ts';
import { nodeHashWorker } from '../adapters/node-hash-worker.ts';
import { nodeHasher } from '../adapters/node-hasher.ts';
import { decodeNodeImage } from '../adapters/node-images.ts';
import type { Artifact } from '../engine/artifact/artifact.ts';
import { digestPass } from '../engine/artifact/digests/digest-pass.ts';
import type { Digests } from '../engine/artifact/digests/digests.ts';
import { inspectFiles } from '../engine/artifact/inspect/inspect-files.ts';
import type { Inspection } from '../engine/artifact/inspect/inspection.ts';
import { hashFiles } from '../engine/artifact/hash-files.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import type { Runnable } from '../engine/audit/analysis.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { reasonNotRun } from '../engine/core/plain-error.ts';
import { NEVER } from '../engine/core/cancel.ts';
import type { Task } from '../engine/core/finding.ts';
import type { Report, ReportFile, ReportInputs } from '../engine/report/report.ts';
import { giveInputs } from '../engine/inputs/give-inputs.ts';
import type { Runtime } from '../engine/runtime/session.ts';
import { meantFor, openRunnable as openOn } from '../engine/runtime/open-runnable.ts';
import type { NodeBackend } from './backends.ts';

export interface OpenedArtifact {
  readonly artifact: Artifact;
  readonly files: readonly ReportFile[];
}

export interface OpenedRunnable {
  readonly runnable: Runnable | undefined;
  /** Why it cannot be run, in words, and what it was meant for. */
  readonly notRunnable?: string;
  readonly meantFor?: Task;
  readonly environment: Report['environment'];
  /** What clean inputs were given, and used. */
  readonly inputs?: ReportInputs;
}

export async function openForReport(path: string): Promise<OpenedArtifact> {
  const artifact = await openArtifact(await openModelPath(path));
  const digests = await hashFiles(artifact.files.map(({ source }) => source), nodeHasher);
  const files = artifact.files.map(({ source, format }, i): ReportFile => ({ path: source.path, bytes: source.size, sha256: digests[i] ?? '', format }));
  return { artifact, files };
}

/** A path whose files the audit itself will read and hash, once. */
export interface OpenedFiles extends OpenedArtifact {
  readonly inspection: Inspection;
  readonly digest: () => Promise<Digests>;
}

export async function openFiles(path: string): Promise<OpenedFiles> {
  const artifact = await openArtifact(await openModelPath(path));
  const sources = artifact.files.map(({ source }) => source);
  const inspection = await inspectFiles(sources, { closed: artifact.closed ?? [] });
  const files = artifact.files.map(({ source, format }): ReportFile => ({ path: source.path, bytes: source.size, sha256: '', format }));
  return { artifact, inspection, files, digest: () => digestPass(sources, inspection, nodeHasher, { hashBeside: () => hashBeside(nodeHashWorker()) }) };
}

export interface OpenOptions {
  /** What the user says it is; told from the files where undefined. */
  readonly task?: Task;
  /** File or folder of clean examples. */
  readonly inputs?: string;
}

function openBackend(backend: NodeBackend): Promise<Runtime> {
  return backend === 'wasm' ? openNodeWasmRuntime() : openNodeRuntime({ backend });
}

export async function openRunnable(artifact: Artifact, backend: NodeBackend, { task, inputs }: OpenOptions = {}): Promise<OpenedRunnable> {
  const runtime = await openBackend(backend);
  const environment = { backend: runtime.environment.backend, threads: runtime.environment.threads, adapter: runtime.environment.adapter };
  // A mistake in the inputs is the user's to mend, and no reason to say that the model cannot be run.
  const given = inputs === undefined ? undefined : await openPath(inputs);
  const give = async (runnable: Runnable | undefined): Promise<{ readonly runnable: Runnable | undefined; readonly inputs?: ReportInputs }> => (given === undefined ? { runnable } : giveInputs(runnable, given, { decode: decodeNodeImage, makeHasher: nodeHasher }, NEVER));
  let opened: Runnable;
  try {
    opened = await openOn(artifact, runtime, task === undefined ? {} : { task });
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    const meant = task ?? (await meantFor(artifact));
    return { ...(await give(undefined)), notRunnable: reasonNotRun(error.toFields(), artifact.problems), environment, ...(meant === undefined ? {} : { meantFor: meant }) };
  }
  return { ...(await give(opened)), environment };
}
