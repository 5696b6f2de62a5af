/** One process as the page knows it: folds what its feed says into the rows and numbers that are shown. */

import type { ProcessFacts } from '../../../observe/process-facts.ts';
import type { FeedMessage, Hello, Overview, SessionRow } from '../../feed-messages.ts';
import type { FeedState } from '../watched-session.ts';

export interface ProcessView {
  readonly facts: ProcessFacts;
  readonly link: FeedState;
  readonly hello: Hello | undefined;
  /** Added to the process's clock, makes milliseconds since 1970. */
  readonly epochOffset: number;
  readonly rows: ReadonlyMap<string, SessionRow>;
  /** What the newest overview says besides its rows. */
  readonly totals: ProcessTotals | undefined;
  /** Messages for which it found no session. */
  readonly unplaced: NonNullable<Overview['unplaced']>;
}

export type ProcessTotals = Pick<
  Overview,
  'at' | 'sessionsByState' | 'transitions' | 'dwellMs' | 'eventsPerSecond' | 'dropped'
>;

export function newProcessView(facts: ProcessFacts): ProcessView {
  return {
    facts,
    link: 'connecting',
    hello: undefined,
    epochOffset: 0,
    rows: new Map(),
    totals: undefined,
    unplaced: { count: 0, newest: [] },
  };
}

export function foldProcess(view: ProcessView, message: FeedMessage): ProcessView {
  switch (message.type) {
    case 'hello':
      return { ...view, hello: message, epochOffset: message.wallTime - message.now };
    case 'overview':
      return {
        ...view,
        rows: foldRows(view.rows, message),
        totals: totalsOf(message),
        unplaced: message.unplaced ?? view.unplaced,
      };
    case 'session':
    case 'events':
    case 'body':
    case 'events-read':
    case 'moment':
    case 'problem':
      return view;
  }
}

function foldRows(rows: ReadonlyMap<string, SessionRow>, overview: Overview): ReadonlyMap<string, SessionRow> {
  const { isWhole, sessions, gone } = overview;
  if (!isWhole && sessions.length === 0 && gone.length === 0) return rows;
  const next = new Map(isWhole ? [] : rows);
  for (const row of sessions) next.set(row.id, row);
  for (const id of gone) next.delete(id);
  return next;
}

function totalsOf(overview: Overview): ProcessTotals {
  const { at, sessionsByState, transitions, dwellMs, eventsPerSecond, dropped } = overview;
  return { at, sessionsByState, transitions, dwellMs, eventsPerSecond, dropped };
}
