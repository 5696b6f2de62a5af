import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCursor, sessionPage } from '../../src/admin/session-list.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';

const now = 1_000_000;
const sessionAt = (openedAt: number, id: string): SessionSnapshot =>
  ({ id, ageMs: now - openedAt, pending: [], held: [], tags: [] }) as unknown as SessionSnapshot;

describe('pages of sessions', () => {
  test('show each session once, in order, and say how many there are', () => {
    const all = [1, 2, 2.2, 2.3, 5].map((at, index) => sessionAt(at, `s${index}`));
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const after = next === null ? undefined : readCursor(next);
      const page = sessionPage(all, { limit: 2, after, now });
      expect(page.total).toBe(5);
      seen.push(...page.sessions.map(({ id }) => id));
      ({ next } = page);
    } while (next !== null);
    expect(seen).toEqual(['s0', 's1', 's2', 's3', 's4']);
  });

  test('leave nobody out who was there all the time, whoever leaves meanwhile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.nat(29)),
        (gaps, limit, leavers) => {
          let at = 0;
          let all = gaps.map((gap, index) => sessionAt((at += gap / 10), `s${index}`));
          const stayers = all.map(({ id }) => id).filter((id) => !leavers.includes(Number(id.slice(1))));
          const seen = new Set<string>();
          let next: string | null = null;
          for (let page = 0; ; page++) {
            const shown = sessionPage(all, { limit, after: next === null ? undefined : readCursor(next), now });
            for (const { id } of shown.sessions) seen.add(id);
            if (shown.next === null) break;
            ({ next } = shown);
            const leaver = leavers[page];
            all = all.filter(({ id }) => id !== `s${leaver}`);
            // Of many that opened in the same moment one page may hold none that is new: then it is gone on with by position.
            if (page > 100) return false;
          }
          return stayers.every((id) => seen.has(id));
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each(['', 'x', '12', '.a', '1.', '1.a b', `1.${'a'.repeat(300)}`])('%j is no place in the list', (text) => {
    expect(readCursor(text)).toBeUndefined();
  });
});
