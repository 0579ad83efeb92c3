// Rules: what loading a pickle would do. The abstract machine (artifact/pickle) says which names are imported, what is called
// with which arguments and what is odd; here the names are judged, with default deny: only what frameworks need to rebuild
// tensors, arrays and estimators passes without a word.
import { readBy, type InspectedFile } from '../../artifact/inspect/inspection.ts';
import { isStorageId } from '../../artifact/pickle/operands.ts';
import { pickleInspector, type PickleContent } from '../../artifact/pickle/pickle-inspector.ts';
import type { Call, Import, Lines, Program } from '../../artifact/pickle/program.ts';
import { describe, nameOf, type GlobalValue, type ObjectValue, type Value } from '../../artifact/pickle/value.ts';
import type { Evidence } from '../../core/finding.ts';
import { shownLines } from '../../core/shown.ts';
import { analysisOf, type Report, type Rule } from '../rule.ts';
import { mayBeNamed } from './allowed-names.ts';
import { calledBy, calledByState, isPartial, type Called } from './callers.ts';
import { ConstructorCalls } from './constructor-calls.ts';
import { Costs } from './costs.ts';
import { handedFunctions } from './handed-functions.ts';
import { judgeName } from './judge-name.ts';
import { States } from './planted.ts';
import { allRead, isStorageLoader, storagesRead } from './storage-values.ts';
import { CALLS_DANGEROUS, CALLS_UNKNOWN, CALLS_UNTOLD, COSTLY, EXTENSION, HIDDEN_PICKLE, HOOK, NAMES_DANGEROUS, NAMES_UNKNOWN, OBJECT_SCALAR, PERSISTENT, PICKLE_RULES } from './rules.ts';

export const pickleCode = analysisOf({
  id: 'pickle-code',
  label: 'Code in pickles',
  limits: 'Runs every pickle on an abstract machine and judges what it imports and calls. Of allowed classes it says whether their constructors are called with names or settings, not what they do with them; nothing is said of code that is installed beside the model.',
  rules: PICKLE_RULES,
  inapplicable: ({ inspection }) => (readBy(inspection, pickleInspector).length === 0 ? 'no pickle' : undefined),
  async check({ inspection }, report) {
    const pickles = readBy(inspection, pickleInspector);
    const storages = storagesRead(pickles);
    for (const { file, content } of pickles) {
      for (const program of flatten(content.programs)) checkProgram(file, program, storages.get(file.path) ?? 0, report);
      const hidden = HIDDEN_MEMBER.exec(file.member ?? '');
      const encoded = hidden !== null && hidden[1] !== 'bytes' && hidden[1] !== 'text';
      // How tensors are pickled by anything but torch.save.
      if (hidden !== null && (encoded || !content.legacyTorch) && (content.programs.some(({ imports }) => imports.length > 0) || isWholePickle(file, content))) {
        report(HIDDEN_PICKLE, { file, offset: 0, about: 'hidden', title: encoded ? `A pickle hidden as ${hidden[1] ?? ''}` : 'A pickle inside a value of another pickle', sure: 'resolved', evidence: [{ kind: 'text', title: 'Where', text: `The value at offset ${hidden[2] ?? ''} of ${file.container ?? ''} is ${encoded ? `${hidden[1] ?? ''} of ` : ''}a pickle: whoever unpickles it runs it.` }] });
      }
    }
  },
});

/** Values of a pickle that were recognised as files: 'base64@12', 'bytes@12'. */
const HIDDEN_MEMBER = /^((?:base64|base32|base85|ascii85|z85|hex|escapes|bytes|text)(?:-[a-z0-9]+){0,4})@(\d+)$/;

/** A pickle from the first byte to the last, and not of so few instructions that numbers are one by chance. */
function isWholePickle(file: InspectedFile, { programs }: PickleContent): boolean {
  const [first] = programs;
  return first !== undefined && programs.length === 1 && first.complete && first.end === file.source.size && first.protocol >= 2 && first.instructions >= 6;
}

function flatten(programs: readonly Program[]): Program[] {
  return programs.flatMap((program) => [program, ...flatten(program.nested)]);
}

