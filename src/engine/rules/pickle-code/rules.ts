// The rules of the family, with what each can miss and what to do about a hit.
import type { Rule } from '../rule.ts';

const REMEDY = 'Do not load this file. Ask for the weights as safetensors. If you must look inside, use a machine that holds nothing and has no network.';
const REVIEW = 'Find out what the class or function does before loading, and load only if you trust its code. Prefer the weights as safetensors, or a loader with an allow-list (torch.load with weights_only=True).';
const CODE = ['AML.T0010.003', 'AML.T0011.000', 'CWE-502'];

export const CALLS_DANGEROUS: Rule = { id: 'ASY-PKL-001', title: 'Loading the pickle runs code that no model needs', severity: 'critical', misses: 'Says what is called with which arguments, not what it would do on your machine.', references: CODE, remedy: REMEDY };
export const NAMES_DANGEROUS: Rule = { id: 'ASY-PKL-002', title: 'The pickle imports what no model needs', severity: 'high', misses: 'The import is not called directly; it may be handed to something that calls it, or never be used.', references: CODE, remedy: REMEDY };
export const CALLS_UNKNOWN: Rule = { id: 'ASY-PKL-003', title: 'Loading the pickle runs code Assay does not know', severity: 'medium', misses: 'The class or function may be harmless: a model of its author’s own class looks like this. Nobody can tell from the pickle alone.', references: CODE, remedy: REVIEW };
export const NAMES_UNKNOWN: Rule = { id: 'ASY-PKL-004', title: 'The pickle refers to code Assay does not know', severity: 'low', misses: 'Importing a module runs the module. What it holds cannot be told from the pickle.', references: CODE, remedy: REVIEW };
export const CALLS_UNTOLD: Rule = { id: 'ASY-PKL-005', title: 'Loading the pickle calls something that is only known while loading', severity: 'high', misses: 'The called object is the result of another call; what it is cannot be told without making that call.', references: [...CODE, 'CWE-506'], remedy: REMEDY };
export const PERSISTENT: Rule = { id: 'ASY-PKL-006', title: 'A persistent id that is no tensor storage', severity: 'medium', misses: 'What a persistent id does is up to the program that loads it. torch.load takes storages only.', references: CODE, remedy: REVIEW };
export const EXTENSION: Rule = { id: 'ASY-PKL-007', title: 'A name out of the extension registry', severity: 'medium', misses: 'What the number stands for is decided by the program that loads the pickle. Models do not use it.', references: CODE, remedy: REVIEW };
export const HOOK: Rule = { id: 'ASY-PKL-008', title: 'The pickle plants a method', severity: 'high', misses: 'Looks at state that is written as a dictionary.', references: CODE, remedy: REMEDY };
export const HIDDEN_PICKLE: Rule = { id: 'ASY-PKL-009', title: 'A pickle hidden in a value', severity: 'medium', misses: 'Looks for values, plain or as base64, base85, base32, hexadecimal digits or escapes, that begin as pickles, archives, compressed data or programs do; not for ciphers, and not for a pickle that begins further inside.', references: [...CODE, 'CWE-506'], remedy: REVIEW };
export const OBJECT_SCALAR: Rule = { id: 'ASY-PKL-010', title: 'A NumPy scalar that holds an object instead of a number', severity: 'medium', misses: 'NumPy writes none, and gives back what stands in it as it is; what the program does with that cannot be told.', references: CODE, remedy: REVIEW };
export const COSTLY: Rule = { id: 'ASY-PKL-011', title: 'Loading the pickle fills the memory or does not end', severity: 'medium', misses: 'Powers, ranges, buffers and sums are reckoned; what an installed class does with a large number is not.', references: ['CWE-400', 'CWE-789', 'AML.T0011.000'], remedy: 'Do not load this file: no model needs such a value.' };

export const PICKLE_RULES: readonly Rule[] = [CALLS_DANGEROUS, NAMES_DANGEROUS, CALLS_UNKNOWN, NAMES_UNKNOWN, CALLS_UNTOLD, PERSISTENT, EXTENSION, HOOK, HIDDEN_PICKLE, OBJECT_SCALAR, COSTLY];
