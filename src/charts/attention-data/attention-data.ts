// Reductions of attention maps for drawing. maps: [layers] of Float32Array [heads, query, key], row-major,
// probabilities: each query row sums to 1 over the keys up to itself (causal).

export type TokenRole = 'template' | 'system' | 'prompt' | 'trigger' | 'answer';

export interface AttentionToken {
  readonly text: string;
  readonly role: TokenRole;
}

export interface AttentionData {
  readonly tokens: readonly AttentionToken[];
  readonly layers: number;
  readonly heads: number;
  readonly maps: readonly Float32Array[];
}

export type Index = number | 'mean';

/** One matrix [query, key], row-major: of a head, or a mean over heads, layers or both. */
export function matrixOf(data: AttentionData, layer: Index, head: Index): Float32Array {
  const size = data.tokens.length ** 2;
  const sum = new Float32Array(size);
  const layers = layer === 'mean' ? data.maps : data.maps.slice(layer, layer + 1);
  const heads = head === 'mean' ? Array.from({ length: data.heads }, (_, index) => index) : [head];
  for (const map of layers) {
    for (const index of heads) {
      const begin = index * size;
      for (let at = 0; at < size; at++) sum[at] = (sum[at] ?? 0) + (map[begin + at] ?? 0);
    }
  }
  const count = Math.max(1, layers.length * heads.length);
  return sum.map((value) => value / count);
}

/** The query that chooses the answer's first token: the last one before it; the last token where there is no answer. */
export function choosingQuery(tokens: readonly AttentionToken[]): number {
  const first = tokens.findIndex(({ role }) => role === 'answer');
  return first > 0 ? first - 1 : tokens.length - 1;
}

/** Token range [begin, end) of the trigger, or undefined. */
export function triggerRange(tokens: readonly AttentionToken[]): readonly [number, number] | undefined {
  const begin = tokens.findIndex(({ role }) => role === 'trigger');
  if (begin < 0) return undefined;
  let end = begin;
  while (tokens[end]?.role === 'trigger') end++;
  return [begin, end];
}

/** Attention that `query` gives to keys [begin, end), by layer and head: Float32Array [layers, heads]. */
export function shareOn(data: AttentionData, query: number, [begin, end]: readonly [number, number]): Float32Array {
  const n = data.tokens.length;
  const shares = new Float32Array(data.layers * data.heads);
  data.maps.forEach((map, layer) => {
    for (let head = 0; head < data.heads; head++) {
      let sum = 0;
      for (let key = begin; key < end; key++) sum += map[(head * n + query) * n + key] ?? 0;
      shares[layer * data.heads + head] = sum;
    }
  });
  return shares;
}

/** What a token after the first gives to the first one, the usual attention sink: mean over those tokens, 0 to 1. */
export function sinkMass(matrix: Float32Array, n: number): number {
  if (n < 2) return 0;
  let sum = 0;
  for (let query = 1; query < n; query++) sum += matrix[query * n] ?? 0;
  return sum / (n - 1);
}

/** One row [key] of a matrix [query, key]. */
export function rowOf(matrix: Float32Array, n: number, query: number): Float32Array {
  return matrix.slice(query * n, (query + 1) * n);
}
