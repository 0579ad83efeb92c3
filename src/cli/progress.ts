// The event stream as lines on standard error: stages as they begin, progress in place where that is a terminal.
import type { AuditEvent } from '../engine/audit/events.ts';
import { shown } from '../engine/core/shown.ts';

/** What models and files say is shown on one line of the terminal. */
const LINE = 400;

export function showProgress(stream: NodeJS.WriteStream): (event: AuditEvent) => void {
  const labels = new Map<string, string>();
  let onLine = false;
  const line = (text: string): void => {
    stream.write(`${onLine ? '\r\x1b[2K' : ''}${text}\n`);
    onLine = false;
  };
  return (event) => {
    switch (event.type) {
      case 'plan':
        for (const { id, label } of event.stages) labels.set(id, label);
        line(`${event.analysis}: ${event.tokens > 0 ? `about ${Math.round(event.tokens).toLocaleString('en')} tokens in ` : ''}${event.stages.length} ${event.stages.length === 1 ? 'stage' : 'stages'}`);
        break;
      case 'stage':
        if (event.status !== 'done') line(`  ${labels.get(event.stage) ?? event.stage}${event.status === 'skipped' ? ` (skipped: ${event.note ?? ''})` : ''}`);
        break;
      case 'progress':
        if (!stream.isTTY) break;
        stream.write(`\r\x1b[2K    ${Math.floor((100 * event.done) / event.total)} %${event.tokensPerSecond === undefined ? '' : ` · ${Math.round(event.tokensPerSecond)} tokens/s · up to about ${duration(event.secondsLeft ?? 0)} left`}`);
        onLine = true;
        break;
      case 'intermediate':
        line(`    ${shown(event.note, LINE)}`);
        break;
      case 'finding':
        line(`  ! ${event.finding.severity} ${event.finding.confidence.toFixed(2)} ${shown(event.finding.title, LINE)}`);
        break;
      case 'coverage':
        line(`${event.coverage.analysis}: ${event.coverage.status}${event.coverage.reason === undefined ? '' : ` (${event.coverage.reason})`}, ${event.coverage.seconds.toFixed(1)} s`);
        break;
      default:
        break;
    }
  };
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
