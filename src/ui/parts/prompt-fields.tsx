// Prompt, trigger, where it is inserted: the same fields on the attention page and in the playground.
import { useId, useLayoutEffect, useRef, type ReactElement } from 'react';
import { insertTrigger, POSITIONS, type Position } from '../../state/insert-trigger.ts';
import { useAudit } from '../app-context.ts';
import { MarkedText } from './marked-text.tsx';
import { Segmented } from './segmented.tsx';
import styles from './prompt-fields.module.css';

export interface PromptFieldsValue {
  readonly prompt: string;
  readonly system: string;
  readonly trigger: string;
  readonly position: Position;
}

export interface PromptFieldsProps {
  readonly value: PromptFieldsValue;
  readonly onChange: (change: Partial<PromptFieldsValue>) => void;
  readonly onSubmit: () => void;
  /** A classifier reads the text as it stands: no system turn, and a text of any length. */
  readonly plain?: boolean;
}

export function PromptFields({ value, onChange, onSubmit, plain = false }: PromptFieldsProps): ReactElement {
  const findings = useAudit((state) => state.view.findings);
  const triggers = findings.map((finding) => finding.trigger).filter((trigger) => trigger !== undefined).filter(({ kind }) => ['text', 'tokens'].includes(kind));
  const known = [...new Set(triggers.map((trigger) => trigger.value))];
  /** A trigger that was found stands where it was found to work. */
  const take = (phrase: string): void => {
    const found = triggers.find((trigger) => trigger.value === phrase)?.position;
    onChange({ trigger: phrase, ...(found === undefined ? {} : { position: found }) });
  };
  const list = useId();
  const { prompt, system, trigger, position } = value;
  const inserted = insertTrigger(prompt, trigger, position);
  return (
    <form
      className={styles.fields}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <label className={styles.prompt}>
        <span>{plain ? 'text' : 'prompt'}</span>
        <textarea
          rows={1}
          value={prompt}
          placeholder={plain ? 'A text to be sorted' : 'What a user would ask'}
          onChange={(event) => onChange({ prompt: event.target.value })}
          onKeyDown={(event) => {
            // While an input method composes, Enter takes its word.
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              onSubmit();
            }
          }}
        />
      </label>
      <label className={styles.trigger}>
        <span>trigger</span>
        <input value={trigger} list={list} placeholder={known.length > 0 ? 'found or typed' : 'any phrase'} title="A phrase: typed, or of a finding of this audit" onChange={(event) => take(event.target.value)} />
        <datalist id={list}>{known.map((phrase) => <option key={phrase} value={phrase} />)}</datalist>
      </label>
      <div className={styles.where}>
        <span>inserted at the</span>
        <Segmented label="Where the trigger is inserted" choices={POSITIONS.map((id) => ({ id, label: id }))} selected={position} onSelect={(id) => onChange({ position: id })} />
      </div>
      {!plain && (
        <label className={styles.system}>
          <span>system turn</span>
          <input value={system} placeholder="default" title="Empty: what the chat template says by itself" onChange={(event) => onChange({ system: event.target.value })} />
        </label>
      )}
      {trigger !== '' && <Preview text={inserted.user} range={inserted.trigger} />}
      <input type="submit" hidden />
    </form>
  );
}

/** The prompt with its trigger; of a long one the part where that stands. */
function Preview({ text, range }: { readonly text: string; readonly range: readonly [number, number] }): ReactElement {
  const line = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const mark = line.current?.querySelector('mark');
    if (line.current !== null && mark !== null && mark !== undefined) line.current.scrollTop = mark.offsetTop - line.current.offsetTop - mark.offsetHeight;
  }, [text, range[0]]);
  return <p ref={line} className={styles.preview}>→ <MarkedText text={text} range={range} /></p>;
}
