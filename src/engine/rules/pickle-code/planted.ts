// What the state of an object plants: methods, and texts that its class executes while the object is restored. One state can be
// set on any number of objects, so that each is gone through once.
import { HARMFUL_BUILTIN_NAMES } from './dangerous-names.ts';
import { judgeName } from './judge-name.ts';
import type { Value } from '../../artifact/pickle/value.ts';

interface Planted {
  readonly key: string;
  readonly value: Value;
  /** The package that executes it; undefined for a method. */
  readonly executedBy: string | undefined;
}

export class States {
  readonly #known = new Map<Value, readonly Planted[]>();

  /** What `state` plants in `object`; of each name what stands there first. */
  plantedIn(object: Value, state: Value | undefined): readonly Planted[] {
    // Others have formulas of their own, and names for them; only here is it certain that a text is executed.
    return state === undefined ? [] : this.#of(state).filter(({ executedBy }) => executedBy !== 'statsmodels' || isOf(object, 'statsmodels'));
  }

  #of(state: Value): readonly Planted[] {
    const known = this.#known.get(state);
    if (known !== undefined) return known;
    const found = new Map<string, Planted>();
    if (state.kind === 'dict') {
      for (const [key, value] of state.entries) {
        const planted = key.kind === 'text' && !found.has(key.value) ? plantedBy(key.value, value) : undefined;
        if (planted !== undefined) found.set(planted.key, planted);
      }
    } else if (state.kind === 'tuple') {
      for (const part of state.items) if (part.kind === 'dict') for (const planted of this.#of(part)) if (!found.has(planted.key)) found.set(planted.key, planted);
    }
    const all = [...found.values()];
    this.#known.set(state, all);
    return all;
  }
}

const HOOKS = new Set(['__setstate__', '__reduce__', '__reduce_ex__', '__getattr__', '__getattribute__', '__class__', '__call__', '__del__', '__init__', '__new__', '__setattr__', '__setitem__', '__getitem__', '__len__', '__iter__', '__repr__', '__str__', '__eq__', '__hash__', 'append', 'extend', '__globals__', '__code__', '__builtins__']);

function plantedBy(key: string, value: Value): Planted | undefined {
  if (HOOKS.has(key)) return value.kind === 'global' || value.kind === 'object' ? { key, value, executedBy: undefined } : undefined;
  // What scipy executes is text, whatever stands there; a formula of statsmodels' may be an object, too.
  if (key === '_parse_arg_template') return value.kind === 'text' && value.cut !== true && isArgumentTemplate(value.value) ? undefined : { key, value, executedBy: 'scipy' };
  return key !== 'formula' || value.kind !== 'text' || (value.cut !== true && isFormula(value.value)) ? undefined : { key, value, executedBy: 'statsmodels' };
}

/** An object's class is what is called, or the first argument of copyreg's functions. */
function isOf(object: Value, home: string): boolean {
  const named = object.kind === 'object' ? [object.callee, ...object.args.slice(0, 2)] : [object];
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
