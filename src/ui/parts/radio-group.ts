// The keyboard habits of the ARIA pattern for radio buttons: Tab enters at the chosen one, arrows move and choose.
import type { KeyboardEvent } from 'react';

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** For the element with role="radiogroup". */
export function onRadioKey(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  if (step === undefined) return;
  const radios = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="radio"]:not([disabled])')];
  const at = radios.findIndex((radio) => radio === document.activeElement);
  const next = radios[(at + step + radios.length) % radios.length];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
  next.click();
}

/** Which choice Tab enters at: the chosen one, or the first that can be chosen where that one cannot. */
export function enteredAt<Id>(choices: readonly { readonly id: Id; readonly disabled?: boolean | undefined }[], selected: Id): Id | undefined {
  const enabled = choices.filter(({ disabled }) => disabled !== true);
  return (enabled.find(({ id }) => id === selected) ?? enabled[0])?.id;
}
