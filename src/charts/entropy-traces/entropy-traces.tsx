// Entropy along the answer, without and with the trigger (layout.ts).
import { useMemo, useState, type PointerEvent, type ReactElement } from 'react';
import { ChartFrame } from '../frame/chart-frame.tsx';
import { shortNumber } from '../frame/numbers.ts';
import { useWidth } from '../frame/use-width.ts';
import { layoutEntropy, meanTrace, type Traces } from './layout.ts';
import styles from './entropy-traces.module.css';

export interface EntropyTracesProps {
  readonly title?: string;
  readonly untriggered: Traces;
  readonly triggered: Traces;
  readonly fileName: string;
  readonly height?: number;
}

export function EntropyTraces({ title = 'Entropy of the next token along the answer', untriggered, triggered, fileName, height = 138 }: EntropyTracesProps): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>(640);
  const layout = useMemo(() => layoutEntropy(untriggered, triggered, width, height), [untriggered, triggered, width, height]);
  const [step, setStep] = useState<number>();
  const { plot, groups } = layout;
  const onMove = (event: PointerEvent<SVGSVGElement>): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const nearest = Math.round(((x - layout.x(0)) / (layout.x(layout.steps - 1) - layout.x(0))) * (layout.steps - 1));
    setStep(nearest >= 0 && nearest < layout.steps ? nearest : undefined);
  };
  const summary = (['untriggered', 'triggered'] as const).map((name) => {
    const mean = meanTrace(name === 'triggered' ? triggered : untriggered);
    return `${name === 'triggered' ? 'with' : 'without'} trigger mean ${shortNumber(mean.reduce((a, b) => a + b, 0) / Math.max(1, mean.length))} nats`;
  });
  return (
    <ChartFrame
      title={title}
      note={step === undefined ? `nats · ${triggered.length === 0 ? (untriggered.length === 1 ? 'one answer' : `${untriggered.length} answers`) : `${untriggered.length} + ${triggered.length} answers`}` : `token ${step + 1}: ${groups.map((group) => `${group.name === 'triggered' ? 'with' : 'without'} ${group.mean[step] === undefined ? '–' : shortNumber(group.mean[step])}`).join(', ')} nats`}
      description={summary.join(', ')}
      fileName={fileName}
      table={() => ({
        columns: ['answer', 'trigger', 'token', 'nats'],
        rows: [...rowsOf(untriggered, 'without'), ...rowsOf(triggered, 'with')],
      })}
    >
      <div ref={ref}>
        <svg width={width} height={height} className={styles.svg} onPointerMove={onMove} onPointerLeave={() => setStep(undefined)}>
          {layout.yTicks.map((tick) => (
            <g key={tick.label}>
              <line x1={plot.left} x2={plot.right} y1={tick.y} y2={tick.y} className={styles.grid} />
              <text x={plot.left - 7} y={tick.y + 4} textAnchor="end">{tick.label}</text>
            </g>
          ))}
          {layout.xTicks.map((tick) => <text key={tick.label} x={tick.x} y={height - 5} textAnchor="middle">{tick.label}</text>)}
          {step !== undefined && <line x1={layout.x(step)} x2={layout.x(step)} y1={plot.top} y2={plot.bottom} className={styles.cursor} />}
          {groups.map((group) => (
            <g key={group.name} className={group.name === 'triggered' ? styles.triggered : styles.untriggered}>
              {group.paths.map((path, index) => <path key={index} d={path} className={styles.trace} style={{ opacity: Math.max(0.14, Math.min(0.5, 6 / group.paths.length)) }} />)}
              <path d={group.meanPath} className={styles.mean} />
              <text x={plot.right + 8} y={group.labelY + 4} className={styles.label}>{group.name === 'triggered' ? 'with trigger' : triggered.length === 0 ? 'answer' : 'without'}</text>
            </g>
          ))}
        </svg>
      </div>
    </ChartFrame>
  );
}

function rowsOf(traces: Traces, trigger: string): (string | number)[][] {
  return traces.flatMap((trace, answer) => trace.map((nats, token) => [answer + 1, trigger, token + 1, nats]));
}
