// Text in the state of an object that its class executes while the object is restored.
import { HARMFUL_BUILTIN_NAMES } from './dangerous-names.ts';
import { judgeName } from './judge-name.ts';
import type { Value } from '../../artifact/pickle/value.ts';

interface ExecutedText {
  readonly key: string;
  readonly value: Value;
  /** The package that executes it. */
  readonly who: string;
}

interface Executed {
  readonly who: string;
  readonly isOrdinary: (source: string) => boolean;
}

const EXECUTED: ReadonlyMap<string, Executed> = new Map([
  ['_parse_arg_template', { who: 'scipy', isOrdinary: isArgumentTemplate }],
  ['formula', { who: 'statsmodels', isOrdinary: isFormula }],
]);

/** Those that are not what their package writes. */
export function executedTexts(object: Value, states: readonly Value[]): ExecutedText[] {
  return states.flatMap((state) => (state.kind === 'dict' ? state.entries : [])).flatMap(([key, value]) => {
    const executed = key.kind === 'text' ? EXECUTED.get(key.value) : undefined;
    if (key.kind !== 'text' || executed === undefined) return [];
    // Others have formulas of their own, and names for them; only here is it certain that a text is executed.
    if (executed.who === 'statsmodels' && (value.kind !== 'text' || !isOf(object, 'statsmodels'))) return [];
    return value.kind === 'text' && value.cut !== true && executed.isOrdinary(value.value) ? [] : [{ key: key.value, value, who: executed.who }];
  });
}

function isOf(object: Value, home: string): boolean {
  const named = object.kind === 'object' ? [object.callee, ...object.args] : [object];
  return named.some((value) => value.kind === 'global' && value.module?.split('.')[0] === home);
}

/** rv_generic.__setstate__ (scipy/stats/_distn_infrastructure.py): three functions that return their arguments. */
function isArgumentTemplate(source: string): boolean {
  return !source.includes('__') && source.split('\n').every((line) => TEMPLATE_LINE.test(line));
}

const TEMPLATE_LINE = /^(def _parse_args\w*\(self, [\w ,=.'-]*\):| {4}return [\w ,().=-]*|)$/;

/** ModelData.__setstate__ (statsmodels/base/data.py): "y ~ x + np.log(z) + C(group)", evaluated term by term. */
function isFormula(source: string): boolean {
  return !source.includes('__') && [...source.matchAll(CALLED)].every(([, name = '']) => {
    if (name.includes('.')) return NUMERIC.test(name) && judgeName('numpy', name.slice(name.indexOf('.') + 1)).kind !== 'dangerous';
    return !HARMFUL_BUILTIN_NAMES.has(name);
  });
}

/** CWE-1333: a name cannot begin inside a name, so that each character is tried once. */
const CALLED = /(?<![\w.])([A-Za-z_][\w.]{0,80})\s{0,8}\(/g;
const NUMERIC = /^(?:np|numpy)\./;
