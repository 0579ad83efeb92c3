// Work that a template asks for by its constants: ranges, repeated texts and powers far beyond what a conversation needs.
import type { Program } from '../../artifact/tokenizer/bounded-jinja.ts';
import { Folder } from './fold.ts';
import { asNode, childrenOf, type Node } from './nodes.ts';

/** A million passes of a loop are seconds in any runtime; chat templates count turns. */
const MAX_COUNT = 1e6;
const MAX_POWER = 1e15;

/** What would not end, in words; undefined for ordinary templates. */
export function endlessIn(program: Program): string | undefined {
  const root = program as unknown as Node;
  const folder = new Folder(root);
  const stack: Node[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const why = judge(node, folder);
    if (why !== undefined) return why;
    stack.push(...childrenOf(node));
  }
  return undefined;
}

function judge(node: Node, folder: Folder): string | undefined {
  if (node.type === 'Macro') return callsItself(node) ? 'a macro that calls itself whatever it is given' : undefined;
  if (node.type === 'CallExpression' && asNode(node['callee'])?.['value'] === 'range') {
    const args: readonly unknown[] = Array.isArray(node['args']) ? node['args'] : [];
    const most = Math.max(0, ...args.map((argument) => Math.abs(folder.number(asNode(argument)) ?? 0)));
    return most > MAX_COUNT ? `a loop of ${most} passes` : undefined;
  }
  if (node.type !== 'BinaryExpression') return undefined;
  const operator = String(asNode(node['operator'])?.['value'] ?? '');
  const [left, right] = [asNode(node['left']), asNode(node['right'])];
  if (operator === '*') {
    const times = Math.max(folder.number(left) ?? 0, folder.number(right) ?? 0);
    const repeated = [left, right].some((side) => side?.type === 'StringLiteral' || side?.type === 'ArrayLiteral' || folder.text(side) !== undefined);
    return repeated && times > MAX_COUNT ? `a text or list ${times} times over` : undefined;
  }
  if (operator !== '**') return undefined;
  const [base, power] = [folder.number(left), folder.number(right)];
  if (base !== undefined && power !== undefined) return Math.abs(base) > 1 && !(Math.abs(base ** power) <= MAX_POWER) ? 'a power with more digits than can be written' : undefined;
  return (power ?? 0) > 1000 ? `a power of ${power ?? 0}` : undefined;
}

/** A call of its own name that no condition and no loop stands before. */
function callsItself(macro: Node): boolean {
  const name = asNode(macro['name'])?.['value'];
  const body: readonly unknown[] = Array.isArray(macro['body']) ? macro['body'] : [];
  const stack = body.flatMap((child) => asNode(child) ?? []);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.type === 'If' || node.type === 'For' || node.type === 'Macro' || node.type === 'Ternary' || node.type === 'SelectExpression') continue;
    if (node.type === 'CallExpression' && asNode(node['callee'])?.['value'] === name && asNode(node['callee'])?.type === 'Identifier') return true;
    stack.push(...childrenOf(node));
  }
  return false;
}
