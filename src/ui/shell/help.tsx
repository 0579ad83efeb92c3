// ?: every shortcut, out of the same registry.
import type { ReactElement } from 'react';
import type { Command } from '../../state/commands.ts';
import { DialogHead } from '../parts/dialog-head.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Keys } from './palette.tsx';
import styles from './help.module.css';

export function Help({ commands, onClose }: { readonly commands: readonly Command[]; readonly onClose: () => void }): ReactElement {
  const keyed = commands.filter((command) => command.hotkey !== undefined);
  const groups = [...new Set(keyed.map(({ group }) => group))];
  return (
    <Dialog label="Keyboard shortcuts" onClose={onClose} wide>
      <DialogHead title="Keyboard shortcuts" onClose={onClose} />
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {keyed.filter((command) => command.group === group).map((command) => (
                <div key={command.id}>
                  <dt>{command.label}</dt>
                  <dd><Keys hotkey={command.hotkey ?? ''} /></dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={styles.note}>Hover previews, click locks, Esc releases. Every page and every finding has an address: copy it from the address bar.</p>
    </Dialog>
  );
}