function checkProgram(file: InspectedFile, program: Program, storages: number, report: Report): void {
  const calls = new Map<Value, Call[]>();
  const use = (value: Value | undefined, call: Call): void => {
    if (value?.kind !== 'global') return;
    const list = calls.get(value) ?? [];
    list.push(call);
    calls.set(value, list);
  };
  const [costs, constructors, states] = [new Costs(), new ConstructorCalls(), new States()];
  const told = new Set<string>();
  let results = 0;
  const weigh = (call: Call, called: Called): void => checkArguments(file, call, called, { costs, constructors, told, report });
  for (const call of program.calls) {
    if (call.by === 'BUILD') {
      for (const called of calledByState(call)) {
        use(called.callee, call);
        weigh(call, called);
      }
      continue;
    }
    use(call.callee, call);
    weigh(call, { callee: call.callee, args: call.args, how: initialises(call) ? 'called' : 'new' });
    for (const called of calledBy(call.callee, call.args)) {
      use(called.callee, call);
      weigh(call, called);
      handsOver(file, call, called.callee, report);
    }
    if (isObjectScalar(call)) report(OBJECT_SCALAR, { file, offset: call.offset, about: `${call.offset}`, title: `${OBJECT_SCALAR.title}: ${describe(call.args[1], 80)}`, sure: 'read', evidence: [disassembly(file, call.lines)] });
    const stands = classOf(call.callee);
    if (stands !== undefined) use(stands, call);
    else if (call.callee.kind !== 'global' && results++ < MAX_RESULTS) untold(file, call, report);
  }
  const seen = new Set<string>();
  const handed = handedFunctions(program.calls);
  for (const entry of program.imports) judgeImport(file, entry, calls.get(entry.value) ?? [], { seen, handed, storages, report });
  for (const call of program.calls) if (call.by === 'BUILD') checkBuild(file, call, states, report);
  for (const { offset, id, lines } of program.persistentIds) {
    if (!isStorageId(id)) report(PERSISTENT, { file, offset, about: `${offset}`, title: `Asks the loader for ${describe(id, 80)} by a persistent id that is no tensor storage`, sure: 'read', evidence: [disassembly(file, lines)] });
  }
  for (const { offset, code } of program.extensions) report(EXTENSION, { file, offset, about: `${offset}`, title: `Imports by number ${code} of the extension registry`, sure: 'read', evidence: [] });
}

/** torch.save before 1.6 wraps the class of a module in a persistent id: ('module', class, file, source). */
function classOf(callee: Value): Value | undefined {
  if (callee.kind !== 'persistent' || callee.id.kind !== 'tuple') return undefined;
  const [mark, wrapped] = callee.id.items;
  return mark?.kind === 'text' && mark.value === 'module' && wrapped?.kind === 'global' ? wrapped : undefined;
}

interface Judging {
  readonly seen: Set<string>;
  /** Values that were read as storages to their end (storage-values.ts). */
  readonly storages: number;
  /** Functions that objects are given to call later. */
  readonly handed: ReadonlySet<Value>;
  readonly report: Report;
}

function judgeImport(file: InspectedFile, { value, lines }: Import, calls: readonly Call[], { seen, handed, storages, report }: Judging): void {
  const standing = isPlainAttribute(value) && calls.length === 0 ? { kind: 'allowed' as const } : judgeName(value.module, value.name);
  if (standing.kind === 'allowed') return;
  if (standing.kind === 'review' && calls.every(isLater) && mayBeNamed(value.module ?? '', value.name ?? '')) return;
  const name = nameOf(value);
  if (isType(value) && calls.length > 0 && calls.every(namesSingleton)) return;
  if (isGetattr(value) && calls.length > 0 && calls.every(isPlainGetattr)) return;
  if (isPartial(value) && calls.length > 0 && calls.every(isPlainPartial)) return;
  if (isStorageLoader(value) && allRead(calls, storages)) return;
  const call = calls.find((candidate) => !isPlainGetattr(candidate));
  // One finding a name: the first call, or the first import where nothing calls it.
  const key = `${name}:${call === undefined ? 'named' : 'called'}`;
  if (seen.has(key)) return;
  seen.add(key);
  const dangerous = standing.kind === 'dangerous';
  if (call === undefined) {
    const later = !dangerous && handed.has(value);
    report(dangerous ? NAMES_DANGEROUS : NAMES_UNKNOWN, { file, offset: value.offset, about: name, title: later ? `An object is given ${name} to call: ${standing.why}` : `${dangerous ? 'Imports' : 'Refers to'} ${name}: ${standing.why}`, ...(later ? { severity: 'medium' as const } : {}), sure: value.name === undefined ? 'resolved' : 'read', evidence: [disassembly(file, lines)] });
    return;
  }
  const text = describeCall(call);
  report(dangerous ? CALLS_DANGEROUS : CALLS_UNKNOWN, {
    file,
    offset: call.offset,
    about: name,
    title: dangerous ? `Loading runs ${text}: ${standing.why}` : `Loading calls ${text}: ${standing.why}`,
    sure: value.name === undefined ? 'resolved' : 'read',
    evidence: [disassembly(file, call.lines), ...(value.offset < (call.lines()[0]?.offset ?? 0) ? [disassembly(file, lines, 'Where it is imported')] : [])],
  });
}

