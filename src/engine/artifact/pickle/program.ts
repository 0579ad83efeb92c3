// What the abstract machine found out about one pickle: what it would import, call, build, and what is odd about it.
import type { DisassemblyLine } from '../../core/finding.ts';
import type { Bytes } from '../../core/units.ts';
import type { Literal } from './literals.ts';
import type { GlobalValue, Value } from './value.ts';

/** The instructions that lead somewhere, the last one marked; written out when asked for. */
export type Lines = () => readonly DisassemblyLine[];

export interface Import {
  readonly value: GlobalValue;
  /** GLOBAL, STACK_GLOBAL, INST or a resolved getattr. */
  readonly by: string;
  readonly lines: Lines;
}

export interface Call {
  readonly offset: Bytes;
  /** REDUCE, NEWOBJ, NEWOBJ_EX, OBJ, INST or BUILD. */
  readonly by: string;
  readonly callee: Value;
  readonly args: readonly Value[];
  readonly lines: Lines;
}

export type AnomalyKind = 'frame' | 'protocol' | 'underflow' | 'opcode' | 'truncated' | 'expansion' | 'memo' | 'limit';

export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly offset: Bytes;
  readonly expected: string;
  readonly found: string;
}

export interface Program {
  readonly begin: Bytes;
  /** Behind STOP, or where reading ended. */
  readonly end: Bytes;
  /** The highest PROTO seen; 0 without one. */
  readonly protocol: number;
  /** True where STOP was reached. */
  readonly complete: boolean;
  readonly instructions: number;
  readonly imports: readonly Import[];
  readonly calls: readonly Call[];
  readonly persistentIds: readonly { readonly offset: Bytes; readonly id: Value; readonly lines: Lines }[];
  readonly extensions: readonly { readonly offset: Bytes; readonly code: number }[];
  readonly anomalies: readonly Anomaly[];
  readonly literals: readonly Literal[];
  /** Values that begin as files do beyond those listed. */
  readonly literalsLeftOut: number;
  /** Ranges of raw array data between instructions (joblib). */
  readonly arrays: readonly { readonly begin: Bytes; readonly end: Bytes; readonly objects: boolean }[];
  /** Pickles between this one's instructions (joblib's arrays of objects). */
  readonly nested: readonly Program[];
  /** What STOP leaves: the pickled object, as far as it is kept. */
  readonly result: Value | undefined;
}
