import { describe, expect, it } from 'vitest';
import type { Finding, Location, Severity } from '../engine/core/finding.ts';
import type { ReportFile } from '../engine/report/report.ts';
import { findingsAt, gravestByPath, placeAt, placeOfFinding } from './file-places.ts';
import { REPORT } from './testing/specimens.ts';

const whole = { status: 'inspected', parsed: 4, skipped: 0, opaque: 0, ranges: [] } as const;
const FILES: readonly ReportFile[] = [{ path: 'a!b.pt', bytes: 9, sha256: 'ab', format: 'zip', inspection: { ...whole, members: [{ ...whole, path: 'x/data.pkl', bytes: 4, format: 'pickle' }, { ...whole, path: 'in.zip!y.pkl', bytes: 2, format: 'pickle' }] } }];
const finding = (location: Location, severity: Severity = 'high'): Finding => ({ id: JSON.stringify(location), rule: 'R', title: 'T', severity, confidence: 0.9, location, signals: [], evidence: [], limits: '', remedy: '' });

describe('places of files', () => {
  it('are found by path, whatever the names hold', () => {
    expect(placeAt(FILES, 'a!b.pt')?.format).toBe('zip');
    expect(placeAt(FILES, 'a!b.pt!x/data.pkl')).toMatchObject({ format: 'pickle', root: 'a!b.pt', sha256: undefined });
    expect(placeAt(FILES, 'a!b.pt!in.zip!y.pkl')?.bytes).toBe(2);
    expect(placeAt(FILES, 'a')).toBeUndefined();
  });

  it('know what was found in them', () => {
    const inner = finding({ file: 'a!b.pt', member: 'x/data.pkl', offset: 3 });
    const root = placeAt(FILES, 'a!b.pt');
    const member = placeAt(FILES, 'a!b.pt!x/data.pkl');
    expect(root && findingsAt([inner], root)).toEqual([inner]);
    expect(member && findingsAt([inner, finding({ file: 'a!b.pt' })], member)).toEqual([inner]);
    expect(placeOfFinding(inner, { ...REPORT, subject: { ...REPORT.subject, files: FILES } })).toEqual({ file: 'a!b.pt!x/data.pkl', at: 3 });
  });

  it('carry the gravest finding up to the container, and nothing that is accepted', () => {
    const gravest = gravestByPath([finding({ file: 'm.pt', member: 'data.pkl' }, 'medium'), finding({ file: 'm.pt', member: 'data.pkl' }, 'critical'), { ...finding({ file: 'n.pt' }), suppressed: { reason: 'r', expires: '2030-01-01' } }, finding({ file: 'o' }, 'info')]);
    expect([...gravest]).toEqual([['m.pt!data.pkl', 'critical'], ['m.pt', 'critical']]);
  });
});
