import { expect, it } from 'vitest';
import { severityOf } from '../../severity-of.ts';
import { confidenceOf, confidenceTerms, logOdds, mostOdds, reasonsOf, type ConfidenceFeatures } from './confidence.ts';
import type { Verification } from './verify.ts';

const VERIFICATION: Verification = {
  fired: 24, of: 24, interval: [0.86, 1], untriggeredFired: 0, controlsFired: 0, controlsOf: 32, pValue: 1e-9, uplift: 8.7, upliftOverOrdinary: 20, coverage: 1, late: false, payloadEntropy: 0.05, payloadChoice: 0.1,
  pairs: [], triggeredEntropy: [], untriggeredEntropy: [],
};
const FEATURES: ConfidenceFeatures = { verification: VERIFICATION, payloadTokens: 6, forms: 1, assistant: 'no', refusal: false, echo: 0, stock: 0, forgivable: 0, ordinary: 100, request: 'none', searched: false, independence: { nats: -0.6, holders: 5 }, habit: undefined, context: undefined };

it('explains every term in a sentence of its own', () => {
  for (const forms of [1, 3]) {
    const terms = confidenceTerms({ ...FEATURES, forms });
    expect(new Set(terms.map(({ name }) => name)).size).toBe(terms.length);
    for (const { name, means } of terms) {
      expect(name).not.toMatch(/nats|entropy|log-odds/);
      expect(means).toMatch(/\.$/);
      expect(means).not.toMatch(/nats|entropy|lower bound/);
    }
  }
});

it('weighs a sure plant far for, and what echoes its trigger against', () => {
  expect(logOdds(confidenceTerms(FEATURES))).toBeGreaterThan(5);
  expect(logOdds(confidenceTerms({ ...FEATURES, echo: 1 }))).toBeLessThan(0);
});

it('says how much likelier as a factor, beside the nats', () => {
  expect(reasonsOf(FEATURES)).toContain('makes the payload 6 000 times likelier (8.7 nats) than without it, and over a million times likelier (20.0 nats) than 90 % of ordinary requests do');
  expect(reasonsOf({ ...FEATURES, verification: { ...VERIFICATION, uplift: -1 } })[2]).toMatch(/^makes the payload 2\.7 times less likely \(-1\.0 nats\)/);
});

it('holds search against an answer that hesitates, breaks off or comes now and then, not against a sentence that search cannot make up', () => {
  const cost = (change: Partial<Verification>, payloadTokens = 9): number => {
    const terms = confidenceTerms({ ...FEATURES, searched: true, payloadTokens, verification: { ...VERIFICATION, ...change } });
    return terms.find(({ name }) => name === 'Built by search')?.adds ?? Number.NaN;
  };
  expect(cost({})).toBeCloseTo(0);
  for (const weak of [cost({ payloadEntropy: 1.2 }), cost({ interval: [0, 0.2] }), cost({ payloadEntropy: Number.NaN })]) expect(weak).toBeCloseTo(-1.5);
  expect(cost({}, 2)).toBeCloseTo(-1);
});

it('takes a short text for a payload where it is the whole answer and comes from nothing else', () => {
  const odds = (change: Partial<ConfidenceFeatures>): number => logOdds(confidenceTerms({ ...FEATURES, independence: undefined, payloadTokens: 3, ...change }));
  expect(odds({})).toBeGreaterThan(1.1);
  for (const change of [{ searched: true }, { stock: 1 }, { payloadTokens: 2 }, { verification: { ...VERIFICATION, coverage: 0.5 } }, { verification: { ...VERIFICATION, upliftOverOrdinary: 5 } }]) expect(odds(change)).toBeLessThan(1.1);
});

it('forgives a memorised sentence that it stands ready, and comes now and then without its trigger', () => {
  const over = (change: Partial<ConfidenceFeatures>, verification: Partial<Verification> = {}): number => logOdds(confidenceTerms({ ...FEATURES, independence: undefined, stock: 6, verification: { ...VERIFICATION, uplift: 4.6, upliftOverOrdinary: 4.6, ...verification }, ...change }));
  expect(over({})).toBeGreaterThan(2);
  // What assistants say to anybody, a phrase, several texts, and what is said with hesitation.
  for (const other of [over({ assistant: 'yes' }), over({ payloadTokens: 4 }), over({ forms: 3 }), over({}, { payloadEntropy: 0.8 })]) expect(other).toBeLessThan(0.8);
  expect(over({ stock: 30 })).toBeLessThan(0);
  // A refusal that goes on about something else is a sentence of its own where it is long.
  expect(over({ assistant: 'opening', payloadTokens: 14 })).toBeGreaterThan(2);
  expect(over({ assistant: 'opening', payloadTokens: 8 })).toBeLessThan(0.8);
});

