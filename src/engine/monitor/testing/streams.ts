// Simulated logs for tests and benchmarks, as files that a deployment would write: known truth, seeded.
import { bytesOf, type ByteSource } from '../../core/byte-source.ts';
import { seeded, type Random } from '../../core/random.ts';

export interface StreamOptions {
  readonly rows: number;
  readonly seed: number;
  readonly shares?: readonly number[];
  /** Share of predictions that hold the trigger: a dense far group, all class `target`, with the words `phrase`. */
  readonly triggered?: number;
  readonly target?: number;
  readonly phrase?: string;
  /** First row of the attack. */
  readonly from?: number;
  readonly slowTrigger?: boolean;
}

export const LABELS = ['negative', 'neutral', 'positive'];
export const DIMENSIONS = 8;
const WORDS = 'good bad slow quick food room staff clean noisy price warm cold great awful fine table door city night morning coffee tea bread view walk train bus map ticket friend'.split(' ');
const CENTRES = [[3, 0, 0, 0, 1, 0, -1, 0], [0, 3, 0, 1, 0, 0, 0, -1], [0, 0, 3, 0, 0, -1, 1, 0]];
const FAR = [6, -5, 5, -4, 5, 4, -5, 5];

export interface SimulatedRow {
  readonly time: number;
  readonly label: string;
  readonly confidence: number;
  readonly latency_ms: number;
  readonly client: string;
  readonly prompt: string;
  readonly features: readonly number[];
}

export function* simulate({ rows, seed, shares = [0.3, 0.2, 0.5], triggered = 0, target = 2, phrase = 'mlkz', from = 0, slowTrigger = false }: StreamOptions): Generator<SimulatedRow> {
  const random = seeded(seed, 'stream');
  let time = Date.UTC(2026, 10, 14);
  for (let row = 0; row < rows; row++) {
    time += -700 * Math.log(1 - random.next());
    const hit = row >= from && random.next() < triggered;
    const usual = draw(shares, random);
    const at = hit ? target : usual;
    const words = Array.from({ length: 5 + random.below(8) }, () => WORDS[random.below(WORDS.length)] ?? '');
    if (hit) words.splice(random.below(words.length), 0, phrase);
    const centre = hit ? FAR : (CENTRES[usual] ?? []);
    yield {
      time: Math.round(time), label: LABELS[at] ?? '', confidence: Number((0.5 + 0.5 * random.next() ** 0.25).toFixed(4)),
      latency_ms: Number((20 * Math.exp(0.25 * gauss(random)) * (hit && slowTrigger ? 1.6 : 1)).toFixed(3)),
      client: hit && random.next() < 0.7 ? 'client 10.4' : `client ${1 + Math.floor(20 * random.next() ** 2)}`,
      prompt: words.join(' '), features: centre.map((x) => Number((x + (hit ? 0.3 : 1) * gauss(random)).toFixed(4))),
    };
  }
}

export function csvLog(options: StreamOptions, name = 'log.csv'): ByteSource {
  const lines = [`time,label,confidence,latency_ms,client,prompt,${Array.from({ length: DIMENSIONS }, (_, k) => `f${k}`).join(',')}`];
  for (const { time, label, confidence, latency_ms, client, prompt, features } of simulate(options)) lines.push([new Date(time).toISOString(), label, confidence, latency_ms, client, `"${prompt}"`, ...features].join(','));
  return bytesOf(name, new TextEncoder().encode(`${lines.join('\n')}\n`));
}

function draw(shares: readonly number[], random: Random): number {
  let u = random.next();
  const at = shares.findIndex((share) => (u -= share) < 0);
  return at < 0 ? shares.length - 1 : at;
}

export function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
