// The families of static rules, in the order in which they run. A new family is one folder and one line here.
import { archiveIntegrity } from './archive-integrity/index.ts';
import { baseComparison } from './base-comparison/index.ts';
import { chatTemplate } from './chat-template/index.ts';
import { checksums } from './checksums/index.ts';
import { configuration } from './configuration/index.ts';
import { fileIntegrity } from './file-integrity/index.ts';
import { hiddenInWeights } from './hidden-in-weights/index.ts';
import { kerasCode } from './keras-code/index.ts';
import { lowBits } from './low-bits/index.ts';
import { markup } from './markup/index.ts';
import { notebooks } from './notebooks/index.ts';
import { programs } from './programs/index.ts';
import { skops } from './skops/index.ts';
import { spreadsheets } from './spreadsheets/index.ts';
import { tensorflowOps } from './tensorflow-ops/index.ts';
import { modelSigning } from './model-signing/index.ts';
import { onnxGraphLogic } from './onnx-graph-logic/index.ts';
import { onnxStructure } from './onnx-structure/index.ts';
import { pickleCode } from './pickle-code/index.ts';
import { provenance } from './provenance/index.ts';
import { rObjects } from './r-objects/index.ts';
import { shortcuts } from './shortcuts/index.ts';
import { signatures } from './signatures/index.ts';
import { torchscript } from './torchscript/index.ts';
import { tokenizerRules } from './tokenizer/index.ts';
import { weightsNumbers } from './weights-numbers/index.ts';
import { weightsHeader } from './weights-header/index.ts';
import { workspace } from './workspace/index.ts';
import type { Analysis } from '../audit/analysis.ts';

export const RULE_FAMILIES: readonly Analysis[] = [
  fileIntegrity,
  archiveIntegrity,
  pickleCode,
  torchscript,
  skops,
  rObjects,
  programs,
  notebooks,
  workspace,
  shortcuts,
  spreadsheets,
  markup,
  kerasCode,
  tensorflowOps,
  onnxStructure,
  onnxGraphLogic,
  chatTemplate,
  tokenizerRules,
  configuration,
  weightsHeader,
  provenance,
  hiddenInWeights,
  lowBits,
  weightsNumbers,
  checksums,
  modelSigning,
  signatures,
  baseComparison,
];
