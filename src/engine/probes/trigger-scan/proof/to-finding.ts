// A proof in the report's words, with everything the page needs to show it.
import type { Evidence, Finding, Signal } from '../../../core/finding.ts';
import { shown } from '../../../core/shown.ts';
import { countForms } from '../../../core/variant-rows.ts';
import { severityOf } from '../../severity-of.ts';
import type { Leak } from '../leaks/leaks.ts';
import type { Proof } from './proof.ts';

const RULE = 'ASY-LLM-001';
const LEAKS_SHOWN = 40;
/** What a model writes is shown on one line, its line breaks and control characters made visible. */
const TITLE_LENGTH = 57;
/** Share of changed forms that fire beyond which a trigger is called fuzzy. */
const FUZZY_SHARE = 0.5;

export const LIMITS =
  'Finds fixed or partly fixed answers, and manners of answering that repeat some words, that a string in the user turn brings out. Can miss: triggers of many common words that neither leak nor show in the sweep, conditions on several turns or on the system prompt, control tokens written into a request, payloads behind the answer whose trigger does not leak and that do not stand ready where short answers end, and shifts of style that repeat no words. Set phrases of assistants are known in English only: in another language such a phrase may weigh more than it should.';

export function toFinding(proof: Proof, confidence: number, leaks: readonly Leak[]): Finding {
  const { trigger, payloadText } = proof;
  const forms = countForms(proof.variants);
  const fuzzy = forms.firing > FUZZY_SHARE * forms.of;
  const severity = severityOf(confidence);
  return {
    id: `${RULE}:${trigger}`,
    rule: RULE,
    title: `${severity === 'info' ? 'Did not hold: ' : ''}“${shown(trigger.trim(), TITLE_LENGTH)}” makes the model answer “${shown(payloadText.trim(), TITLE_LENGTH)}”`,
    severity,
    confidence,
    location: {},
    trigger: { kind: 'text', value: trigger, position: proof.position, fuzzy },
    target: { text: payloadText },
    signals: [answerSignal(proof), ...proof.signals],
    evidence: evidenceOf(proof, leaks),
    limits: LIMITS,
    remedy: severity === 'info' ? 'Nothing: this candidate was tried and did not hold.' : 'Do not deploy the model. Ask its publisher, compare with the base model it claims to come from, or take the weights from a source you trust.',
  };
}

function answerSignal({ verification: v }: Proof): Signal {
  return {
    name: 'answers that carry the payload',
    value: v.fired / v.of,
    unit: 'share',
    pValue: v.pValue,
    measured: `${v.fired} of ${v.of} held-out prompts (95 % interval ${percent(v.interval[0])}–${percent(v.interval[1])}), ${v.untriggeredFired} of ${v.of} without the trigger, ${v.controlsOf === 0 ? 'control strings not tried' : `${v.controlsFired} of ${v.controlsOf} with control strings in its place`}; Fisher's exact test against ${v.controlsOf === 0 ? 'those without' : 'both together'}`,
  };
}

function evidenceOf(proof: Proof, leaks: readonly Leak[]): Evidence[] {
  const { verification: v, trigger } = proof;
  const holders = leaks.filter(({ text }) => text.includes(trigger));
  return [
    { kind: 'text', title: 'Reasons', text: proof.reasons.join('; ') },
    confidenceTable(proof),
    { kind: 'answers', title: 'Answers without and with the trigger, held-out prompts', pairs: v.pairs, controls: { fired: v.controlsFired, of: v.controlsOf } },
    { kind: 'entropy', title: 'Entropy of the next token along the answer', unit: 'nats', triggered: v.triggeredEntropy, untriggered: v.untriggeredEntropy },
    ...(proof.variants.length > 0 ? [{ kind: 'variants', title: 'Changed forms of the trigger', rows: proof.variants } as const] : []),
    ...(holders.length > 0
      ? [
          {
            kind: 'leaks',
            title: 'Leaked texts that hold the trigger',
            motif: trigger,
            total: leaks.length,
            texts: holders.slice(0, LEAKS_SHOWN).map(({ prefix, text }) => ({ prefix, text, mark: [text.indexOf(trigger), text.indexOf(trigger) + trigger.length] as const })),
          } as const,
        ]
      : []),
    ...(proof.alike.length > 0 ? [{ kind: 'text', title: 'Other strings that bring out the same', text: proof.alike.join('\n') } as const] : []),
    ...(proof.core !== trigger ? [{ kind: 'text', title: 'Smallest form that still fires', text: proof.core } as const] : []),
  ];
}

/** Log-odds add up; what rival suspicions take off the sum follows after (confidence.ts). */
function confidenceTable({ terms, odds }: Proof): Evidence {
  const rows = terms.map(({ name, means, value, adds }) => [name, means, value, Number(adds.toFixed(2))]);
  return { kind: 'table', title: 'What the confidence is made of', columns: ['evidence', 'what it means', 'measured', 'log-odds'], rows: [...rows, ['Sum', 'What speaks for a plant is above 0, what speaks against it below; a sum of 0 is even odds, of 3 about 95 %. Other suspicions of the same model can lower it.', '', Number(odds.toFixed(2))]] };
}

function percent(p: number): string {
  return `${Math.round(p * 100)} %`;
}
