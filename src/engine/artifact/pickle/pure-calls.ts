// Calls whose result can be told without making them: those that pickles use to build names and bytes.
// Only functions without side effects, on values that are wholly known; everything else stays an unresolved object.
import type { Value } from './value.ts';

export function evaluate(callee: Value, args: readonly Value[]): Value | undefined {
  if (callee.kind !== 'global' || callee.module === undefined || callee.name === undefined) return undefined;
  const [first, second] = args;
  switch (`${callee.module}.${callee.name}`) {
    case '_codecs.encode':
    case 'codecs.encode':
      // How protocol 2 writes bytes: _codecs.encode(text, 'latin1').
      return first?.kind === 'text' && first.cut !== true && second?.kind === 'text' && /^(latin-?1|iso-8859-1)$/.test(second.value)
        ? { kind: 'bytes', offset: -1, length: first.value.length, head: Uint8Array.from(first.value.slice(0, 4096), (character) => character.charCodeAt(0) & 0xff) }
        : undefined;
    case '_operator.add':
    case 'operator.add':
    case '_operator.concat':
    case 'operator.concat':
      return first?.kind === 'text' && second?.kind === 'text' && first.cut !== true && second.cut !== true && first.value.length + second.value.length < 65_536 ? { kind: 'text', value: first.value + second.value } : undefined;
    case 'builtins.getattr':
    case '__builtin__.getattr':
      return first?.kind === 'global' && second?.kind === 'text' ? { kind: 'global', module: first.module, name: first.name === undefined ? undefined : `${first.name}.${second.value}`, offset: first.offset } : undefined;
    default:
      return undefined;
  }
}
