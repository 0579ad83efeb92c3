// The verdict's reasons in words, with numbers and intervals, out of findings and coverage. Pure; nothing is invented:
// a number that was not measured is not mentioned.
import { PROBED } from '../engine/audit/registry.ts';
import { isNote, isRead, isRejected } from './finding-view.ts';
import { isAbsent, isStoppedEntry, STOPPED, type Coverage, type Finding, type Verdict } from '../engine/core/finding.ts';
import { beyondControls, significant } from '../engine/core/signal.ts';
import type { LeftOut } from '../engine/artifact/artifact.ts';
import { controlWords } from '../engine/probes/trigger-scan/proof/fired-words.ts';
import { nanInWeights } from '../engine/rules/weights-numbers/nan-in-weights.ts';
import { firstOf } from '../engine/core/shown.ts';
import { leadingFinding } from '../engine/report/verdict-words.ts';
import { exactInterval } from '../engine/core/statistics.ts';

export type Phrase =
  | { readonly kind: 'plain' | 'strong'; readonly text: string }
  | { readonly kind: 'trigger' | 'payload'; readonly text: string };

const MAX_QUOTE = 90;
/** Why a model cannot be run is told whole, but for what a hostile file makes endless. */
const MAX_REASON = 400;

/** `untested`: why behaviour was not tested, beside what was found in the files. */
export function verdictReasons(verdict: Verdict | undefined, findings: readonly Finding[], coverage: readonly Coverage[], unread: readonly string[] = [], untested: readonly Phrase[] = untestedReasons(findings, coverage)): Phrase[] {
  const top = findings.find(({ suppressed }) => suppressed === undefined);
  if (verdict === 'backdoor' || verdict === 'suspicious') {
    const lead = leadingFinding(verdict, findings) ?? top;
    return lead === undefined ? [] : [...findingReasons(lead), ...unreadReasons(unread), ...untested];
  }
  if (verdict === 'no-evidence') return noEvidence(findings, coverage);
  if (verdict === 'not-tested') return [...unreadReasons(unread), ...(nanReasons(findings) ?? stoppedReasons(coverage) ?? notTested(coverage))];
  return [...soFarReasons(findings), plain(' The verdict comes with the last analysis.')];
}

/** Of an audit that goes on, or that ended before its time. */
export function soFarReasons(findings: readonly Finding[]): Phrase[] {
  const strongest = findings.find(({ suppressed, severity }) => suppressed === undefined && severity !== 'info');
  return strongest === undefined ? [plain('Nothing suspicious so far.')] : [plain('So far: '), ...findingReasons(strongest)];
}

/** "The phrase X makes the model answer Y in k of n prompts (interval), against m of n without it. a of b signals have p ≤ .05." Of a classifier: "A patch (X) makes the model see Y in k of n held-out pictures". */
export function findingReasons(finding: Finding): Phrase[] {
  const phrases: Phrase[] = [];
  const { trigger } = finding;
  const payload = payloadOf(finding);
  const counts = firedCounts(finding);
  if (trigger === undefined || isRead(finding)) phrases.push(plain(finding.title.replace(/[.\s]*$/, '. ')));
  else {
    const words = wordsFor(finding);
    phrases.push(plain(words.what), { kind: 'trigger', text: quote(trigger.value) });
    if (payload === undefined) phrases.push(plain(words.changes));
    else phrases.push(plain(words.makes), { kind: 'payload', text: quote(payload) });
    if (counts === undefined) phrases.push(plain('. '));
    else {
      const [low, high] = exactInterval(counts.fired, counts.of);
      phrases.push(plain(' in '), strong(`${counts.fired} of ${counts.of}`), plain(` held-out ${words.inputs} (95 % interval ${percent(low)}–${percent(high)} %)`));
      phrases.push(plain(counts.untriggered === undefined ? '. ' : `, against ${counts.untriggered} of ${counts.pairs} without it. `));
      if (counts.controls !== undefined && counts.controls.of > 0) phrases.push(plain(`${capitalised(controlWords(counts.controls, { fired: counts.untriggered ?? 0, of: counts.pairs }))}. `));
    }
  }
  if (isRejected(finding)) return [...phrases, strong('It did not hold'), plain(': all evidence together speaks against a plant.')];
  const tested = finding.signals.filter((signal) => signal.pValue !== undefined || signal.rank !== undefined);
  if (tested.length > 0) {
    const beyond = tested.filter(beyondControls).length;
    phrases.push(strong(`${tested.filter(significant).length} of ${tested.length}`), plain(` ${tested.length === 1 ? 'signal has' : 'signals have'} p ≤ .05 against controls${beyond === 0 ? '' : `; ${beyond} more ${beyond === 1 ? 'exceeds' : 'exceed'} every control, of which there are too few for that`}.`));
  }
  return phrases;
}

interface Words {
  readonly what: string;
  readonly makes: string;
  /** Where no single target is named. */
  readonly changes: string;
  readonly inputs: string;
}

