/** The columns of the table of sessions: what each shows, and how rows are put in the order of one. */

import { age, rate } from '../parts/quantities.ts';
import { type SessionLine, ageMs } from './session-line.ts';

export interface Column {
  readonly name: string;
  readonly title: string;
  /** Numbers stand to the right, and begin with the greatest when they are sorted. */
  readonly isNumber: boolean;
  /** What is sorted by. */
  readonly value: (line: SessionLine) => string | number;
  readonly text: (line: SessionLine, nowMs: number) => string;
  /** Where the width is small it is left out. */
  readonly isWide?: boolean;
}

function words(name: string, title: string, of: (line: SessionLine) => string | undefined, isWide = false): Column {
  const value = (line: SessionLine): string => of(line) ?? '';
  return { name, title, isNumber: false, value, text: value, isWide };
}

function numbers(
  name: string,
  title: string,
  value: (line: SessionLine) => number,
  text: Column['text'] = (line) => String(value(line)),
): Column {
  return { name, title, isNumber: true, value, text };
}

export const columns: readonly Column[] = [
  words('session', 'Session', ({ row }) => row.id),
  words('state', 'State', ({ row }) => row.state),
  words('process', 'Process', ({ process, processName }) => `${process.pid} ${processName}`),
  words('client', 'Client', ({ row }) => row.clientName),
  words('server', 'Server', ({ row }) => row.serverName, true),
  words('protocol', 'Protocol', ({ row }) => row.protocolVersion),
  words('transport', 'Transport', ({ row }) => row.transportType, true),
  words('tags', 'Tags', ({ row }) => row.tags.join(' ')),
  numbers(
    'age',
    'Age',
    ({ openedAt }) => -openedAt,
    (line, nowMs) => age(ageMs(line, nowMs)),
  ),
  numbers('pending', 'Pending', ({ row }) => row.pending),
  numbers(
    'rate',
    'Rate/s',
    ({ row }) => row.framesPerSecond,
    ({ row }) => rate(row.framesPerSecond),
  ),
  numbers('errors', 'Errors', ({ row }) => row.errors),
];

export interface Sorting {
  readonly column: string;
  readonly isDescending: boolean;
}

/** What a press on the title of a column makes of the order: that column, then the other way round, then as they came. */
export function pressed(sorting: Sorting | undefined, column: string): Sorting | undefined {
  const isDescending = columns.find(({ name }) => name === column)?.isNumber === true;
  if (sorting?.column !== column) return { column, isDescending };
  return sorting.isDescending === isDescending ? { column, isDescending: !isDescending } : undefined;
}

/** Rows that are equal stay in the order in which they came. */
export function sorted(lines: readonly SessionLine[], sorting: Sorting | undefined): readonly SessionLine[] {
  const column = columns.find(({ name }) => name === sorting?.column);
  if (sorting === undefined || column === undefined) return lines;
  const way = sorting.isDescending ? -1 : 1;
  const keyed = lines.map((line) => ({ line, value: column.value(line) }));
  keyed.sort((one, other) => way * compared(one.value, other.value));
  return keyed.map(({ line }) => line);
}

function compared(one: string | number, other: string | number): number {
  return one < other ? -1 : Number(one > other);
}
