// Ctrl K: every command that can run now, found by typing.
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { hotkeyLabel, searchCommands, type Command } from '../../state/commands.ts';
import { classes } from '../class-names.ts';
import { Dialog } from '../parts/dialog.tsx';
import styles from './palette.module.css';

export function Palette({ commands, onClose }: { readonly commands: readonly Command[]; readonly onClose: () => void }): ReactElement {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = searchCommands(commands.filter((command) => command.id !== 'palette' && command.enabled()), query);
  const chosen = Math.min(at, found.length - 1);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = (chosen + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % Math.max(1, found.length);
      setAt(next);
      document.getElementById(`palette-${found[next]?.id ?? ''}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(found[chosen]);
    }
  };
  return (
    <Dialog label="Command palette" onClose={onClose} top>
      <input
        className={styles.input}
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[chosen] === undefined ? undefined : `palette-${found[chosen].id}`}
        aria-label="Command"
        placeholder="Type a command"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul className={styles.list} role="listbox" id="palette-list" aria-label="Commands">
        {found.map((command, index) => (
          <li key={command.id} id={`palette-${command.id}`} role="option" aria-selected={index === chosen} className={classes(styles.item, index === chosen && styles.on)} onPointerMove={() => setAt(index)} onClick={() => run(command)}>
            <small>{command.group}</small>
            <span>{command.label}</span>
            {command.hotkey !== undefined && <Keys hotkey={command.hotkey} />}
          </li>
        ))}
        {found.length === 0 && <li className={styles.none}>No command holds “{query}”.</li>}
      </ul>
    </Dialog>
  );
}

export function Keys({ hotkey }: { readonly hotkey: string }): ReactElement {
  return (
    <span className={styles.keys}>
      {hotkeyLabel(hotkey).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