/** A language model answers prompts; a classifier sorts texts or pictures into classes. */
function wordsFor({ trigger, target }: Finding): Words {
  if (trigger?.kind === 'patch' || trigger?.kind === 'blend') {
    return { what: trigger.kind === 'patch' ? 'A patch (' : 'An overlay (', makes: ') makes the model see ', changes: ') changes which class the model sees', inputs: 'pictures' };
  }
  const what = trigger?.kind === 'text' || trigger?.kind === 'tokens' ? 'The phrase ' : `The ${trigger?.kind ?? 'trigger'} `;
  if (target !== undefined && 'class' in target) return { what, makes: ' makes the model choose ', changes: ' changes which class the model chooses', inputs: 'texts' };
  return { what, makes: ' makes the model answer ', changes: ' changes what the model answers', inputs: 'prompts' };
}

export function payloadOf(finding: Finding): string | undefined {
  const { target } = finding;
  if (target === undefined) return undefined;
  return 'text' in target ? target.text : (target.label ?? `class ${target.class}`);
}

interface FiredCounts {
  readonly fired: number;
  readonly of: number;
  /** Untriggered answers of the shown pairs that hold the payload too; undefined without a payload to look for. */
  readonly untriggered: number | undefined;
  readonly pairs: number;
  readonly controls: { readonly fired: number; readonly of: number } | undefined;
}

/** The exact trigger's own row among the variants where it was measured there (more prompts), else the answer pairs. */
export function firedCounts(finding: Finding): FiredCounts | undefined {
  const pairs = finding.evidence.flatMap((evidence) => (evidence.kind === 'answers' ? evidence.pairs : []));
  const exact = finding.evidence.flatMap((evidence) => (evidence.kind === 'variants' ? evidence.rows : [])).find((row) => row.variant === finding.trigger?.value && row.of > 0);
  const payload = payloadOf(finding)?.trim();
  const untriggered = payload === undefined || payload === '' || pairs.length === 0 ? undefined : pairs.filter((pair) => pair.untriggered.includes(payload)).length;
  const controls = finding.evidence.flatMap((evidence) => (evidence.kind === 'answers' ? (evidence.controls ?? []) : [])).at(0);
  if (exact !== undefined && exact.of >= pairs.length) return { fired: exact.fired, of: exact.of, untriggered, pairs: pairs.length, controls };
  return pairs.length === 0 ? undefined : { fired: pairs.filter(({ fired }) => fired).length, of: pairs.length, untriggered, pairs: pairs.length, controls };
}

function noEvidence(findings: readonly Finding[], coverage: readonly Coverage[]): Phrase[] {
  const ran = coverage.filter(({ status }) => status === 'ran');
  const probes = ran.filter(({ analysis }) => PROBED.has(analysis)).length;
  const phrases: Phrase[] = [
    strong(`${ran.length} of ${coverage.length}`),
    plain(` ${coverage.length === 1 ? 'analysis' : 'analyses'} ran (${ran.length - probes} on its files, ${probes} on what it does when it runs) and found no planted behaviour. `),
  ];
  const low = lowSuspicions(findings);
  const rejected = findings.filter(isRejected).length;
  const notes = findings.filter(isNote).length;
  if (low > 0) phrases.push(plain(`${low} low ${low === 1 ? 'suspicion stands' : 'suspicions stand'} below. `));
  if (rejected > 0) phrases.push(plain(`${rejected} weak ${rejected === 1 ? 'suspicion' : 'suspicions'} did not hold when all evidence was weighed. `));
  if (notes > 0) phrases.push(plain(`${notes} ${notes === 1 ? 'note stands' : 'notes stand'} below. `));
  phrases.push(plain('This is no proof of a clean model: the coverage says what was tested and what that can miss.'));
  return phrases;
}

function notTested(coverage: readonly Coverage[]): Phrase[] {
  // What failed says most; that there was no notebook to look into says nothing about why the model was not tested.
  const not = coverage.filter(({ status, reason }) => status !== 'ran' && reason !== undefined);
  const told = [not.filter(({ status }) => status === 'failed'), not.filter((entry) => !isAbsent(entry)), not].find((entries) => entries.length > 0) ?? [];
  const reasons = [...new Set(told.map(({ reason }) => reason))];
  return [plain('Nothing can be said about this model’s behaviour: it was not tested. '), ...(reasons.length === 0 ? [] : [plain(capitalised(reasons.join('; ').replace(/[.\s]*$/, '.')))])];
}

/** The failure of every probe that was to run the model, where none of them ran: a finding in the files says nothing of behaviour. */
export function behaviourFailure(findings: readonly Finding[], coverage: readonly Coverage[]): string | undefined {
  // A probe that broke off after it had found something did test, and its finding says so.
  if (findings.some((finding) => PROBED.has(finding.rule) || !isRead(finding))) return undefined;
  const probes = coverage.filter(({ analysis }) => PROBED.has(analysis));
  if (probes.some(({ status }) => status === 'ran')) return undefined;
  const failed = probes.filter(({ status }) => status === 'failed');
  return failed.length === 0 ? undefined : [...new Set(failed.map(({ reason }) => reason ?? 'it failed'))].join('; ');
}