/** INST and OBJ without arguments, and NEWOBJ, make an object and leave it as it is (Lib/pickle.py, _instantiate). */
function initialises({ by, args }: Call): boolean {
  return by === 'REDUCE' || ((by === 'INST' || by === 'OBJ') && args.length > 0);
}

/** A function that a partial function or a dictionary's default is made of is not called while loading. */
function isLater({ by, callee, args }: Call): boolean {
  return by === 'BUILD' || calledBy(callee, args).some(({ how }) => how === 'later');
}

interface Weighing {
  readonly costs: Costs;
  readonly constructors: ConstructorCalls;
  /** One finding a name. */
  readonly told: Set<string>;
  readonly report: Report;
}

/** Allowed names with arguments that do harm. */
function checkArguments(file: InspectedFile, call: Call, called: Called, { costs, constructors, told, report }: Weighing): void {
  if (called.callee.kind !== 'global') return;
  const acts = constructors.actsOnArguments(called);
  const cost = costs.of(called);
  if ( (acts === undefined && cost === undefined) || judgeName(called.callee.module, called.callee.name).kind !== 'allowed') return;
  const name = nameOf(called.callee);
  const text = describeCall(called);
  const say = (rule: Rule, about: string, title: string): void => {
    if (told.has(about)) return;
    told.add(about);
    report(rule, { file, offset: call.offset, about, title, sure: 'resolved', evidence: [disassembly(file, call.lines)] });
  };
  if (acts !== undefined) say(CALLS_UNKNOWN, `${name}:arguments`, `${called.how === 'later' ? 'An object is made to call' : 'Loading calls'} ${text}: ${acts}`);
  if (cost !== undefined) say(COSTLY, `${name}:cost`, `Loading calls ${text}, which makes ${cost}`);
}

/** CWE-400: calls of results that are told one by one; more say nothing new. */
const MAX_RESULTS = 64;

function untold(file: InspectedFile, call: Call, report: Report): void {
  // A class's own method called on what the class made ('x.append') is not written this way: only results of calls are.
  report(CALLS_UNTOLD, { file, offset: call.offset, about: `${call.offset}`, title: `Loading calls the result of ${describe(call.callee, 100)}`, sure: 'resolved', evidence: [disassembly(file, call.lines)] });
}

/**
 * What copyreg's functions call, where that is no name: a result of another call, or what cannot be called at all. Others take
 * names of generators and objects as well (numpy.random).
 */
function handsOver(file: InspectedFile, call: Call, called: Value, report: Report): void {
  if (call.callee.kind !== 'global') return;
  const made = called.kind === 'object' && called.callee.kind === 'global';
  const copies = /^(?:copyreg|copy_reg|functools)$/.test(call.callee.module ?? '');
  // Whoever made the object has been judged as a call of its own.
  if (called.kind === 'global' || called.kind === 'none' || called.kind === 'persistent' || (!copies && called.kind !== 'object') || (copies && made && (isPartial(called.callee) || isGetattr(called.callee)))) return;
  const result = called.kind === 'object' || called.kind === 'unknown';
  if (!result && called !== call.args[0]) return;
  report(CALLS_UNTOLD, { file, offset: call.offset, about: `${call.offset}:handed`, title: `Loading hands ${describe(called, 80)} to ${describe(call.callee, 80)}, which calls it`, ...(result ? {} : { severity: 'medium' as const }), sure: 'resolved', evidence: [disassembly(file, call.lines)] });
}

