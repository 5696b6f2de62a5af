import { expect, test } from 'vitest';
import type { FeedMessage } from '../../../../src/inspector/feed-messages.ts';
import { type ProcessView, foldProcess, newProcessView } from '../../../../src/inspector/page/store/process-view.ts';
import { facts, hello, overview, row } from './rows.ts';

const after = (...messages: readonly FeedMessage[]): ProcessView => messages.reduce(foldProcess, newProcessView(facts));
const ids = ({ rows }: ProcessView): readonly string[] => [...rows.keys()];

test('the clock of the process is told from the wall', () => {
  expect(after(hello).epochOffset).toBe(1_700_000_000_000);
});

test('a whole overview replaces every row; a later one changes, adds and removes', () => {
  const whole = overview({ isWhole: true, sessions: [row('a'), row('b')] });
  const view = after(whole, overview({ sessions: [row('b', { frames: 11 }), row('c')], gone: ['a'] }));
  expect(ids(view)).toEqual(['b', 'c']);
  expect(view.rows.get('b')?.frames).toBe(11);
  expect(ids(foldProcess(view, overview({ isWhole: true, sessions: [row('z')] })))).toEqual(['z']);
});

test('an overview without a change of rows keeps them, and renews the numbers', () => {
  const view = after(overview({ isWhole: true, sessions: [row('a')] }));
  const next = foldProcess(view, overview({ eventsPerSecond: 12, dropped: 3 }));
  expect(next.rows).toBe(view.rows);
  expect(next.totals).toMatchObject({ eventsPerSecond: 12, dropped: 3 });
});

test('what is said of one session changes nothing here', () => {
  const view = after(hello);
  expect(foldProcess(view, { type: 'events', sessionId: 's1', events: [], missed: 0 })).toBe(view);
});
