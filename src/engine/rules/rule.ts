// What a static rule is made of, and how rules of one kind become an analysis. README.md beside this is the contract.
import type { Analysis, AnalysisContext } from '../audit/analysis.ts';
import { placeOf, type InspectedFile } from '../artifact/inspect/inspection.ts';
import type { Evidence, Finding, Location, Severity, Target, Trigger } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import type { Bytes, Probability } from '../core/units.ts';

export type { Rule };

/**
 * How sure a static rule is that what it says stands in the file. Not calibrated on a zoo as a probe's confidence is: it
 * says how the rule knows. `read`: it stands there, byte for byte. `resolved`: worked out from what stands there, every
 * step known. `inferred`: the likely meaning of what stands there. `hint`: worth a look.
 */
const SURE = { read: 0.95, resolved: 0.9, inferred: 0.7, hint: 0.5 } as const satisfies Readonly<Record<string, Probability>>;

export interface Hit {
  readonly file: Pick<InspectedFile, 'path' | 'root'>;
  /** In the member's own coordinates. */
  readonly offset?: Bytes;
  readonly location?: Pick<Location, 'node' | 'tensor' | 'key'>;
  /** What tells two hits of one rule in one file apart, and stays the same from run to run. */
  readonly about: string;
  /** One sentence that names what was found; the rule's title where left out. */
  readonly title?: string;
  readonly severity?: Severity;
  readonly sure: keyof typeof SURE;
  readonly evidence: readonly Evidence[];
  readonly trigger?: Trigger;
  readonly target?: Target;
  readonly references?: readonly string[];
}

export type Report = (rule: Rule, hit: Hit) => void;

export interface RuleFamily {
  /** Kebab-case, the analysis's id: 'pickle-code'. */
  readonly id: string;
  readonly label: string;
  readonly limits: string;
  readonly rules: readonly Rule[];
  readonly needsDigests?: boolean;
  inapplicable?(context: AnalysisContext): string | undefined;
  check(context: AnalysisContext, report: Report): Promise<void>;
}

/** Findings of one rule in one file that are listed one by one. The count is never silent: the last one says how many more. */
const MAX_HITS = 64;

export function analysisOf(family: RuleFamily): Analysis {
  const { id, label, limits, rules, needsDigests = false } = family;
  return {
    id,
    label,
    limits,
    rules,
    needsDigests,
    inapplicable: (context) => family.inapplicable?.(context),
    async run(context, emit) {
      const counts = new Map<string, number>();
      await family.check(context, (rule, hit) => {
        const key = `${rule.id} ${hit.file.path}`;
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        if (count < MAX_HITS) emit({ type: 'finding', finding: findingOf(rule, hit) });
        else emit({ type: 'finding', finding: findingOf(rule, { ...hit, about: 'more', title: `${rule.title}: ${count - MAX_HITS + 1} more in this file` }) });
      });
    },
  };
}

function findingOf(rule: Rule, hit: Hit): Finding {
  return {
    id: [rule.id, hit.file.path, hit.about].join(':'),
    rule: rule.id,
    title: hit.title ?? rule.title,
    severity: hit.severity ?? rule.severity,
    confidence: SURE[hit.sure],
    location: { ...placeOf(hit.file, hit.offset), ...hit.location },
    ...(hit.trigger === undefined ? {} : { trigger: hit.trigger }),
    ...(hit.target === undefined ? {} : { target: hit.target }),
    signals: [],
    evidence: hit.evidence,
    limits: rule.misses,
    remedy: rule.remedy,
    references: [...new Set([...rule.references, ...(hit.references ?? [])])],
  };
}
