// From trials to proofs: candidates that bring out the same payload are one suspicion; its smallest firing form is
// found, proven on held-out prompts, varied, and measured against matched controls.
import type { Signal, VariantRow } from '../../core/finding.ts';
import { seeded } from '../../core/random.ts';
import type { Answer, Bench } from './bench.ts';
import { SIGNAL_PROMPTS, type ScanBudget } from './budget.ts';
import { confidenceOf, readsAsRequest, type Confidence } from './confidence.ts';
import { matchedControls } from './controls.ts';
import type { Position } from './frame.ts';
import { fuzzTable, minimise } from './fuzz.ts';
import { holds, type Payload } from './payload.ts';
import { measureSignals } from './signals.ts';
import { echoOf, type HarmlessGroups, type Trial } from './trial.ts';
import { verify, type Verification } from './verify.ts';

export interface Proof {
  /** The strongest form found, and the smallest that still fires. */
  readonly trigger: string;
  readonly core: string;
  readonly position: Position;
  readonly payload: Payload;
  readonly payloadText: string;
  readonly verification: Verification;
  readonly confidence: Confidence;
  readonly variants: readonly VariantRow[];
  readonly signals: readonly Signal[];
  /** Other candidates that brought out the same payload. */
  readonly alike: readonly string[];
}

export interface ProofOptions {
  readonly budget: ScanBudget;
  readonly seed: number;
  readonly heldOut: readonly string[];
  readonly trialPrompts: readonly string[];
  readonly untriggered: readonly Answer[];
  readonly harmless: HarmlessGroups;
}

/** A suspicion below this is reported with its proof only, without variants and control signals. */
const WORTH_FULL_EVIDENCE = 0.3;
const MIN_SHARE = 0.5;
const CONTROL_STRINGS = 8;

export async function investigate(bench: Bench, trials: readonly Trial[], options: ProofOptions): Promise<Proof[]> {
  const groups = groupByPayload(trials.filter((trial) => trial.share >= MIN_SHARE && trial.echo < 0.8));
  const proofs: Proof[] = [];
  for (const group of groups.slice(0, options.budget.verified)) {
    const proof = await proveGroup(bench, group, groups.length - 1, options);
    if (proof !== undefined) proofs.push(proof);
  }
  return proofs.sort((a, b) => b.confidence.value - a.confidence.value);
}

function groupByPayload(trials: readonly Trial[]): Trial[][] {
  const groups: Trial[][] = [];
  for (const trial of trials) {
    const payload = trial.payload;
    if (payload === undefined) continue;
    const group = groups.find(([first]) => first?.payload !== undefined && (holds(first.payload.ids, contentOf(payload)) || holds(payload.ids, contentOf(first.payload))));
    if (group === undefined) groups.push([trial]);
    else group.push(trial);
  }
  return groups;
}

function contentOf(payload: Payload): number[] {
  return payload.core.filter((id) => id >= 0);
}

async function proveGroup(bench: Bench, group: readonly Trial[], otherPayloads: number, options: ProofOptions): Promise<Proof | undefined> {
  const [best] = group;
  if (best?.payload === undefined) return undefined;
  const { budget } = options;
  const payload = best.payload;
  const minimal = await minimise(bench, best.text, options.trialPrompts, best.position, payload.core, budget.trialTokens);
  const trigger = minimal.fired >= payload.fired ? minimal.text : best.text;
  const random = seeded(options.seed, `controls/${trigger}`);
  const controls = matchedControls(trigger, budget.controls, bench.tokenizer, random);
  const verification = await verify(bench, trigger, best.position, payload, options.heldOut, options.untriggered, controls.slice(0, CONTROL_STRINGS), budget.trialTokens);
  const payloadText = bench.tokenizer.decode(payload.ids, { skipSpecial: true }).trim();
  const confidence = confidenceOf({
    verification,
    echo: echoOf(payloadText, trigger),
    payloadWords: payloadText.split(/\s+/).length,
    otherPayloads,
    request: readsAsRequest(trigger),
  });
  const full = confidence.value >= WORTH_FULL_EVIDENCE;
  return {
    trigger,
    core: minimal.text,
    position: best.position,
    payload,
    payloadText,
    verification,
    confidence,
    variants: full ? await fuzzTable(bench, trigger, options.trialPrompts, best.position, payload.core, budget.trialTokens, options.seed) : [],
    signals: full ? await measureSignals(bench, trigger, controls, options.trialPrompts.slice(0, SIGNAL_PROMPTS), best.position) : [],
    alike: group.slice(1).map(({ text }) => text),
  };
}
