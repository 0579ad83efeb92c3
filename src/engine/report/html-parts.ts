// What every part of the HTML report is made of: escaped text, tables, and markup that was made here and is put in as it stands.

/** Markup of this folder's making: every string in it is escaped already. */
export interface Markup {
  readonly html: string;
}

export type Cell = string | number | Markup;

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `<table><thead><tr>${columns.map((column) => `<th>${escape(column)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cellHtml(cell)}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`;
}

/** JSON writes null for what is no number: a report that was read back may hold it. */
function cellHtml(cell: Cell): string {
  return typeof cell === 'object' && cell !== null ? cell.html : escape(String(cell));
}
