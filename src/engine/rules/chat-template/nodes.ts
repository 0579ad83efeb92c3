// Nodes of a template's syntax tree (@huggingface/jinja), walked without knowing each kind.

export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function namesIn(node: Node | undefined): string[] {
  if (node === undefined) return [];
  if (node.type === 'Identifier') return [String(node['value'])];
  return node.type === 'TupleLiteral' && Array.isArray(node['value']) ? node['value'].flatMap((item: unknown) => namesIn(asNode(item))) : [];
}

export function asNode(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' ? (value as Node) : undefined;
}

/** Names of attributes, filters, tests and keyword arguments are no names that are looked up. */
function isLabel(node: Node, field: string): boolean {
  if (node.type === 'MemberExpression') return field === 'property' && node['computed'] !== true;
  if (node.type === 'TestExpression') return field === 'test';
  if (node.type === 'KeywordArgumentExpression') return field === 'key';
  return false;
}

export function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (isLabel(node, field)) continue;
    const filter = field === 'filter' ? asNode(value) : undefined;
    if (filter !== undefined) {
      // Of a filter only what it is given.
      if (filter.type === 'CallExpression' && Array.isArray(filter['args'])) for (const argument of filter['args'] as readonly unknown[]) found.push(...[asNode(argument)].filter((item) => item !== undefined));
      continue;
    }
    const values: unknown[] = Array.isArray(value) ? value : value instanceof Map ? [...value.entries()].flat() : [value];
    for (const item of values) {
      const child = asNode(item);
      if (child !== undefined) found.push(child);
    }
  }
  return found;
}
