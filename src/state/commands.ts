// The command registry's shape and the matching of hotkeys; ui/commands.ts lists the commands.
// One list feeds palette, menus, shortcuts and help.

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  /** 'mod+k', '?', '[', 'g a' is not supported: one stroke. 'mod' is Ctrl, or Command on a Mac. */
  readonly hotkey?: string;
  enabled(): boolean;
  run(): void;
}

export interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function matchesHotkey(hotkey: string, stroke: KeyStroke): boolean {
  const parts = hotkey.split('+');
  const key = parts.at(-1) ?? '';
  const wantsMod = parts.includes('mod');
  const wantsShift = parts.includes('shift');
  if (wantsMod !== (stroke.ctrlKey || stroke.metaKey)) return false;
  if (stroke.altKey) return false;
  // A character such as '?' needs Shift on some layouts: only named modifiers of letters are compared.
  if (/^[a-z]$/.test(key) && wantsShift !== stroke.shiftKey) return false;
  return stroke.key.toLowerCase() === key;
}

/** Strokes typed into a text field are the field's, unless they carry Ctrl or Command, or are Escape. */
export function belongsToField(stroke: KeyStroke, target: { readonly tagName?: string; readonly isContentEditable?: boolean } | null): boolean {
  if (stroke.ctrlKey || stroke.metaKey || stroke.key === 'Escape') return false;
  const tag = target?.tagName?.toLowerCase();
  return tag === 'input' || tag === 'textarea' || tag === 'select' || target?.isContentEditable === true;
}

export function hotkeyLabel(hotkey: string): string[] {
  const names: Readonly<Record<string, string>> = { mod: 'Ctrl', shift: 'Shift', escape: 'Esc', enter: 'Enter', arrowdown: '↓', arrowup: '↑' };
  return hotkey.split('+').map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

/** Commands whose label, group or id holds every word of the query, best (label starts with it) first. */
export function searchCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const text = (command: Command): string => `${command.group} ${command.label} ${command.id}`.toLowerCase();
  const found = commands.filter((command) => words.every((word) => text(command).includes(word)));
  const starts = (command: Command): number => (words[0] !== undefined && command.label.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return found.map((command, index) => ({ command, index })).sort((a, b) => starts(a.command) - starts(b.command) || a.index - b.index).map(({ command }) => command);
}
