/** Which rows of a long list are in sight, when all are of one height. Knows no elements. */

export interface RowWindow {
  /** The first row that is drawn. */
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** Rows that are drawn above and below what is in sight, so that scrolling shows no gaps. */
const spare = 8;

export function windowOfRows(rows: number, rowHeight: number, scrollTop: number, height: number): RowWindow {
  const top = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const inSight = Math.ceil(height / rowHeight) + 1;
  const first = Math.max(0, Math.min(top - spare, rows - inSight));
  return { first, end: Math.min(rows, top + inSight + spare) };
}

/** Where to scroll so that this row is in sight, and no further than that takes. */
export function scrolledTo(row: number, rowHeight: number, scrollTop: number, height: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}
