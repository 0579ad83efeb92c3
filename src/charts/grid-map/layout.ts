// Values over a picture as cells to be laid on it: where each stands, in shares of the picture, and how strong it is drawn.
export interface GridValues {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

export interface GridCell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly value: number;
  /** 0 to 1, of the strongest; negative values are drawn as nothing. */
  readonly strength: number;
}

/** `least`: the strongest value is at least this, so that chance is not blown up to full strength. */
export function layoutGrid({ rows, columns, values }: GridValues, least: number): GridCell[] {
  const strongest = Math.max(least, ...values);
  return values.slice(0, rows * columns).map((value, at) => ({
    x: (at % columns) / columns,
    y: Math.floor(at / columns) / rows,
    width: 1 / columns,
    height: 1 / rows,
    value,
    strength: Math.max(0, value) / strongest,
  }));
}
