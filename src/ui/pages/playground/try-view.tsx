// One try: the answers side by side, what differs, and entropy token by token.
import { useState, type ReactElement } from 'react';
import { EntropyTraces } from '../../../charts/entropy-traces/entropy-traces.tsx';
import { diffTokens } from '../../../state/diff-tokens.ts';
import type { GeneratedAnswer, PromptText } from '../../../state/client.ts';
import type { Try } from '../../../state/playground.ts';
import { settingsWords } from '../../../state/settings-words.ts';
import { useApp } from '../../app-context.ts';
import { visibleToken } from '../../../charts/frame/token-label.ts';
import { fileName } from '../../download.ts';
import { MarkedText } from '../../parts/marked-text.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import styles from './try-view.module.css';

type Shade = 'difference' | 'entropy' | 'plain';

export function TryView({ entry }: { readonly entry: Try }): ReactElement {
  const { playground, attention, navigation } = useApp();
  const [shade, setShade] = useState<Shade>(entry.answers.length > 1 ? 'difference' : 'entropy');
  const { form, prompts, answers } = entry;
  const [without, withTrigger] = answers;
  const same = without !== undefined && withTrigger !== undefined ? diffTokens(ids(without), ids(withTrigger)) : undefined;
  const share = same === undefined || without === undefined || withTrigger === undefined ? undefined : (2 * same.left.filter(Boolean).length) / Math.max(1, without.tokens.length + withTrigger.tokens.length);
  const look = (): void => {
    const { prompt, system, trigger, position } = form;
    attention.getState().edit({ prompt, system, trigger, position, mode: trigger === '' ? 'one' : 'pair' });
    navigation.getState().go({ page: 'attention' });
    void attention.getState().compute();
  };
  return (
    <article className={styles.try} aria-label={form.prompt}>
      <div className={styles.head}>
        <Segmented
          label="Shade tokens by"
          choices={[...(same === undefined ? [] : [{ id: 'difference' as const, label: 'difference' }]), { id: 'entropy' as const, label: 'entropy' }, { id: 'plain' as const, label: 'plain' }]}
          selected={shade}
          onSelect={setShade}
        />
        <span>
          {share !== undefined && <><b>{Math.round(share * 100)} %</b> of tokens in common · </>}
          {settingsWords(form)}
        </span>
        <span className={styles.tools}>
          <button onClick={look}>Attention</button>
          <button onClick={() => playground.getState().edit(form)}>Edit again</button>
        </span>
      </div>
      <div className={styles.two} data-answers={answers.length}>
        {answers.map((answer, index) => (
          <Answer key={index} name={answers.length === 1 ? 'answer' : index === 0 ? 'without' : 'with trigger'} prompt={prompts[index]} answer={answer} shade={shade} common={index === 0 ? same?.left : same?.right} strong={index === 1} />
        ))}
      </div>
      {without !== undefined && (
        <EntropyTraces
          title="Entropy of the next token"
          untriggered={[without.tokens.map(({ entropy }) => entropy)]}
          triggered={withTrigger === undefined ? [] : [withTrigger.tokens.map(({ entropy }) => entropy)]}
          fileName={fileName('assay', 'playground', form.trigger, 'entropy')}
          height={112}
        />
      )}
    </article>
  );
}

interface AnswerProps {
  readonly name: string;
  readonly prompt: PromptText | undefined;
  readonly answer: GeneratedAnswer;
  readonly shade: Shade;
  readonly common: readonly boolean[] | undefined;
  readonly strong: boolean;
}

function Answer({ name, prompt, answer, shade, common, strong }: AnswerProps): ReactElement {
  return (
    <div className={strong ? styles.strong : styles.answer}>
      <small>{name} · {answer.tokens.length} tokens{answer.stopped ? '' : answer.full ? ', cut: the context is full' : ', cut'} · {answer.seconds.toFixed(1)} s</small>
      {prompt !== undefined && <p className={styles.prompt}><MarkedText text={prompt.user} range={prompt.trigger} /></p>}
      <p className={styles.text}>
        {answer.tokens.map((token, index) => (
          <span key={index} className={shade !== 'difference' || common === undefined ? undefined : common[index] === true ? styles.common : styles.differs} style={shade === 'entropy' ? { background: `color-mix(in oklab, transparent, var(--accent) ${Math.round(Math.min(1, token.entropy / 4) * 45)}%)` } : undefined} title={`${visibleToken(token.text)} · ${token.entropy.toFixed(2)} nats`}>
            {token.text}
          </span>
        ))}
      </p>
    </div>
  );
}

function ids(answer: GeneratedAnswer): number[] {
  return answer.tokens.map(({ id }) => id);
}
