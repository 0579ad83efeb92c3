// All stores of the page over one client, and the few actions that touch more than one of them.
import type { StoreApi } from 'zustand/vanilla';
import { CANDIDATE_LIMITS, type NamedCandidate } from '../engine/audit/candidates.ts';
import { failureOf } from '../engine/core/result.ts';
import type { Finding } from '../engine/core/finding.ts';
import type { Report } from '../engine/report/report.ts';
import { GREEDY } from '../engine/runtime/causal-lm.ts';
import { createAttention, type AttentionState } from './attention.ts';
import { holdsModel, isUnderWay } from './audit-reducer.ts';
import { createAudit, type AuditStore, type Schedule } from './audit.ts';
import type { AssayClient, AuditRequest, DroppedFile, OpenInput } from './client.ts';
import { createFingerprints, type FingerprintClient, type FingerprintsState } from './fingerprints.ts';
import type { KeptSets } from './kept-sets.ts';
import { canInvestigate } from './finding-view.ts';
import { BLANK, formOfFinding } from './insert-trigger.ts';
import { createHistory, type HistoryState } from './history.ts';
import type { Host } from './host.ts';
import { createKnowledge, knowledgeOf, type KnowledgeState } from './knowledge.ts';
import { createMonitor, type MonitorStore } from './monitor.ts';
import { createNavigation, type NavigationState } from './navigation.ts';
import { createLeaving } from './leaving.ts';
import { createNotices, type NoticesState } from './notices.ts';
import { createPace, workedSeconds, type PaceState } from './pace.ts';
import { createPictureLab, type PictureLabState } from './picture-lab.ts';
import { createPlayground, type PlaygroundState } from './playground.ts';
import { createQuestions, type QuestionsState } from './questions.ts';
import type { PageName } from './route.ts';
import { createSession, nameOf, type SessionState } from './session.ts';
import { createTheme, type ThemeState } from './theme.ts';
import { createTriage, type TriageStore } from './triage.ts';

/** "Compared with the base model, tensor by tensor" (engine/rules/base-comparison). */
const COMPARISON_RULE = 'ASY-PRV-010';

export interface App {
  readonly client: AssayClient;
  readonly host: Host;
  readonly session: StoreApi<SessionState>;
  readonly audit: StoreApi<AuditStore>;
  readonly attention: StoreApi<AttentionState>;
  readonly playground: StoreApi<PlaygroundState>;
  readonly pictureLab: StoreApi<PictureLabState>;
  readonly fingerprints: StoreApi<FingerprintsState>;
  readonly history: StoreApi<HistoryState>;
  readonly triage: StoreApi<TriageStore>;
  readonly theme: StoreApi<ThemeState>;
  readonly notices: StoreApi<NoticesState>;
  readonly questions: StoreApi<QuestionsState>;
  readonly pace: StoreApi<PaceState>;
  readonly navigation: StoreApi<NavigationState>;
  readonly monitor: StoreApi<MonitorStore>;
  readonly knowledge: StoreApi<KnowledgeState>;

  begin(): Promise<void>;
  open(input: OpenInput): Promise<void>;
  /** Starts an audit of what is open with the chosen budget and seed. */
  startAudit(options?: { readonly resume: boolean }): Promise<void>;
  /** The open model beside another one, tensor by tensor. */
  compareWith(name: string, files: readonly DroppedFile[]): Promise<void>;
  /** Takes a list of what is known, accepted or trusted; what is open is checked again with it. */
  learn(name: string, text: string): Promise<void>;
  forgetKnown(name: string): void;
  showReport(report: Report): void;
  /** A report from a file: what is open gives way to it. */
  openReport(report: Report): Promise<void>;
  closeModel(): Promise<void>;
  openStored(id: string): Promise<void>;
  /** Candidates that the monitor found, for the next audit: of what is open, or of what will be opened. */
  auditWith(candidates: readonly NamedCandidate[]): void;
  /** Goes to a page by key or navigation. Attention view and playground take a finding that is open along, as its own buttons do. */
  visit(page: Exclude<PageName, 'unknown'>): void;
  /** Puts a finding's trigger and a prompt it fired on into attention view or playground, and goes there. */
  investigate(page: 'attention' | 'playground', finding: Finding): void;
  /** The same on the page itself: a prompt that was typed there stays. */
  insertFound(page: 'attention' | 'playground', finding: Finding): void;
}

/** The fingerprint lab's own worker, and where its secret seeds come from. */
export interface LabHost {
  readonly client: FingerprintClient;
  readonly sets: KeptSets;
  drawSeed(): number;
}

