// Path -> artifact, hashes, and (where it can be run) the model on onnxruntime-node.
import { openNodeRuntime } from '../adapters/onnxruntime-node.ts';
import { openPath } from '../adapters/node-files.ts';
import { nodeHasher } from '../adapters/node-hasher.ts';
import type { Artifact } from '../engine/artifact/artifact.ts';
import { hashFiles } from '../engine/artifact/hash-files.ts';
import { openArtifact } from '../engine/artifact/open.ts';
import type { Runnable } from '../engine/audit/analysis.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import type { Task } from '../engine/core/finding.ts';
import type { Report, ReportFile } from '../engine/report/report.ts';
import { openRunnable as openOn } from '../engine/runtime/open-runnable.ts';

export interface OpenedArtifact {
  readonly artifact: Artifact;
  readonly files: readonly ReportFile[];
}

export interface OpenedRunnable {
  readonly runnable: Runnable | undefined;
  readonly notRunnable?: string;
  readonly environment: Report['environment'];
}

export async function openForReport(path: string): Promise<OpenedArtifact> {
  const artifact = await openArtifact(await openPath(path));
  const digests = await hashFiles(artifact.files.map(({ source }) => source), nodeHasher);
  const files = artifact.files.map(({ source, format }, i): ReportFile => ({ path: source.path, bytes: source.size, sha256: digests[i] ?? '', format }));
  return { artifact, files };
}

/** `task`: what the user says it is; told from the files where undefined. */
export async function openRunnable(artifact: Artifact, backend: 'cpu' | 'cuda', task?: Task): Promise<OpenedRunnable> {
  const runtime = await openNodeRuntime({ backend });
  const environment = { backend: runtime.environment.backend, threads: runtime.environment.threads, adapter: runtime.environment.adapter };
  try {
    return { runnable: await openOn(artifact, runtime, task === undefined ? {} : { task }), environment };
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return { runnable: undefined, notRunnable: error.message, environment };
  }
}
