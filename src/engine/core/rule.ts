// What a static rule says of itself: in every finding, in SARIF, and in the contract of the rules (rules/README.md).
import type { Severity } from './finding.ts';

export interface Rule {
  /** 'ASY-PKL-001': never given to another rule, never reused. */
  readonly id: `ASY-${string}-${string}`;
  /** What was found, in the words of a heading. */
  readonly title: string;
  /** Of an ordinary hit; a single finding may say otherwise. */
  readonly severity: Severity;
  /** What the rule can miss, and when a hit means nothing. */
  readonly misses: string;
  /** MITRE ATLAS techniques, CWE and CVE numbers. */
  readonly references: readonly string[];
  readonly remedy: string;
}