/** numpy's scalar(dtype('O'), value). */
function isObjectScalar({ callee, args }: Call): boolean {
  const [type] = args;
  if (callee.kind !== 'global' || !/^numpy\._?core\.(?:multiarray|_multiarray_umath)$/.test(callee.module ?? '') || callee.name !== 'scalar' || type?.kind !== 'object') return false;
  const [code] = type.args;
  return code?.kind === 'text' && /^[|<>=]?O/.test(code.value);
}

/** A partial function of a name: the name is judged as called. */
function isPlainPartial({ callee, args }: Call): boolean {
  return !isPartial(callee) || args[0]?.kind === 'global';
}

/** State that plants a method, or that is set on a class or function instead of an object. */
function checkBuild(file: InspectedFile, { callee, args, offset }: Call, states: States, report: Report): void {
  const [state] = args;
  const planted = states.plantedIn(callee, state);
  if (planted.length === 0 && callee.kind !== 'global') return;
  const evidence: Evidence[] = [{ kind: 'text', title: 'The state that BUILD sets', text: describe(state) }];
  for (const { key, value, executedBy: who } of planted) {
    if (who === undefined) report(HOOK, { file, offset, about: `${offset}:${key}`, title: `Sets ${key} of ${describe(callee, 60)} to ${describe(value, 60)}`, sure: 'read', evidence });
    else report(HOOK, { file, offset, about: `${offset}:${key}`, title: `${who} executes ${key} of ${describe(callee, 60)} as source code, and it is not what ${who} writes there`, sure: 'read', evidence: [{ kind: 'source', title: key, text: value.kind === 'text' ? shownLines(value.value, 600) : describe(value), marks: [] }] });
  }
  if (callee.kind === 'global') report(HOOK, { file, offset, about: `${offset}:class`, title: `Changes attributes of ${nameOf(callee)} itself, for the whole program`, sure: 'read', evidence });
}

function isType(value: Value): boolean {
  return value.kind === 'global' && value.name === 'type' && (value.module === 'builtins' || value.module === '__builtin__');
}

/** type(None): how the types of None, Ellipsis and NotImplemented are pickled. */
function namesSingleton({ args }: Call): boolean {
  const [only] = args;
  return args.length === 1 && only !== undefined && (only.kind === 'none' || (only.kind === 'global' && /^(Ellipsis|NotImplemented)$/.test(only.name ?? '')));
}

function isGetattr(value: Value): value is GlobalValue {
  return value.kind === 'global' && value.name === 'getattr' && (value.module === 'builtins' || value.module === '__builtin__');
}

/**
 * getattr(AllowedClass, 'name'): how methods and members of enumerations are pickled; getattr(object of such a class, 'method'):
 * how methods of an object are (scipy's distributions and torch's schedules hold one of theirs, with one underscore).
 */
function isPlainGetattr({ callee, args }: Call): boolean {
  const [target, attribute] = args;
  if (!isGetattr(callee) || attribute?.kind !== 'text') return false;
  const named = target?.kind === 'object' ? madeFrom(target) : target;
  return named?.kind === 'global' && judgeName(named.module, named.name).kind === 'allowed' && PLAIN.test(attribute.value);
}

const PLAIN = /^_?[A-Za-z]\w{0,99}$/;

/** The class of an object: what is called, or the first argument of copyreg's functions. */
function madeFrom({ callee, args }: ObjectValue): Value | undefined {
  return calledBy(callee, args)[0]?.callee ?? callee;
}

function isPlainAttribute({ module, name }: GlobalValue): boolean {
  const at = name?.lastIndexOf('.') ?? -1;
  return name !== undefined && at > 0 && PLAIN.test(name.slice(at + 1)) && judgeName(module, name.slice(0, at)).kind === 'allowed';
}

function describeCall({ callee, args }: Pick<Call, 'callee' | 'args'>): string {
  return `${describe(callee, 100)}(${args.map((argument) => describe(argument, 120)).join(', ')})`.slice(0, 300);
}

function disassembly(file: InspectedFile, lines: Lines, title = 'The instructions that lead there'): Evidence {
  return { kind: 'disassembly', title, file: file.path, lines: lines() };
}
