import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Events, TracedEvent } from '../../../../src/inspector/feed-messages.ts';
import {
  foldWatched,
  newWatched,
  watchedEventsMax,
  watchedSpare,
} from '../../../../src/inspector/page/store/watched.ts';
import { event, facts, hello } from './rows.ts';

const fresh = newWatched(facts, 's1', 0);
const events = (came: readonly TracedEvent[], missed = 0): Events => ({
  type: 'events',
  sessionId: 's1',
  events: came,
  missed,
});
const seqs = (from: number, count: number): readonly TracedEvent[] =>
  Array.from({ length: count }, (_, index) => event(from + index));

describe('the events of a watched session', () => {
  test('are kept in order and once each, however often the process says them', () => {
    const pieces = fc.array(fc.record({ from: fc.nat({ max: 50 }), count: fc.nat({ max: 10 }) }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, (said) => {
        const watched = said.reduce((held, { from, count }) => foldWatched(held, events(seqs(from, count))), fresh);
        const kept = watched.events.map(({ seq }) => seq);
        expect(kept).toEqual([...new Set(kept)].toSorted((one, other) => one - other));
        const newest = Math.max(
          -1,
          ...said.filter(({ count }) => count > 0).map(({ from, count }) => from + count - 1),
        );
        expect(kept.at(-1) ?? -1).toBe(newest);
      }),
    );
  });

  test('are the newest of them where there are too many, and the others count as missed', () => {
    const watched = foldWatched(foldWatched(fresh, events(seqs(0, 8), 2), 10, 2), events(seqs(8, 5)), 10, 2);
    expect(watched.events.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(watched.missed).toBe(5);
    const tooMany = watchedEventsMax + watchedSpare + 1;
    expect(foldWatched(fresh, events(seqs(0, tooMany))).events).toHaveLength(watchedEventsMax);
  });

  test('go many at a time, so that most of what comes leaves the others as they were', () => {
    const watched = foldWatched(foldWatched(fresh, events(seqs(0, 10)), 10, 2), events(seqs(10, 2)), 10, 2);
    expect([watched.events.length, watched.missed]).toEqual([12, 0]);
    expect(foldWatched(watched, events(seqs(12, 1)), 10, 2).events[0]?.seq).toBe(3);
  });

  test('of other sessions are none of its own', () => {
    expect(foldWatched(fresh, { ...events(seqs(0, 1)), sessionId: 's2' })).toBe(fresh);
  });
});

describe('a watched session is over', () => {
  test('when its last event has come', () => {
    expect(foldWatched(fresh, events([event(1)])).isOver).toBe(false);
    expect(foldWatched(fresh, events([event(1, { event: 'session.ended' })])).isOver).toBe(true);
  });

  test('when the process knows no such session', () => {
    const problem = { type: 'problem', problem: 'NO_SUCH_SESSION', message: 'There is none' } as const;
    expect(foldWatched(fresh, { ...problem, sessionId: 's1' }).isOver).toBe(true);
    expect(foldWatched(fresh, { ...problem, sessionId: 's2' }).isOver).toBe(false);
  });
});

test('the clock of a process that is met again is told anew', () => {
  expect(foldWatched(fresh, hello).epochOffset).toBe(1_700_000_000_000);
});
