/** Tables for people: columns as wide as what stands in them, numbers to the right, colours where the terminal has them. */

import { printable } from './terminal.ts';

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Left out where no row has anything in it. */
  readonly isOptional?: boolean;
  readonly colourOf?: (text: string) => keyof typeof colours | undefined;
}

const colours = { green: '\u001b[32m', yellow: '\u001b[33m', red: '\u001b[31m' } as const;
const plain = '\u001b[0m';

/** What says nothing. */
const nothing = '-';
const cellCharactersMax = 40;

export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  hasColours: boolean,
): string {
  const shown = columns
    .map((column, index) => ({ column, cells: rows.map((row) => brief(row[index] ?? nothing)) }))
    .filter(({ column, cells }) => column.isOptional !== true || cells.some((cell) => cell !== nothing));
  const lines = [-1, ...rows.keys()].map((row) =>
    shown
      .map(({ column, cells }) => {
        const width = Math.max(column.title.length, ...cells.map((cell) => cell.length));
        const text = row === -1 ? column.title : cells[row]!;
        const padded = column.isNumber === true ? text.padStart(width) : text.padEnd(width);
        const colour = row === -1 || !hasColours ? undefined : column.colourOf?.(text);
        return colour === undefined ? padded : `${colours[colour]}${padded}${plain}`;
      })
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `  ${line}\n`).join('');
}

function brief(text: string): string {
  const safe = printable(text);
  return safe.length <= cellCharactersMax ? safe : `${safe.slice(0, cellCharactersMax - 1)}…`;
}
