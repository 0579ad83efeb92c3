// The rules of the family, with what each can miss and what to do about a hit.
import type { Rule } from '../rule.ts';

const REMEDY = 'Do not load it. Keras’s safe_mode does not stop all of this, and does nothing for HDF5 files. Ask for weights alone (safetensors, .weights.h5) and build the model from source you have read.';
const CODE = ['AML.T0010.003', 'AML.T0011.000'];

export const LAMBDA: Rule = { id: 'ASY-KER-001', title: 'A Lambda layer', severity: 'high', misses: 'Python bytecode is not decompiled; the names in it are shown. A harmless formula looks the same from outside.', references: [...CODE, 'CWE-502', 'CVE-2024-3660', 'CVE-2025-9905'], remedy: REMEDY };
export const FOREIGN: Rule = { id: 'ASY-KER-002', title: 'An object from outside of Keras', severity: 'critical', misses: 'Keras imports the module that the configuration names. What it does when called is not followed.', references: [...CODE, 'CWE-470', 'CVE-2025-1550', 'CVE-2025-49655'], remedy: REMEDY };
export const GADGET: Rule = { id: 'ASY-KER-003', title: 'A tool of Keras used as a layer', severity: 'critical', misses: 'Knows the tools of Keras by their modules and names.', references: [...CODE, 'CWE-470', 'CVE-2025-8747', 'CVE-2025-9906', 'CVE-2025-12060'], remedy: REMEDY };
export const CUSTOM: Rule = { id: 'ASY-KER-004', title: 'A class of the model’s author', severity: 'medium', misses: 'The class must come with other code; whether that is harmless cannot be told from the model. New layers of Keras that Assay does not know yet look the same.', references: [...CODE, 'CWE-829'], remedy: 'Read the source of the class before loading.' };
export const OUTSIDE: Rule = { id: 'ASY-KER-005', title: 'A layer reads a file or address that the model names', severity: 'medium', misses: 'Looks at settings whose name or value says so.', references: [...CODE, 'CWE-73', 'CVE-2025-12058'], remedy: 'Do not load it where such files hold anything, or with network access.' };
export const PROGRAM: Rule = { id: 'ASY-KER-006', title: 'A program inside a Keras archive', severity: 'medium', misses: 'Judges members by name and content.', references: [...CODE, 'CWE-506'], remedy: REMEDY };
export const ELSEWHERE: Rule = { id: 'ASY-KER-007', title: 'The HDF5 file takes data from another file', severity: 'medium', misses: 'Found by the form of HDF5’s messages. Data sets spread over several files are ordinary in science and have no place in a model.', references: ['AML.T0010.003', 'CWE-73', 'CVE-2026-1669'], remedy: 'Do not load it: whoever opens it reads the named file of yours, and may hand on what it holds.' };

export const KERAS_RULES: readonly Rule[] = [LAMBDA, FOREIGN, GADGET, CUSTOM, OUTSIDE, PROGRAM, ELSEWHERE];
