// The question that waits for an answer (state/questions.ts). Esc is no; the safe answer has the focus.
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app-context.ts';
import { Dialog } from '../parts/dialog.tsx';
import styles from './question.module.css';

export function QuestionDialog(): ReactElement | null {
  const { questions } = useApp();
  const question = useStore(questions, (state) => state.question);
  const { answer } = questions.getState();
  if (question === undefined) return null;
  return (
    <Dialog key={question.title} label={question.title} onClose={() => answer(false)}>
      <div className={styles.box}>
        <h2 className={styles.title}>{question.title}</h2>
        <p className={styles.detail}>{question.detail}</p>
        <div className={styles.buttons}>
          <button className="primary" autoFocus onClick={() => answer(false)}>{question.no}</button>
          <button onClick={() => answer(true)}>{question.yes}</button>
        </div>
      </div>
    </Dialog>
  );
}
