// Rotary position embedding (Su et al. 2021) as transformers computes it: `default`, `linear` and `llama3` scaling.
// Frequencies are rounded to float32 at the same places as there, so that long contexts agree too.
import type { ConfigReader } from './config-reader.ts';

export type RopeScaling =
  | { readonly type: 'default' }
  | { readonly type: 'linear'; readonly factor: number }
  | { readonly type: 'llama3'; readonly factor: number; readonly lowFreqFactor: number; readonly highFreqFactor: number; readonly originalContext: number };

export interface Rope {
  readonly theta: number;
  /** Dimensions rotated; the head's size here. */
  readonly dims: number;
  readonly scaling: RopeScaling;
  /** Neighbouring dimensions form a pair (GGML's layout of llama) instead of the two halves (transformers'). */
  readonly interleaved: boolean;
}

/** Below 1 later pairs turn faster than earlier ones; the longest contexts there are use some 10^11. */
const THETA = { min: 1, max: 1e15 } as const;

/** `rope_parameters` (transformers 5) or `rope_theta` and `rope_scaling` (before). */
export function readRope(config: ConfigReader, dims: number, interleaved: boolean): Rope {
  if (dims % 2 !== 0) throw config.error('head_dim', 'an even number');
  // Both are read where both stand there: the one that is not used by this loader is used by another.
  const [parameters, scaling] = [config.section('rope_parameters'), config.section('rope_scaling')];
  const section = parameters ?? scaling;
  const outer = config.within('rope_theta', THETA, 10000);
  const theta = section?.within('rope_theta', THETA, outer) ?? outer;
  if (config.has('partial_rotary_factor') && config.positive('partial_rotary_factor') !== 1) throw config.unsupported('partial_rotary_factor', '1');
  return { theta, dims, interleaved, scaling: section === undefined ? { type: 'default' } : readScaling(section) };
}

function readScaling(section: ConfigReader): RopeScaling {
  const key = section.has('rope_type') ? 'rope_type' : 'type';
  switch (section.oneOf(key, ['default', 'linear', 'llama3'], 'default')) {
    case 'linear':
      return { type: 'linear', factor: section.positive('factor') };
    case 'llama3':
      return {
        type: 'llama3',
        factor: section.positive('factor'),
        lowFreqFactor: section.positive('low_freq_factor'),
        highFreqFactor: section.positive('high_freq_factor'),
        originalContext: section.positive('original_max_position_embeddings'),
      };
    default:
      return { type: 'default' };
  }
}

/** Radians a position, one for each pair of dimensions. */
function inverseFrequencies({ theta, dims, scaling }: Rope): Float32Array {
  const frequencies = new Float32Array(dims / 2);
  for (let pair = 0; pair < frequencies.length; pair++) {
    const base = Math.fround(1 / Math.fround(theta ** Math.fround((2 * pair) / dims)));
    frequencies[pair] = scale(base, scaling);
  }
  return frequencies;
}

function scale(frequency: number, scaling: RopeScaling): number {
  if (scaling.type === 'default') return frequency;
  if (scaling.type === 'linear') return frequency / scaling.factor;
  const { factor, lowFreqFactor, highFreqFactor, originalContext } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength > originalContext / lowFreqFactor) return frequency / factor;
  if (wavelength < originalContext / highFreqFactor) return frequency;
  const smooth = (originalContext / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

export interface RopeTables {
  readonly positions: number;
  /** Float32Array [positions, dims / 2], row-major. */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

export function ropeTables(rope: Rope, positions: number): RopeTables {
  const frequencies = inverseFrequencies(rope);
  const half = frequencies.length;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let pair = 0; pair < half; pair++) {
      const angle = Math.fround(position * (frequencies[pair] ?? 0));
      cos[position * half + pair] = Math.cos(angle);
      sin[position * half + pair] = Math.sin(angle);
    }
  }
  return { positions, cos, sin };
}
