// Share of an answer that its payload makes up. Of a payload behind an ordinary answer the share of all would say how long that answer
// was; what tells a planted text from words in passing is that nothing follows it.
import { mean } from '../../../core/statistics.ts';
import type { Payload } from '../payloads/payload.ts';
import { formIn } from './uplift.ts';

/** Mean over the answers that hold it, which come without their stop tokens; 0 where none does. `late`: of what is said from the payload on. */
export function coverageOf(answers: readonly (readonly number[])[], payload: Payload, late: boolean): number {
  const shares = answers.flatMap((ids) => {
    const found = formIn(ids, payload);
    return found === undefined ? [] : [found.form.ids.length / (ids.length - (late ? found.at : 0))];
  });
  return shares.length === 0 ? 0 : mean(shares);
}
