// Reads a model's config field by field. A field that is absent or unusable is an exact ArtifactError, never a guess.
import { describeJson } from '../artifact/text.ts';
import { ArtifactError, type ArtifactErrorCode } from '../core/artifact-error.ts';

/** Where the fields stand, for whoever is to mend one. */
export interface ConfigPlace {
  readonly file: string;
  /** The field as that file calls it. */
  nameOf(field: string): string;
}

export class ConfigReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #place: ConfigPlace | undefined;
  readonly #path: string;

  constructor(fields: Readonly<Record<string, unknown>>, place?: ConfigPlace, path = '') {
    this.#fields = fields;
    this.#place = place;
    this.#path = path;
  }

  /** Present and not null. */
  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  raw(name: string): unknown {
    return this.#fields[name];
  }

  integer(name: string, range: { readonly min: number; readonly max: number }, fallback?: number): number {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.#fields[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < range.min || value > range.max)
      throw this.error(name, `an integer from ${range.min} to ${range.max}`);
    return value;
  }

  positive(name: string, fallback?: number): number {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.#fields[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw this.error(name, 'a number above 0');
    return value;
  }

  within(name: string, range: { readonly min: number; readonly max: number }, fallback?: number): number {
    const value = this.positive(name, fallback);
    if (value < range.min || value > range.max) throw this.error(name, `a number from ${range.min} to ${range.max}`);
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    if (!this.has(name)) return fallback;
    const value = this.#fields[name];
    if (typeof value !== 'boolean') throw this.error(name, 'true or false');
    return value;
  }

  text(name: string, fallback?: string): string {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.#fields[name];
    if (typeof value !== 'string') throw this.error(name, 'a string');
    return value;
  }

  /** One of the values that Assay implements. */
  oneOf(name: string, values: readonly string[], fallback?: string): string {
    const value = this.text(name, fallback);
    if (!values.includes(value)) throw this.unsupported(name, values.join(' or '));
    return value;
  }

  section(name: string): ConfigReader | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#fields[name];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.error(name, 'an object');
    return new ConfigReader(Object.fromEntries(Object.entries(value)), this.#place, `${this.#path}${name}.`);
  }

  /** The field is missing, or what it says is impossible. */
  error(name: string, expected: string): ArtifactError {
    return this.#refusal('invalid-config', name, expected);
  }

  /** What the field says is in order, and not implemented. */
  unsupported(name: string, implemented: string): ArtifactError {
    return this.#refusal('unsupported-setting', name, implemented);
  }

  #refusal(code: ArtifactErrorCode, name: string, expected: string): ArtifactError {
    return new ArtifactError({ code, format: 'config', file: this.#place?.file, field: this.#place?.nameOf(this.#path + name) ?? this.#path + name, expected, actual: describeJson(this.#fields[name]) });
  }
}
