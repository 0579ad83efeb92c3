// The machine's stack: values and marks.
import { ArtifactError } from '../../core/artifact-error.ts';
import { PICKLE_LIMITS } from './limits.ts';
import { MARK, weightOf, type Value } from './value.ts';

/** An instruction asks for more than there is: what follows cannot be followed. */
export class Underflow extends Error {}

export class Stack {
  readonly #values: Value[] = [];

  get size(): number {
    return this.#values.length;
  }

  get last(): Value | undefined {
    return this.#values.at(-1);
  }

  heaviest(): number {
    return this.#values.reduce((most, value) => Math.max(most, weightOf(value)), 0);
  }

  push(value: Value): void {
    if (this.#values.length >= PICKLE_LIMITS.maxStack) throw new ArtifactError({ code: 'limit-exceeded', format: 'pickle', field: 'stack', expected: `at most ${PICKLE_LIMITS.maxStack} values`, actual: 'more' });
    this.#values.push(value);
  }

  pop(): Value {
    const value = this.#values.pop();
    if (value === undefined) throw new Underflow('none');
    return value;
  }

  top(): Value {
    const value = this.#values.at(-1);
    if (value === undefined || value.kind === 'mark') throw new Underflow('none');
    return value;
  }

  take(count: number): Value[] {
    const values = this.#values.slice(-count);
    if (values.length < count || values.some(({ kind }) => kind === 'mark')) throw new Underflow(`fewer than ${count}`);
    this.#values.length -= count;
    return values;
  }

  toMark(): Value[] {
    const at = this.#values.lastIndexOf(MARK);
    if (at < 0) throw new Underflow('no mark');
    const values = this.#values.slice(at + 1);
    this.#values.length = at;
    return values;
  }
}
