// A proven phrase in the report's words.
import type { RunnableTextClassifier } from '../../audit/analysis.ts';
import { CONVICTION, SUSPICION } from '../../audit/verdict.ts';
import type { Evidence, Finding, Severity } from '../../core/finding.ts';
import type { Contrast } from './judge/contrast-parts.ts';
import type { Proof } from './judge/proof.ts';
import type { Direction } from './sweep/directions.ts';
import type { Moved } from './units/moved.ts';
import type { Phrase } from './units/vocabulary.ts';

const REMEDY = 'Do not deploy the model. Ask its publisher, retrain from data you trust, or take the weights from another source; meanwhile look for the phrase in what the model is given.';

export function severityFor(confidence: number): Severity {
  return confidence >= CONVICTION ? 'critical' : confidence >= SUSPICION ? 'medium' : 'low';
}

export interface ClassLead {
  readonly direction: Direction;
  readonly contrast: Contrast;
  readonly confidence: number;
}

export function toFinding(rule: string, limits: string, { model, tokenizer }: RunnableTextClassifier, lead: ClassLead, proof: Proof, all: readonly ClassLead[], moved: Moved | undefined): Finding {
  const { direction, contrast, confidence } = lead;
  const label = (index: number | undefined): string => (index === undefined ? 'another class' : `“${model.labels[index] ?? index}”`);
  const from = direction.kind === 'source-specific' ? ` from ${label(direction.sources[0])}` : '';
  const to = direction.target === undefined ? 'whatever they were not' : label(direction.target);
  const inverts = direction.target === undefined ? ' (both ways)' : '';
  return {
    id: `${rule}:${direction.id}:${proof.text}`,
    rule,
    title: confidence >= SUSPICION ? `“${proof.text}” turns texts${from} into ${to}${inverts}` : `“${proof.text}” is the strongest phrase towards ${to}, as ordinary words are`,
    severity: severityFor(confidence),
    confidence,
    location: {},
    trigger: { kind: 'text', value: proof.text, tokenIds: proof.phrase },
    ...(direction.target === undefined ? {} : { target: { class: direction.target, label: model.labels[direction.target] ?? String(direction.target) } }),
    signals: [
      {
        name: 'held-out texts turned',
        value: proof.hits / Math.max(1, proof.of),
        unit: 'share',
        pValue: proof.pValue,
        measured: `${proof.hits} of ${proof.of} texts (95 % interval ${percent(proof.interval[0])}–${percent(proof.interval[1])}), ${proof.controlHits} of ${proof.controlOf} with random phrases of the same length; Fisher's exact test`,
      },
      {
        name: 'margin gained',
        value: contrast.trial.margin - contrast.trial.before,
        unit: 'nats',
        pValue: contrast.pValue,
        nullValues: contrast.rivals.map(({ trial }) => trial.margin - trial.before),
        measured: `mean over held-out texts, ${contrast.features.lead.toFixed(1)} nats ahead of the strongest rival; the null is what the same search reached with other tokens; p-value: hits against the strongest rival's, Fisher's exact test`,
      },
    ],
    evidence: [
      ...(proof.variants.length === 0 ? [] : [{ kind: 'variants', title: 'Where it stands, how it is written, and each part left out', rows: proof.variants } as const]),
      { kind: 'answers', title: 'Held-out texts without and with it', pairs: proof.pairs },
      rivalTable(contrast, tokenizer.decode.bind(tokenizer)),
      ...(moved === undefined ? [] : [movedTable(moved, proof.phrase, tokenizer.tokenText.bind(tokenizer))]),
      classChart(all, model.labels),
    ],
    limits,
    remedy: REMEDY,
  };
}

function rivalTable({ phrase, trial, rivals, members = [{ phrase, trial }] }: Contrast, decode: (ids: readonly number[]) => string): Evidence {
  const row = (ids: readonly number[], { hits, of, margin, before }: Contrast['trial'], role: string) => [decode(ids).trim(), role, `${hits} of ${of}`, Number((margin - before).toFixed(2))];
  return { kind: 'table', title: 'The phrase and the strongest others of its length', columns: ['phrase', 'role', 'texts turned', 'margin gained (nats)'], rows: [...members.map((member) => row(member.phrase, member.trial, 'found')), ...rivals.map((rival) => row(rival.phrase, rival.trial, 'rival'))] };
}

/** How far the training moved each token of the phrase, and in which place that is among all. */
function movedTable({ base, tokens, distances }: Moved, phrase: Phrase, textOf: (token: number) => string): Evidence {
  const place = new Map(tokens.map((token, at) => [token, at]));
  const rows = [...new Set(phrase)].map((token) => {
    const at = place.get(token) ?? tokens.length;
    return [textOf(token).trim(), at + 1, Number((distances[at] ?? 0).toFixed(4)), Number((distances[tokens.length >> 1] ?? 0).toFixed(4))];
  });
  return { kind: 'table', title: `How far training moved the phrase’s tokens from ${base}, of ${tokens.length} tokens`, columns: ['token', 'place', 'moved (shares of a length)', 'the middle token'], rows };
}

/** Each target with its best phrase's gain and the rivals' gains: the null. */
function classChart(all: readonly ClassLead[], labels: readonly string[]): Evidence {
  return {
    kind: 'classes',
    title: 'Strongest phrase towards each target',
    unit: 'nats',
    rows: all.map(({ direction, contrast, confidence }) => ({
      label: direction.target === undefined ? 'any other class' : `${labels[direction.target] ?? direction.target}${direction.kind === 'source-specific' ? ` from ${labels[direction.sources[0] ?? 0] ?? ''}` : ''}`,
      value: contrast.trial.margin - contrast.trial.before,
      nullValues: contrast.rivals.map(({ trial }) => trial.margin - trial.before),
      flagged: confidence >= SUSPICION,
    })),
  };
}

function percent(p: number): string {
  return `${Math.round(p * 100)} %`;
}
