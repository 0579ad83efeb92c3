// Phase 2 of "The Trigger in the Haystack" (arXiv 2602.03085): leaked texts -> clusters -> motifs.
// Character 4-6-gram TF-IDF (min_df 2, case kept), DBSCAN (cosine, eps 0.65, min_samples 3), then in each cluster the
// n-grams that a third of its members share, stitched where they overlap.

const GRAM_SIZES = [4, 5, 6] as const;
const MIN_DOCUMENTS = 2;
const EPSILON = 0.65;
const MIN_NEIGHBOURS = 3;
const SHARED_BY_MEMBERS = 0.33;
const MIN_OVERLAP = 3;
const MIN_MOTIF = 6;
/** What nearly all outputs share is template, not leak. */
const SHARED_BY_ALL = 0.75;
/** Longer texts are cut: a leak's interesting part stands in its first turns. */
const MAX_TEXT = 2000;

export interface Cluster {
  /** Indices of the texts. */
  readonly members: readonly number[];
  readonly motifs: readonly string[];
}

export interface Motifs {
  /** Largest first. */
  readonly clusters: readonly Cluster[];
  /** Share of all texts that stand in the largest cluster. */
  readonly concentration: number;
}

type Vector = ReadonlyMap<string, number>;

export function findMotifs(texts: readonly string[]): Motifs {
  const grams = texts.map((text) => charGrams(text.slice(0, MAX_TEXT)));
  const documents = new Map<string, number>();
  for (const counts of grams) for (const gram of counts.keys()) documents.set(gram, (documents.get(gram) ?? 0) + 1);
  const keep = (gram: string): boolean => {
    const df = documents.get(gram) ?? 0;
    return df >= MIN_DOCUMENTS && df < texts.length * SHARED_BY_ALL;
  };
  const vectors = grams.map((counts) => tfIdf(counts, documents, texts.length, keep));
  const labels = dbscan(vectors);
  const clusters: Cluster[] = [];
  for (let label = 0; label <= Math.max(-1, ...labels); label++) {
    const members = labels.flatMap((l, i) => (l === label ? [i] : []));
    clusters.push({ members, motifs: motifsOf(members.map((i) => texts[i]?.slice(0, MAX_TEXT) ?? ''), keep) });
  }
  clusters.sort((a, b) => b.members.length - a.members.length);
  return { clusters, concentration: texts.length === 0 ? 0 : (clusters[0]?.members.length ?? 0) / texts.length };
}

function charGrams(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const size of GRAM_SIZES) {
    for (let i = 0; i + size <= text.length; i++) {
      const gram = text.slice(i, i + size);
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  return counts;
}

/** L2-normalised, with scikit-learn's smoothed idf. */
function tfIdf(counts: ReadonlyMap<string, number>, documents: ReadonlyMap<string, number>, total: number, keep: (gram: string) => boolean): Vector {
  const vector = new Map<string, number>();
  let norm = 0;
  for (const [gram, count] of counts) {
    if (!keep(gram)) continue;
    const weight = count * (Math.log((1 + total) / (1 + (documents.get(gram) ?? 0))) + 1);
    vector.set(gram, weight);
    norm += weight * weight;
  }
  const scale = norm === 0 ? 0 : 1 / Math.sqrt(norm);
  for (const [gram, weight] of vector) vector.set(gram, weight * scale);
  return vector;
}

/** Cluster label a vector, -1 for noise (Ester et al. 1996). */
function dbscan(vectors: readonly Vector[]): number[] {
  const neighbours = neighbourLists(vectors);
  const labels = vectors.map(() => -1);
  let next = 0;
  for (let i = 0; i < vectors.length; i++) {
    if (labels[i] !== -1 || (neighbours[i]?.length ?? 0) < MIN_NEIGHBOURS) continue;
    const queue = [i];
    labels[i] = next;
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const around = neighbours[at] ?? [];
      if (around.length < MIN_NEIGHBOURS) continue;
      for (const other of around) {
        if (labels[other] !== -1) continue;
        labels[other] = next;
        queue.push(other);
      }
    }
    next++;
  }
  return labels;
}

/** Within EPSILON by cosine distance, itself included; through an inverted index, so that unlike texts cost nothing. */
function neighbourLists(vectors: readonly Vector[]): number[][] {
  const index = new Map<string, { i: number; w: number }[]>();
  vectors.forEach((vector, i) => {
    for (const [gram, w] of vector) {
      const postings = index.get(gram);
      if (postings === undefined) index.set(gram, [{ i, w }]);
      else postings.push({ i, w });
    }
  });
  return vectors.map((vector, i) => {
    const similarity = new Float64Array(vectors.length);
    for (const [gram, w] of vector) for (const posting of index.get(gram) ?? []) similarity[posting.i] = (similarity[posting.i] ?? 0) + w * posting.w;
    return [...similarity.keys()].filter((j) => j === i || (similarity[j] ?? 0) >= 1 - EPSILON);
  });
}

function motifsOf(texts: readonly string[], keep: (gram: string) => boolean): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const gram of charGrams(text).keys()) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  const shared = new Set([...counts].filter(([gram, count]) => count >= texts.length * SHARED_BY_MEMBERS && keep(gram)).map(([gram]) => gram));
  const motifs = new Map<string, number>();
  for (const text of texts) {
    for (const motif of stitch(text, shared)) motifs.set(motif, (motifs.get(motif) ?? 0) + 1);
  }
  return [...motifs].sort((a, b) => b[1] * b[0].length - a[1] * a[0].length).map(([motif]) => motif);
}

/** Runs of the text covered by shared grams that overlap by at least MIN_OVERLAP characters. */
function stitch(text: string, shared: ReadonlySet<string>): string[] {
  const runs: string[] = [];
  let begin = -1;
  let end = -1;
  const close = (): void => {
    if (begin >= 0 && end - begin >= MIN_MOTIF) runs.push(text.slice(begin, end));
    begin = -1;
  };
  for (let i = 0; i < text.length; i++) {
    const size = [...GRAM_SIZES].reverse().find((n) => shared.has(text.slice(i, i + n)));
    if (size === undefined) continue;
    if (begin >= 0 && i > end - MIN_OVERLAP) close();
    if (begin < 0) begin = i;
    end = Math.max(end < begin ? begin : end, i + size);
  }
  close();
  return runs;
}