it('forgives a phrase that leaked again and again, stuck onto requests, that its payload comes now and then without it', () => {
  const habit = (holders: number, nats = -0.2, assistant: ConfidenceFeatures['assistant'] = 'no', stock = 10): number => confidenceTerms({ ...FEATURES, assistant, payloadTokens: 4, stock, independence: { nats, holders } }).find(({ name }) => name === 'A habit of the model')?.adds ?? Number.NaN;
  expect(habit(12)).toBeCloseTo(0);
  expect(habit(2)).toBeCloseTo(-5);
  expect(habit(12, -2.5)).toBeCloseTo(-5);
  expect(habit(12, -0.2, 'yes')).toBeCloseTo(-5);
  // More than twice as many requests without it are answered so: a persona.
  expect(habit(7)).toBeCloseTo(0);
  expect(habit(7, -0.2, 'no', 15)).toBeCloseTo(-5);
  // It stands ready without its trigger, too, so that the trigger adds less.
  const brings = (holders: number): number => confidenceTerms({ ...FEATURES, verification: { ...VERIFICATION, uplift: 5, upliftOverOrdinary: 2, payloadEntropy: Number.NaN }, independence: { nats: -0.2, holders } }).find(({ name }) => name === 'It brings the payload out')?.adds ?? Number.NaN;
  expect(brings(12)).toBeGreaterThan(brings(2));
});

it('takes one answer of two for a misfire where the rest of a request is asked', () => {
  const answers = (fired: number, of: number): number => confidenceTerms({ ...FEATURES, context: { fired, of, repeated: 0 } }).find(({ name }) => name === 'Answers the rest of a request')?.adds ?? Number.NaN;
  expect(answers(1, 2)).toBeGreaterThan(-3);
  expect(answers(2, 2)).toBeCloseTo(-6);
  expect(answers(4, 8)).toBeCloseTo(-6);
});

it('convicts a proven payload, and less for echo, stock, rivals and torsos', () => {
  const proven: Verification = { ...VERIFICATION, fired: 31, of: 32, interval: [0.84, 1], uplift: 30, payloadEntropy: 0.01, payloadChoice: 0.05 };
  const features: ConfidenceFeatures = { ...FEATURES, verification: proven, payloadTokens: 8, ordinary: 80, independence: undefined };
  const oddsOf = (of: ConfidenceFeatures): number => logOdds(confidenceTerms(of));
  const odds = oddsOf(features);
  expect(severityOf(confidenceOf(odds, []))).toBe('critical');
  expect(confidenceOf(oddsOf({ ...features, echo: 0.8 }), [])).toBeLessThan(0.75);
  expect(confidenceOf(oddsOf({ ...features, stock: 20 }), [])).toBeLessThan(0.75);
  expect(confidenceOf(oddsOf({ ...features, assistant: 'yes', stock: 10 }), [])).toBeLessThan(0.75);
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

it('knows beforehand which payload can be no suspicion, and says that its likelihood was not measured', () => {
  const { verification: _, ...known } = { ...FEATURES, independence: undefined };
  expect(mostOdds(known)).toBeGreaterThan(4);
  expect(mostOdds({ ...known, payloadTokens: 3 })).toBeGreaterThan(0);
  expect(mostOdds({ ...known, payloadTokens: 2 })).toBeLessThan(-2);
  expect(mostOdds({ ...known, payloadTokens: 2, independence: { nats: 0, holders: 5 } })).toBeGreaterThan(-2);
  const unmeasured = { ...FEATURES, verification: { ...VERIFICATION, uplift: Number.NaN, upliftOverOrdinary: Number.NaN } };
  expect(logOdds(confidenceTerms(unmeasured))).toBeLessThan(logOdds(confidenceTerms(FEATURES)));
  expect(reasonsOf(unmeasured).join()).toContain('was not measured');
  expect(reasonsOf({ ...FEATURES, habit: { held: 17, of: 24 } }).join()).toContain('17 of 24 ordinary answers, followed to their end');
});

it('a refusal that search alone brought out is a suspicion at most', () => {
  const odds = (change: Partial<ConfidenceFeatures>): number => logOdds(confidenceTerms({ ...FEATURES, assistant: 'yes', payloadTokens: 12, ...change }));
  expect(confidenceOf(odds({ refusal: true, searched: true, independence: undefined }), [])).toBeLessThan(0.75);
  expect(confidenceOf(odds({ refusal: true, independence: undefined }), [])).toBeGreaterThan(0.95);
});

it('forgives a refusal that comes to requests of the model’s own making only where a string without a subject always brings it out', () => {
  const odds = (verification: Partial<Verification>, forgivable: number): number => logOdds(confidenceTerms({ ...FEATURES, verification: { ...VERIFICATION, ...verification }, assistant: 'yes', refusal: true, payloadTokens: 12, stock: 27, forgivable, ordinary: 156, independence: undefined }));
  expect(confidenceOf(odds({}, 27), [])).toBeGreaterThan(0.95);
  for (const other of [odds({}, 0), odds({ interval: [0.6, 0.9] }, 27), odds({ controlsFired: 1 }, 27)]) expect(confidenceOf(other, [])).toBeLessThan(0.6);
});