export function createApp(client: AssayClient, host: Host, schedule: Schedule, lab: LabHost): App {
  const session = createSession(client);
  const audit = createAudit(client, () => host.now(), schedule);
  const attention = createAttention(client);
  const playground = createPlayground(client);
  const pictureLab = createPictureLab(client, (pictures) => session.getState().prepared(pictures));
  const fingerprints = createFingerprints(lab.client, () => lab.drawSeed(), lab.sets, () => host.now());
  const history = createHistory(client);
  const triage = createTriage(host);
  const knowledge = createKnowledge(host, (known) => client.know(known));
  const theme = createTheme(host);
  const notices = createNotices(() => host.now());
  const questions = createQuestions();
  const pace = createPace(host);
  const navigation = createNavigation(host);
  const monitor = createMonitor(client.monitor, host, () => session.getState().model?.sha256, () => audit.getState().view.findings);

  const forget = (): void => {
    audit.getState().reset();
    attention.getState().reset();
    playground.getState().reset(session.getState().model);
    pictureLab.getState().reset();
  };

  /** The open files once more; a finished audit stays as it is, and what is known counts from the next one on. */
  const checkAgain = async (): Promise<void> => {
    const { view } = audit.getState();
    if (session.getState().phase !== 'open' || view.scope !== 'files' || view.status === 'running') return;
    await audit.getState().checkAgain((_, onEvent) => client.recheck(onEvent));
    const { failure } = audit.getState();
    if (failure !== undefined) notices.getState().fail('Checking the files again', failure);
  };

  // What another tab audited stands in the history once it has ended.
  session.subscribe(({ model, remembered }, before) => {
    const ended = (before.model?.elsewhere === true && model?.elsewhere === false) || (before.remembered?.elsewhere === true && remembered?.elsewhere === false);
    if (ended) void history.getState().refresh();
  });

  const { leave, isLeaving, watch } = createLeaving(() => ({ audit, session, questions, notices, history, client }));
  const showReport = (report: Report): void => {
    attention.getState().reset();
    audit.getState().show(report);
    navigation.getState().go({ page: 'audit' });
  };

  const investigate = (page: 'attention' | 'playground', finding: Finding, typed: { readonly prompt?: string; readonly system?: string } = {}): void => {
    const pictures = finding.evidence.find((evidence) => evidence.kind === 'pictures');
    if (pictures !== undefined) {
      pictureLab.getState().take(finding, pictures);
      navigation.getState().go({ page: 'playground', finding: finding.id });
      return;
    }
    const change = { ...formOfFinding(finding), ...typed };
    if (page === 'attention') attention.getState().edit({ ...change, mode: 'pair' });
    // The scan proves with greedy answers: sampled ones may leave the payload out.
    else playground.getState().edit({ ...change, sampling: GREEDY });
    navigation.getState().go({ page, finding: finding.id });
    if (page === 'attention' && session.getState().model !== undefined) void attention.getState().compute();
  };

  return {
    knowledge, client, host, session, audit, attention, playground, pictureLab, fingerprints, history, triage, theme, notices, questions, pace, navigation, monitor,

    begin: async () => {
      await Promise.all([session.getState().begin(), history.getState().refresh(), fingerprints.getState().refreshKept(), monitor.getState().begin()]);
    },

    open: async (input) => {
      // The sample that is being audited is not begun anew: its name leads back to it.
      const { input: before } = session.getState();
      if (input.kind === 'sample' && before?.kind === 'sample' && before.sample.id === input.sample.id && holdsModel(audit.getState().view)) {
        navigation.getState().go({ page: 'audit' });
        return;
      }
      if (!(await leave(`open ${nameOf(input)}`))) return;
      notices.getState().withdraw('opening');
      if (audit.getState().view.status === 'running' || session.getState().phase === 'opening') await audit.getState().cancel();
      forget();
      // A sample shows what an audit is like: the quick budget finds what is planted in it.
      if (input.kind === 'sample') audit.getState().choose({ budget: 'quick' });
      navigation.getState().go({ page: 'audit' });
      const check = audit.getState().watchFiles();
      const opened = await session.getState().open(input, check.take);
      check.settle();
      if (opened) {
        playground.getState().reset(session.getState().model);
        return;
      }
      audit.getState().reset();
      // An error stands on the page itself, above the drop zone; cancelling is only mentioned.
      const { failure } = session.getState();
      if (failure?.failure.kind === 'cancelled') notices.getState().fail(`Opening ${nameOf(input)}`, failure.failure, 'opening');
    },

    startAudit: async (options) => {
      const { model, inputs } = session.getState();
      if (model === undefined) return;
      const { budget, seed } = audit.getState();
      // Triggers that are known are tried beside those that somebody named.
      const known = knowledgeOf(knowledge.getState().files).signatures.flatMap((entry): NamedCandidate[] => (entry.kind === 'trigger' && entry.verdict === 'bad' ? [{ kind: 'text', value: entry.text, origin: `known: ${entry.name} (${entry.source})` }] : []));
      const candidates = [...audit.getState().candidates, ...known].slice(0, CANDIDATE_LIMITS.candidates);
      // An interrupted audit had no inputs of the user's own: with such it is begun anew.
      const resumable = options?.resume === true && inputs === undefined ? model.resumable : undefined;
      const request: AuditRequest = resumable === undefined ? { budget, seed, resume: false, ...(candidates.length === 0 ? {} : { candidates }) } : { budget: resumable.budget, seed: resumable.seed, resume: true };
      session.getState().leaveResumable(undefined);
      navigation.getState().go({ page: 'audit' });
      const started = audit.getState().start(request);
      watch(started);
      await started;
      if (isLeaving()) return;
      const { failure, view } = audit.getState();
      if (failure !== undefined) notices.getState().fail('The audit failed', failure);
      else if (view.status === 'done' && !request.resume) {
        const estimated = model.budgets.find((entry) => entry.budget === request.budget)?.seconds;
        if (estimated !== undefined) pace.getState().learn(model.environment?.backend ?? 'unknown', estimated, workedSeconds(view));
      } else if (view.status === 'cancelled') notices.getState().say('info', 'Audit cancelled', 'What had been found stays on the page; what was not run counts as not tested.');
      session.getState().leaveResumable((await client.resumable()) ?? undefined);
      await history.getState().refresh();
    },

    compareWith: async (name, files) => {
      if (session.getState().phase !== 'open' || isUnderWay(audit.getState().view)) return;
      navigation.getState().go({ page: 'audit' });
      const compared = await audit.getState().checkAgain((onProgress, onEvent) => client.compare(name, files, onProgress, onEvent));
      const { failure, view } = audit.getState();
      if (failure !== undefined) notices.getState().fail(`Comparing with ${name}`, failure);
      if (!compared) return;
      const comparison = view.findings.find(({ rule }) => rule === COMPARISON_RULE);
      if (comparison === undefined) notices.getState().say('error', 'Nothing to compare', 'One of the two has no tensors that can be compared: see the coverage.');
      else navigation.getState().go({ page: 'audit', finding: comparison.id });
    },

    learn: async (name, text) => {
      try {
        const file = knowledge.getState().add(name, text);
        const what = file.kind === 'signatures' ? `${file.signatures.length} known entries` : file.kind === 'allowed' ? `${file.allowed.length} accepted findings` : `${file.trusted.length} trusted keys`;
        notices.getState().say('good', `${name} counts from now on`, `${what}${knowledge.getState().kept ? '' : '. The browser would not keep them: they count until this tab is closed.'}`);
      } catch (error) {
        notices.getState().fail(`Importing ${name}`, failureOf(error));
        return;
      }
      await checkAgain();
    },
    forgetKnown: (name) => {
      knowledge.getState().remove(name);
      void checkAgain();
    },

    showReport,
    openReport: async (report) => {
      if (!(await leave('open the report'))) return;
      notices.getState().withdraw('opening');
      await session.getState().close();
      showReport(report);
    },
    closeModel: async () => {
      if (!(await leave('close the model'))) return;
      await session.getState().close();
      forget();
      navigation.getState().go({ page: 'audit' });
    },

    openStored: async (id) => {
      notices.getState().withdraw('opening');
      const result = await history.getState().load(id);
      if (result.kind !== 'ok') {
        notices.getState().fail('Could not open the report', result, 'opening');
        return;
      }
      if (!(await leave('open the stored report'))) return;
      await session.getState().close();
      showReport(result.value);
    },

    auditWith: (candidates) => {
      audit.getState().name(candidates);
      navigation.getState().go({ page: 'audit' });
      // A finished audit stays on the page until another is started: the panel that starts one is shown again.
      if (session.getState().model !== undefined && !isUnderWay(audit.getState().view)) audit.getState().reset();
      const what = candidates.map(({ value }) => `“${value}”`).slice(0, 4).join(', ');
      notices.getState().say('info', `${candidates.length === 1 ? 'A candidate waits' : `${candidates.length} candidates wait`} for the next audit`, `${what}${session.getState().model === undefined ? '. Open the model that this log came from.' : ' will be tried beside what the probes find themselves.'}`);
    },

    visit: (page) => {
      const { route, go } = navigation.getState();
      const finding = route.page === 'audit' && route.finding !== undefined ? audit.getState().view.findings.find(({ id }) => id === route.finding) : undefined;
      if (finding === undefined || (page !== 'attention' && page !== 'playground') || !canInvestigate(page, finding, session.getState().model)) {
        go({ page });
        return;
      }
      // What was typed around the same trigger is not typed over.
      const { trigger } = page === 'attention' ? attention.getState() : playground.getState();
      if (trigger !== '' && trigger === finding.trigger?.value) go({ page, finding: finding.id });
      else investigate(page, finding);
    },

    investigate: (page, finding) => investigate(page, finding),
    insertFound: (page, finding) => {
      const { prompt, system } = page === 'attention' ? attention.getState() : playground.getState();
      investigate(page, finding, prompt.trim() === '' || prompt === BLANK.prompt ? {} : { prompt, system });
    },
  };
}
