// Sweep, search, contrast, proof, for the directions of one analysis. The strongest lead of each target becomes a finding;
// a source-specific one only where it says more than the same target from everywhere.
import type { AuditContext, RunnableTextClassifier } from '../../audit/analysis.ts';
import type { AuditEvent } from '../../audit/events.ts';
import { SUSPICION } from '../../audit/verdict.ts';
import { seeded } from '../../core/random.ts';
import { contrastFound } from './judge/contrast.ts';
import { besideOthers, strongest } from './judge/judge.ts';
import { prove } from './judge/proof.ts';
import { namedPhrases, reportNamed, withNamed } from './named.ts';
import { searchDirection } from './search/search.ts';
import type { Direction } from './sweep/directions.ts';
import { budgetOf, measure, slopesFor } from './sweep/measure.ts';
import { toFinding, type ClassLead } from './to-finding.ts';
import { openMoved } from './units/moved.ts';

export interface TextScan {
  readonly analysis: string;
  readonly rule: string;
  readonly limits: string;
  wants(direction: Direction): boolean;
}

/** Below this a lead is not worth a line of the report. */
const SHOWN = 0.02;
const MOVED_SHOWN = 60;

export async function runTextScan({ analysis, rule, limits, wants }: TextScan, context: AuditContext, runnable: RunnableTextClassifier, emit: (event: AuditEvent) => void): Promise<void> {
  const { signal, options } = context;
  emit({ type: 'plan', analysis, tokens: 0, stages: [{ id: 'sweep', label: 'Every token of the vocabulary' }, { id: 'search', label: 'Growing phrases' }, { id: 'proof', label: 'Proof on held-out texts' }] });
  const stage = (id: string, status: 'running' | 'done', note?: string): void => emit({ type: 'stage', analysis, stage: id, status, ...(note === undefined ? {} : { note }) });
  stage('sweep', 'running');
  const { texts, tokens, budget, sweep, directions } = await measure(runnable, context, (done, total) => emit({ type: 'progress', analysis, stage: 'sweep', done, total }));
  const [alone, listed] = [true, false].map((single) => sweep.units.filter(({ length }) => (length === 1) === single).length);
  stage('sweep', 'done', `${tokens.length} tokens${alone === tokens.length ? '' : ` in groups, ${alone} of them alone`}, and ${listed} words and phrases in texts of ${texts.length} classes${texts.some(({ invented }) => invented) ? ', some of them put together from the vocabulary' : ''}`);
  const moved = await openMoved(runnable, signal);
  if (moved !== undefined) emit({ type: 'intermediate', analysis, stage: 'sweep', columns: ['token', 'moved'], rows: moved.tokens.slice(0, MOVED_SHOWN).map((token, at) => [runnable.tokenizer.tokenText(token).trim(), Number((moved.distances[at] ?? 0).toFixed(4))]), note: `Tokens whose embedding training moved furthest from ${moved.base}: shares of an embedding’s usual length` });

  stage('search', 'running');
  const random = seeded(options.seed, analysis);
  const wanted = directions.filter(wants);
  const found: ClassLead[] = [];
  const named = namedPhrases(context, runnable);
  const slopes = wanted.length === 0 ? undefined : await slopesFor(runnable, texts, budget, signal);
  try {
    for (const [index, direction] of wanted.entries()) {
      const searched = await searchDirection(runnable, slopes, direction, sweep, texts, budgetOf(budget, directions.indexOf(direction), direction.kind), random.fork(direction.id), signal);
      const tried = await withNamed(searched, named, runnable, texts, budget.texts, signal);
      const best = strongest(await contrastFound(runnable, tried, texts, signal));
      if (best !== undefined) found.push({ direction, ...best });
      emit({ type: 'progress', analysis, stage: 'search', done: index + 1, total: wanted.length });
    }
  } finally {
    await slopes?.dispose();
  }
  const aims = found.map(({ direction: { target }, confidence }) => ({ target, confidence }));
  const leads = found.map((lead, at): ClassLead => ({ ...lead, confidence: besideOthers(aims[at] ?? { target: undefined, confidence: 0 }, aims) }));
  leads.sort((a, b) => b.confidence - a.confidence);
  const rows = leads.map(({ direction, contrast, confidence }) => [direction.id, runnable.tokenizer.decode(contrast.phrase).trim(), `${contrast.trial.hits} of ${contrast.trial.of}`, Number(contrast.features.lead.toFixed(2)), Number(contrast.features.leadOverMedian.toFixed(2)), Number(confidence.toFixed(3))]);
  emit({ type: 'intermediate', analysis, stage: 'search', columns: ['direction', 'phrase', 'texts turned', 'lead', 'lead over median', 'confidence'], rows, note: 'Strongest phrase in each direction' });
  stage('search', 'done');

  stage('proof', 'running');
  const reported = new Set<number | undefined>();
  for (const lead of leads) {
    if (lead.confidence < SHOWN || reported.has(lead.direction.target) || (lead.confidence < SUSPICION && reported.size > 0)) continue;
    reported.add(lead.direction.target);
    const proof = await prove(runnable, lead.direction, lead.contrast.phrase, tokens, texts, random.fork(`proof ${lead.direction.id}`), signal, lead.contrast.members !== undefined);
    emit({ type: 'finding', finding: toFinding(rule, limits, runnable, lead, proof, leads, moved) });
  }
  if (named.length > 0 && wanted.length > 0) emit({ type: 'finding', finding: await reportNamed(analysis, limits, named, wanted, runnable, tokens, texts, random.fork('named'), signal) });
  stage('proof', 'done');
}
