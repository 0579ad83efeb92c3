// How outputs and layers move under the secret probe set, as numbers that do not depend on which class is which or on how wide
// a layer is: for each family of changes the strongest shifts towards one class, how many bases follow, how one-sided the answers
// are. A planted trigger shows as a class that many unlike inputs go to.
import { CHANGE_FAMILIES, type ChangeFamily } from '../extract/secret-probes.ts';
import type { InputKind } from '../extract/subject.ts';
import type { ModelTrace } from '../extract/trace.ts';
import type { Feature } from './feature.ts';

/** What a family does to an input of this kind (extract/secret-probes.ts), in words. */
const CHANGE_NAMES: Readonly<Record<InputKind, Readonly<Record<ChangeFamily, string>>>> = {
  image: { patch: 'patch', 'dark patch': 'dark patch', dots: 'dots', blend: 'blend', wave: 'wave' },
  tabular: { patch: 'one value far out', 'dark patch': 'two values far out', dots: 'three values far out', blend: 'all values moved', wave: 'all values moved, second draw' },
  text: { patch: 'one token set', 'dark patch': 'two tokens set', dots: 'three tokens set', blend: 'three tokens set, second draw', wave: 'three tokens set, third draw' },
};

export function responseFeatures(trace: ModelTrace): Feature[] {
  return [...CHANGE_FAMILIES.flatMap((family) => familyFeatures(trace, family)), ...biasFeatures(trace), ...publicFeatures(trace)];
}

function familyFeatures({ kind, secret, classes, taps }: ModelTrace, family: ChangeFamily): Feature[] {
  const told = CHANGE_NAMES[kind][family];
  const { bases, probabilities, families, layerChange } = secret;
  const at = (change: number, base: number, label: number): number => probabilities[(change * bases + base) * classes + label] ?? 0;
  const changes = families.flatMap((name, index) => (name === family ? [index] : []));
  const strongest: number[] = [];
  const followers: number[] = [];
  const perClass = new Float64Array(classes);
  for (const change of changes) {
    const shift = new Float64Array(classes);
    const votes = new Float64Array(classes);
    for (let base = 0; base < bases; base++) {
      let [winner, before] = [0, 0];
      for (let label = 0; label < classes; label++) {
        shift[label] = (shift[label] ?? 0) + (at(change + 1, base, label) - at(0, base, label)) / bases;
        if (at(change + 1, base, label) > at(change + 1, base, winner)) winner = label;
        if (at(0, base, label) > at(0, base, before)) before = label;
      }
      if (winner !== before) votes[winner] = (votes[winner] ?? 0) + 1 / bases;
    }
    strongest.push(largest(shift));
    followers.push(largest(votes));
    shift.forEach((value, label) => (perClass[label] = (perClass[label] ?? 0) + value / changes.length));
  }
  const falling = (values: readonly number[]): number[] => [...values].sort((a, b) => b - a);
  const [shifts, votes, classesMoved] = [falling(strongest), falling(followers), falling([...perClass])];
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const moved = layerChange.map((list) => changes.map((change) => list[change] ?? 0));
  const first = mean(moved[0] ?? []);
  return [
    { name: `${told}: strongest shift to one class`, value: shifts[0] ?? 0 },
    { name: `${told}: mean of the four strongest shifts`, value: mean(shifts.slice(0, 4)) },
    { name: `${told}: mean shift`, value: mean(shifts) },
    { name: `${told}: inputs that follow, at most`, value: votes[0] ?? 0 },
    { name: `${told}: inputs that follow, mean`, value: mean(votes) },
    { name: `${told}: class gained most`, value: classesMoved[0] ?? 0 },
    { name: `${told}: lead of that class`, value: (classesMoved[0] ?? 0) - (classesMoved[1] ?? 0) },
    { name: `${told}: movement of the penultimate layer`, value: mean(moved.at(-1) ?? []) },
    { name: `${told}: largest movement of the penultimate layer`, value: Math.max(0, ...(moved.at(-1) ?? [])) },
    { name: `${told}: movement against the first tapped layer`, value: taps.length > 1 ? Math.log((mean(moved.at(-1) ?? []) + 1e-6) / (first + 1e-6)) : 0 },
  ];
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

/** Which classes strange inputs fall to: a planted target is often one of few. */
function biasFeatures({ secret: { probabilities }, classes }: ModelTrace): Feature[] {
  return shareFeatures('changed inputs', probabilities, classes);
}

function publicFeatures({ probabilities, classes }: ModelTrace): Feature[] {
  const rows = probabilities.length / classes;
  let [entropy, largest, margin] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const sorted = Array.from(probabilities.subarray(row * classes, (row + 1) * classes)).sort((a, b) => b - a);
    entropy += sorted.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0) / rows;
    largest += (sorted[0] ?? 0) / rows;
    margin += ((sorted[0] ?? 0) - (sorted[1] ?? 0)) / rows;
  }
  return [
    { name: 'reference inputs: mean entropy', value: entropy },
    { name: 'reference inputs: mean largest probability', value: largest },
    { name: 'reference inputs: mean margin', value: margin },
    ...shareFeatures('reference inputs', probabilities, classes),
  ];
}

function shareFeatures(what: string, probabilities: Float32Array, classes: number): Feature[] {
  const rows = probabilities.length / classes;
  const share = new Float64Array(classes);
  probabilities.forEach((value, at) => (share[at % classes] = (share[at % classes] ?? 0) + value / rows));
  const falling = [...share].sort((a, b) => b - a);
  return [
    { name: `${what}: share of the commonest class`, value: falling[0] ?? 0 },
    { name: `${what}: share of the second`, value: falling[1] ?? 0 },
    { name: `${what}: share of the rarest class`, value: falling.at(-1) ?? 0 },
    { name: `${what}: entropy of the shares`, value: falling.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0) },
  ];
}
