// The panels: all of them show the brushed stretch of the timeline beside the baseline.
import { useMemo, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { HeatGrid } from '../../../charts/heat-grid/heat-grid.tsx';
import { HistogramRows } from '../../../charts/histogram-rows/histogram-rows.tsx';
import { PairedHistogram } from '../../../charts/paired-histogram/paired-histogram.tsx';
import { ScatterMap } from '../../../charts/scatter-map/scatter-map.tsx';
import { SeriesLines } from '../../../charts/series-lines/series-lines.tsx';
import { percent } from '../../../engine/monitor/monitors/clusters.ts';
import type { Profile } from '../../../engine/monitor/profile/profile.ts';
import type { MonitorView } from '../../../engine/monitor/report.ts';
import { bandOf, binOfRow, confidencePair, eSeries, hourShares, latencyRows, sharesOf, valuePair, windowSeries, type Range } from '../../../state/monitor-view.ts';
import { useApp } from '../../app-context.ts';
import { formatWhen } from '../../format.ts';
import styles from './monitor-panels.module.css';

export interface PanelProps {
  readonly view: MonitorView;
  readonly profile: Profile;
  readonly range: Range;
}

const MOST_ROWS = 4;

export function MonitorPanels({ view, profile, range }: PanelProps): ReactElement {
  return (
    <div className={styles.panels}>
      <section className={styles.wide}><Shares view={view} profile={profile} /></section>
      <section><Spread view={view} profile={profile} range={range} /></section>
      <section><InputMap view={view} range={range} /></section>
      <section><Latency view={view} profile={profile} range={range} /></section>
      <section><Evidence view={view} /></section>
      <section className={styles.wide}><Hours view={view} range={range} /></section>
    </div>
  );
}

function useTicks({ timeline }: MonitorView): readonly { readonly x: number; readonly label: string }[] {
  return useMemo(() => {
    const step = Math.max(1, Math.floor(timeline.bins / 8));
    return Array.from({ length: Math.ceil(timeline.bins / step) }, (_, i) => {
      const bin = i * step;
      const when = timeline.from[bin] ?? Number.NaN;
      return { x: bin, label: Number.isNaN(when) ? `row ${(timeline.firstRow[bin] ?? 0).toLocaleString('en')}` : shortTime(when) };
    });
  }, [timeline]);
}

function Shares({ view, profile }: Omit<PanelProps, 'range'>): ReactElement {
  const app = useApp();
  const { brush, output, hovered } = useStore(app.monitor, (state) => state);
  const { timeline, report, labels } = view;
  const xTicks = useTicks(view);
  const shown = Math.min(output, timeline.shape.classes - 1);
  const typical = timeline.rows[Math.floor(timeline.bins / 2)] ?? 1;
  const band = bandOf(profile, output, typical);
  const alarmed = report.alerts.some((alert) => alert.class?.index === output && (alert.monitor === 'class-shift' || alert.monitor === 'clusters'));
  const spec = useMemo(() => {
    const all = Array.from({ length: Math.min(timeline.shape.classes, Math.max(1, labels.length)) }, (_, k) => ({ id: String(k), label: labels[k] ?? 'other classes', values: sharesOf(timeline, k), role: k === shown ? (alarmed ? ('alarm' as const) : ('main' as const)) : ('other' as const) }));
    const values = all.flatMap((series) => series.values).filter(Number.isFinite);
    const [low, high] = [Math.min(...values, band?.[0] ?? 1), Math.max(...values, band?.[1] ?? 0)];
    const pad = 0.06 * (high - low || 0.1);
    const tones = { critical: 'critical', high: 'high', medium: 'medium', low: 'low', info: 'low' } as const;
    return {
      series: [...all.filter(({ role }) => role === 'other'), ...all.filter(({ role }) => role !== 'other')], xTicks,
      ...(band === undefined ? {} : { band }),
      yRange: [Math.max(0, low - pad), Math.min(1, high + pad)] as const,
      yTick: (y: number) => `${Number((100 * y).toFixed(1))} %`,
      // The gravest last: where several begin in one stretch it lies on top.
      marks: report.alerts.filter(({ state }) => state !== 'closed').toReversed().map((alert) => ({ id: alert.id, x: binOfRow(timeline, alert.rows.from), label: `${alert.title}: from about here`, tone: tones[alert.severity] })),
    };
  }, [timeline, labels, shown, alarmed, xTicks, report.alerts, band?.[0], band?.[1]]);
  if (labels.length === 0) return <Evidence view={view} />;
  return (
    <SeriesLines
      title="Share of each class"
      note={<>band: baseline, 99 % of stretches of {typical.toLocaleString('en')} · ▼ alerts, where they begin · drag to brush</>}
      description={`Share of ${labels[shown] ?? ''} in ${timeline.bins} stretches`}
      spec={spec}
      height={208}
      fileName="class-shares"
      brush={brush}
      onBrush={(next) => app.monitor.getState().setBrush(next)}
      lit={hovered}
      onMark={(id) => app.navigation.getState().go({ page: 'monitor', alert: id })}
      tip={(bin) => `${Number.isNaN(timeline.from[bin] ?? Number.NaN) ? '' : `${formatWhen(timeline.from[bin] ?? 0)}\n`}${labels[shown] ?? ''} ${percent(spec.series.find(({ id }) => id === String(shown))?.values[bin] ?? Number.NaN)} of ${(timeline.rows[bin] ?? 0).toLocaleString('en')}`}
      table={() => ({ columns: ['first row', 'time', ...spec.series.map(({ label }) => label)], rows: Array.from({ length: timeline.bins }, (_, bin) => [timeline.firstRow[bin] ?? 0, Number.isNaN(timeline.from[bin] ?? Number.NaN) ? '' : new Date(timeline.from[bin] ?? 0).toISOString(), ...spec.series.map(({ values }) => values[bin] ?? '')]) })}
    />
  );
}

/** Which class the panels by class show. */
export function ClassChoice({ labels }: { readonly labels: readonly string[] }): ReactElement {
  const app = useApp();
  const output = useStore(app.monitor, (state) => state.output);
  return (
    <select className={styles.choice} aria-label="Class shown" value={output} onChange={(event) => app.monitor.getState().showClass(Number(event.target.value))}>
      {labels.slice(0, 200).map((label, i) => <option key={label} value={i}>{label}</option>)}
    </select>
  );
}

function Spread({ view, profile, range }: PanelProps): ReactElement {
  const output = useStore(useApp().monitor, (state) => state.output);
  const value = valuePair(view, profile, range);
  if (value !== undefined) {
    const edges = view.timeline.shape.value ?? [0, 1];
    return <PairedHistogram title="Value" note={`bars: baseline · line: ${value.count.toLocaleString('en')} now`} baseline={value.baseline} now={value.now} ends={[edges[0].toPrecision(3), edges[1].toPrecision(3)]} fileName="value" />;
  }
  const pair = confidencePair(view, profile, output, range);
  if (pair === undefined) return <Absent title="Confidence" what="no confidence is logged" />;
  return <PairedHistogram title={`Confidence, ${view.labels[output] ?? ''}`} note={`bars: baseline · line: ${pair.count.toLocaleString('en')} now`} baseline={pair.baseline} now={pair.now} ends={['0', '1']} fileName="confidence" />;
}

function InputMap({ view, range }: Omit<PanelProps, 'profile'>): ReactElement {
  const app = useApp();
  const { timeline, map, clusters, labels } = view;
  const points = useMemo(() => {
    const [first, last] = [timeline.firstRow[range[0]] ?? 0, range[1] >= timeline.bins - 1 ? Infinity : (timeline.firstRow[range[1] + 1] ?? Infinity)];
    return map.map(({ x, y, score, cluster, row }) => ({ x, y, score, group: cluster, dimmed: row < first || row >= last }));
  }, [map, timeline, range[0], range[1]]);
  if (map.length === 0) return <Absent title="Inputs" what="no input features are logged" />;
  return (
    <ScatterMap
      title="Inputs"
      note={`${map.length.toLocaleString('en')} sampled · colour: distance from the usual`}
      points={points}
      groupLabel={(group) => `about ${(clusters[group]?.estimatedRows ?? 0).toLocaleString('en')} · ${labels[clusters[group]?.output ?? -1] ?? ''}`}
      onGroup={(group) => app.navigation.getState().go({ page: 'monitor', alert: `clusters/${clusters[group]?.id ?? ''}` })}
      fileName="input-map"
    />
  );
}

function Latency({ view, profile, range }: PanelProps): ReactElement {
  const edges = view.timeline.shape.latency;
  const rows = latencyRows(view, profile, range, MOST_ROWS);
  if (edges === undefined || rows.length === 0) return <Absent title="Latency" what="no latency is logged" />;
  const whole = Array.from({ length: Math.ceil(edges[1]) - Math.ceil(edges[0]) + 1 }, (_, i) => Math.ceil(edges[0]) + i).flatMap((power) => [1, 2, 5].map((k) => k * 10 ** power));
  const ticks = whole.map((ms) => ({ at: (Math.log10(ms) - edges[0]) / (edges[1] - edges[0]), label: ms >= 1 ? ms.toLocaleString('en') : String(ms) })).filter(({ at }) => at > 0.02 && at < 0.98);
  return <HistogramRows title="Latency by class" note="ms, log scale · bars: baseline, line: now" rows={rows} ticks={ticks} fileName="latency" />;
}

function Evidence({ view }: { readonly view: MonitorView }): ReactElement {
  const app = useApp();
  const { brush, method } = useStore(app.monitor, (state) => state);
  const { report, timeline } = view;
  const xTicks = useTicks(view);
  const spec = useMemo(() => {
    if (method === 'window') {
      const values = windowSeries(view);
      return { series: [{ id: 'window', label: '', values, role: 'main' as const }], xTicks, yRange: [0, Math.max(4, ...values.filter(Number.isFinite))] as const, yTick: (y: number) => `10${superscript(-y)}`, threshold: { y: -Math.log10(report.options.level), label: `p = ${report.options.level}: ${report.windows?.alarms ?? 0} alarms, ${(report.windows?.expectedFalse ?? 0).toFixed(1)} expected by chance` } };
    }
    const series = eSeries(view);
    const limit = -Math.log10(report.options.budget);
    const alarmed = new Set(report.alerts.filter(({ evidence }) => evidence.kind === 'e').map(({ monitor }) => monitor));
    return {
      series: series.map(({ label, values }) => ({ id: label, label, values, role: alarmed.has(label) ? ('alarm' as const) : ('other' as const) })).sort((a, b) => (a.role === 'other' ? 0 : 1) - (b.role === 'other' ? 0 : 1)),
      xTicks, yRange: [-1, Math.max(limit + 1, ...series.flatMap(({ values }) => [...values]))] as const, yTick: (y: number) => `10${superscript(y)}`, threshold: { y: limit, label: `alarm at 10${superscript(limit)}` },
    };
  }, [view, method, xTicks, report]);
  return (
    <SeriesLines
      title={method === 'window' ? 'Each window of 1,000, chi-squared' : 'Evidence against “nothing changed”'}
      note={method === 'window' ? 'smallest p of each stretch' : 'e-value of each sequential monitor; an alarm starts it anew'}
      description="Evidence over the log"
      spec={spec}
      height={150}
      fileName="evidence"
      brush={brush}
      onBrush={(next) => app.monitor.getState().setBrush(next)}
      tip={(bin) => spec.series.map(({ label, values }) => `${label} ${Number.isFinite(values[bin]) ? `10${superscript(Number(((method === 'window' ? -1 : 1) * (values[bin] ?? 0)).toFixed(1)))}` : '–'}`).join('\n')}
      table={() => ({ columns: ['first row', ...spec.series.map(({ id }) => id)], rows: Array.from({ length: timeline.bins }, (_, bin) => [timeline.firstRow[bin] ?? 0, ...spec.series.map(({ values }) => values[bin] ?? '')]) })}
    />
  );
}

function Hours({ view, range }: Omit<PanelProps, 'profile'>): ReactElement {
  const { timeline, sources } = view;
  if (Number.isNaN(timeline.from[0] ?? Number.NaN)) return <Absent title="By hour and source" what="no times are logged" />;
  const shares = hourShares(view, range);
  const names = sources.length === 0 ? ['all'] : [...sources, 'all others'].slice(0, timeline.shape.sources);
  return <HeatGrid title="By hour of the day and source" note="share of predictions, UTC; sources by their rank in the baseline" rows={names} columns={Array.from({ length: 24 }, (_, hour) => String(hour))} values={names.map((_, source) => shares.map((hour) => hour[source] ?? 0))} format={percent} fileName="hours" />;
}

function Absent({ title, what }: { readonly title: string; readonly what: string }): ReactElement {
  return <figure className={styles.absent}><figcaption><b>{title}</b></figcaption><p>Not shown: {what}.</p></figure>;
}

function shortTime(when: number): string {
  return new Date(when).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

export function superscript(power: number): string {
  return String(Number.isInteger(power) ? power : power.toFixed(1)).replace(/[-0-9.]/g, (c) => ({ '-': '⁻', '.': '·' })[c] ?? '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(c)));
}