/** Of an audit that the user stopped: what was done, and what was not. Undefined of any other. */
function stoppedReasons(coverage: readonly Coverage[]): Phrase[] | undefined {
  const stopped = coverage.filter(isStoppedEntry);
  if (stopped.length === 0) return undefined;
  const applying = coverage.filter((entry) => !isAbsent(entry));
  const probes = applying.filter(({ analysis, status }) => status === 'ran' && PROBED.has(analysis)).length;
  return [
    strong('This audit was cancelled before its end. '),
    strong('Done: '), plain(`${applying.filter(({ status }) => status === 'ran').length} of ${applying.length} analyses that apply${probes === 0 ? ', all of them on the files' : ''}. `),
    strong('Not done: '), plain(`${stopped.map(({ analysis, reason }) => `${analysis.replaceAll('-', ' ')}, stopped ${(reason ?? '').slice(STOPPED.length).trim()}`).join('; ')}. What was not done clears nothing; run the audit again to have a verdict. `),
  ];
}

function untestedReasons(findings: readonly Finding[], coverage: readonly Coverage[]): Phrase[] {
  const stopped = stoppedReasons(coverage);
  if (stopped !== undefined) return stopped;
  const why = behaviourFailure(findings, coverage);
  return why === undefined ? [] : [strong('What the model does when it runs was not tested: '), plain(`${quote(why, MAX_REASON).replace(/[.\s]*$/, '')}. `)];
}

/** Of a model that was to be run and could not be: that, and why. */
export function notRunReasons(reason: string): Phrase[] {
  return [strong('This model cannot be run here: '), plain(`${quote(reason, MAX_REASON)}. `), strong('What it does when it runs was not tested. ')];
}

/** Of several models in a drop one is run: the verdict says nothing of the others. */
export function leftOutReasons(leftOut: LeftOut | undefined, ran: boolean): Phrase[] {
  if (leftOut === undefined) return [];
  const others = firstOf(leftOut.models);
  return [strong(`Not tested: ${others}. `), plain(`Of the models in this drop, only ${firstOf(leftOut.taken)} ${ran ? 'was run' : 'is run'}; ${leftOut.models.length === 1 ? 'open the other' : 'open another'} by itself to audit it. `)];
}

/** NaN spoils whatever passes it: what the model did when it ran is no evidence either way. */
export function nanReasons(findings: readonly Finding[]): Phrase[] | undefined {
  const lost = nanInWeights(findings);
  return lost === undefined ? undefined : [plain(`${lost.title}. `), strong('What this model does cannot be judged: '), plain('whatever passes such a value is lost, so an answer without a payload clears nothing. Get the file again, and compare its hash with the publisher’s.')];
}

/** What the check of the files says by itself, where it found nothing grave: that nothing was run is part of it. */
export function checkReasons(findings: readonly Finding[], coverage: readonly Coverage[], files: number, unread: readonly string[], behaviour = true): Phrase[] {
  const ran = coverage.filter(({ status }) => status === 'ran').length;
  const of = files === 1 ? 'the file' : `the ${files} files`;
  const low = lowSuspicions(findings);
  const found = low === 0 ? 'found nothing suspicious in what could be looked into' : `found no more than ${low === 1 ? 'the low suspicion' : `the ${low} low suspicions`} below`;
  return [...unreadReasons(unread), strong(`${ran} ${ran === 1 ? 'check' : 'checks'}`), plain(` of ${of} ${found}.${behaviour ? ' What the model does when it runs was not tested.' : ''}`)];
}

/** Of a verdict that no finding carries: what was suspected all the same. */
function lowSuspicions(findings: readonly Finding[]): number {
  return findings.filter(({ severity, suppressed }) => severity !== 'info' && suppressed === undefined).length;
}

const UNREAD_NAMED = 3;

/** "Not inspected" stands first wherever it is true: whatever follows says nothing of those files. */
function unreadReasons(unread: readonly string[]): Phrase[] {
  if (unread.length === 0) return [];
  const names = unread.slice(0, UNREAD_NAMED).map((path) => quote(path)).join(', ');
  return [strong('Not wholly inspected: '), plain(`${names}${unread.length > UNREAD_NAMED ? ` and ${unread.length - UNREAD_NAMED} more` : ''}. `)];
}

export function quote(text: string, most = MAX_QUOTE): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= most ? flat : `${flat.slice(0, most - 1)}…`;
}

function capitalised(sentence: string): string {
  return sentence.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
}

function percent(share: number): string {
  return (share * 100).toFixed(0);
}
function plain(text: string): Phrase {
  return { kind: 'plain', text };
}
function strong(text: string): Phrase {
  return { kind: 'strong', text };
}
