import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, type Route } from './route.ts';

describe('routes', () => {
  const routes: readonly Route[] = [
    { page: 'audit' },
    { page: 'audit', finding: 'ASY-LLM-001:a/b # %ü' },
    { page: 'audit', finding: 'x', tab: 'leaks' },
    { page: 'audit', stage: { analysis: 'trigger-scan', stage: 'leaks' } },
    { page: 'audit', coverage: true },
    { page: 'attention' },
    { page: 'attention', finding: 'ASY:|X|' },
    { page: 'playground', finding: 'y' },
    { page: 'history' },
    { page: 'gallery', specimen: 'strip-plot' },
  ];
  it.each(routes)('come back from their address: %j', (route) => expect(parseRoute(formatRoute(route))).toEqual(route));
  it.each(['', '#', '#/', '#/audit', '#/audit/'])('begin with the audit: %j', (hash) => expect(parseRoute(hash)).toEqual({ page: 'audit' }));
  it.each(['#/nowhere', '#/nowhere/at/all', '#/audit/finding', '#/audit/finding/', '#/audit/stage/one', '#/audit/nonsense', '#/history/7', '#/%E0%A4%A'])('say of an address that it names no page: %j', (hash) => {
    const route = parseRoute(hash);
    expect(route).toEqual({ page: 'unknown', address: hash });
    expect(formatRoute(route)).toBe(hash);
  });
  it('drop an unknown tab', () => expect(parseRoute('#/audit/finding/x/nope')).toEqual({ page: 'audit', finding: 'x' }));
});
