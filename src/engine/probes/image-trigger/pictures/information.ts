// How much a classifier's answers tell its pictures apart: 0 where it says the same of all of them, the logarithm of the number of
// classes where it is sure of each and they are spread evenly.

/** Mutual information of picture and class, nats. `p`: probabilities, [pictures, classes]. */
export function informationOf(p: Float32Array, classes: number): number {
  const pictures = p.length / classes;
  const mean = new Float64Array(classes);
  let inner = 0;
  for (const [at, q] of p.entries()) {
    mean[at % classes] = (mean[at % classes] ?? 0) + q / pictures;
    inner -= entropyTerm(q) / pictures;
  }
  return -mean.reduce((sum, q) => sum + entropyTerm(q), 0) - inner;
}

function entropyTerm(q: number): number {
  return q > 1e-12 ? q * Math.log(q) : 0;
}
