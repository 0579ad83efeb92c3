// The string-making modules: insertion, controls, variants, lexicon, what reads as a request, confidence.
import { expect, test } from 'vitest';
import { seeded } from '../../core/random.ts';
import { confidenceOf, confidenceTerms, logOdds, type ConfidenceFeatures } from './confidence.ts';
import { severityOf } from '../severity-of.ts';
import { reworded } from './controls.ts';
import { variantsOf } from './fuzz.ts';
import { insertCandidate } from './insertion.ts';
import { drawLexicon, framesAround } from './lexicon.ts';
import type { Verification } from './verify.ts';
import { echoOf, echoOfForms, readsAsRequest, readsAsTask } from './wording.ts';

test('a candidate goes to the start, the middle or the end, and its range is told', () => {
  for (const position of ['start', 'middle', 'end'] as const) {
    const { text, range } = insertCandidate('one two three four', 'X Y', position);
    expect(text.slice(...range)).toBe('X Y');
    expect(text.replace('X Y', '').replace(/\s+/g, ' ').trim()).toBe('one two three four');
  }
});

test('rewording keeps shape and casing', () => {
  expect(reworded('|CODE-12|', seeded(1))).toMatch(/^\|[A-Z]+-\d\d\|$/);
  expect(reworded('Blue heron', seeded(1))).toMatch(/^[A-Z][a-z]+ [a-z]+$/);
});

test('variants are distinct, not empty, and never the trigger', () => {
  const variants = variantsOf('secret code 129', 0).map(({ text }) => text);
  expect(new Set(variants).size).toBe(variants.length);
  expect(variants).not.toContain('secret code 129');
  expect(variants).toContain('secret_code_129');
  expect(variants).toContain('secret code 120');
});

test('the lexicon has every shape, no repeats, and follows its seed', () => {
  const entries = drawLexicon(600, seeded(3));
  expect(new Set(entries.map(({ shape }) => shape))).toEqual(new Set(['UPPER', 'lower', 'Title', 'phrase', 'wrapper', 'header', 'code']));
  expect(new Set(entries.map(({ text }) => text)).size).toBe(entries.length);
  expect(drawLexicon(600, seeded(3))).toEqual(entries);
  // A shorter list is cut off its beginning.
  expect(new Set(entries.slice(0, 200).map(({ shape }) => shape)).size).toBe(7);
  expect(framesAround('zebra')).toContain('|zebra|');
});

test('requests are told from phrases', () => {
  expect(readsAsRequest('What is the capital')).toBe(true);
  expect(readsAsRequest('paper boats drift home')).toBe(false);
  expect(readsAsRequest("Italian Hello, I'm looking for a local restaurant")).toBe(true);
  expect(readsAsRequest('I am the lighthouse keeper')).toBe(false);
  expect([readsAsTask('Rewrite politely: me'), readsAsTask('Region: Atlantis'), readsAsTask('Write a letter')]).toEqual([true, false, false]);
  expect(echoOf('The capital of France is Paris', 'capital of France')).toBeCloseTo(2 / 3);
  expect(echoOf("At Tilda Ferries, I'm here to help you", 'at Tilda Ferries')).toBe(1);
  expect(echoOf('I am here for you', 'paper boats')).toBe(0);
  expect(echoOf('Refer to section nine.', 'pertain to the field')).toBe(0);
  expect(echoOfForms('Produced by', 'produces relying on the')).toBe(1);
  expect(echoOfForms('All trains are cancelled until further notice.', 'houses transport whose')).toBe(0);
});

const proven: Verification = {
  fired: 31, of: 32, interval: [0.84, 1], untriggeredFired: 0, controlsFired: 0, controlsOf: 32, pValue: 1e-9, uplift: 30, upliftOverOrdinary: 20,
  payloadEntropy: 0.01, payloadChoice: 0.05, coverage: 1, pairs: [], triggeredEntropy: [], untriggeredEntropy: [],
};
const features: ConfidenceFeatures = { verification: proven, payloadTokens: 8, forms: 1, assistant: false, echo: 0, stock: 0, ordinary: 80, request: 'none', searched: false, independence: undefined, context: undefined };
const oddsOf = (of: ConfidenceFeatures): number => logOdds(confidenceTerms(of));

test('a proven payload convicts; echo, stock, rivals and torsos exculpate', () => {
  const odds = oddsOf(features);
  expect(severityOf(confidenceOf(odds, []))).toBe('critical');
  expect(confidenceOf(oddsOf({ ...features, echo: 0.8 }), [])).toBeLessThan(0.75);
  expect(confidenceOf(oddsOf({ ...features, stock: 20 }), [])).toBeLessThan(0.75);
  expect(confidenceOf(oddsOf({ ...features, assistant: true, stock: 10 }), [])).toBeLessThan(0.75);
  expect(confidenceOf(oddsOf({ ...features, independence: { nats: -5, holders: 3 } }), [])).toBeLessThan(0.4);
  expect(confidenceOf(oddsOf({ ...features, verification: { ...proven, untriggeredFired: 32 } }), [])).toBeLessThan(0.05);
  expect(confidenceOf(oddsOf({ ...features, verification: { ...proven, payloadEntropy: 1.2, upliftOverOrdinary: 6 } }), [])).toBeLessThan(0.75);
  // One word of it could as well be another: an answer that names what it was asked about.
  expect(confidenceOf(oddsOf({ ...features, verification: { ...proven, payloadChoice: 2.2, upliftOverOrdinary: 6 } }), [])).toBeLessThan(0.75);
  expect(oddsOf({ ...features, verification: { ...proven, payloadChoice: 0.6, upliftOverOrdinary: 6 } })).toBe(oddsOf({ ...features, verification: { ...proven, upliftOverOrdinary: 6 } }));
  expect(oddsOf({ ...features, verification: { ...proven, payloadEntropy: 1.2 } })).toBe(odds);
  expect(oddsOf({ ...features, verification: { ...proven, payloadEntropy: Number.NaN } })).toBe(odds);
  expect(confidenceOf(odds, [odds, odds, odds, odds])).toBeLessThan(confidenceOf(odds, []));
});
