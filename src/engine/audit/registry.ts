// Every analysis, in the order in which they run: files first (seconds), probes after (minutes). A new one is one line.
import { triggerScan } from '../probes/trigger-scan/index.ts';
import { fileIntegrity } from '../rules/file-integrity/index.ts';
import type { Analysis } from './analysis.ts';

export const ANALYSES: readonly Analysis[] = [fileIntegrity, triggerScan];

/** Those that read the files and run nothing (`assay inspect`). */
export const STATIC: readonly string[] = [fileIntegrity.id];
