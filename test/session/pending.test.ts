import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Direction, RequestId } from '../../src/protocol/envelope.ts';
import { idKey } from '../../src/protocol/ids.ts';
import { type Budget, listen, ordinary, question, reserved } from '../../src/session/limits.ts';
import { PendingEntry, PendingTable } from '../../src/session/pending.ts';
import { fromClient, fromServer } from './fixtures.ts';

function entryOf(id: RequestId, direction: Direction = fromClient, budget: Budget = ordinary, token?: RequestId) {
  return new PendingEntry(
    's1',
    {
      key: idKey(0, id),
      id,
      direction,
      method: 'tools/call',
      budget,
      startedAt: 5,
      times: { idleMs: 300, absoluteMs: 3000 },
      progressToken: token,
      passage: undefined,
      asksTask: false,
      isModern: false,
      isOwn: false,
      remembers: undefined,
    },
    4,
    'open',
  );
}

describe('an entry', () => {
  test('names its session to the timers, and begins unsettled, unlinked, and alive since it arrived', () => {
    const entry = entryOf('a');
    expect([entry.alarmKind, entry.sessionId]).toEqual(['request', 's1']);
    expect([entry.isTaken, entry.dueAt, entry.alarmPrevious, entry.alarmNext]).toEqual([false, Infinity, null, null]);
    expect([entry.startedAt, entry.lastActivityAt]).toEqual([5, 4]);
  });
});

describe('the pending table', () => {
  test('F8 tells the number 1 from the text "1"', () => {
    const table = new PendingTable();
    const [number, text] = [entryOf(1), entryOf('1')];
    table.insert(number);
    table.insert(text);
    expect(table.get(fromClient, idKey(0, 1))).toBe(number);
    expect(table.get(fromClient, idKey(0, '1'))).toBe(text);
  });

  test('keeps the ids of the two directions apart, and their tokens', () => {
    const table = new PendingTable();
    const [asked, returned] = [entryOf(0, fromClient, ordinary, 'p'), entryOf(0, fromServer, ordinary, 'p')];
    table.insert(asked);
    table.insert(returned);
    expect([table.size, table.sizeOf(fromClient), table.sizeOf(fromServer)]).toEqual([2, 1, 1]);
    expect(table.byToken(fromClient, 'p')).toBe(asked);
    expect(table.byToken(fromServer, 'p')).toBe(returned);
    table.remove(asked);
    expect(table.get(fromClient, asked.key)).toBeUndefined();
    expect(table.get(fromServer, returned.key)).toBe(returned);
    expect(table.byToken(fromClient, 'p')).toBeUndefined();
    expect(table.byToken(fromServer, 'p')).toBe(returned);
  });

  test('finds a request by its progress token, of either type, as long as it waits', () => {
    const table = new PendingTable();
    const [first, second] = [entryOf(1, fromClient, ordinary, 0), entryOf(2, fromClient, ordinary, '0')];
    table.insert(first);
    table.insert(second);
    expect(table.byToken(fromClient, 0)).toBe(first);
    expect(table.byToken(fromClient, '0')).toBe(second);
    table.remove(first);
    expect(table.byToken(fromClient, 0)).toBeUndefined();
  });

  test('a token that was given twice stays with the later request when the earlier one ends', () => {
    const table = new PendingTable();
    const [earlier, later] = [entryOf(1, fromClient, ordinary, 'p'), entryOf(2, fromClient, ordinary, 'p')];
    table.insert(earlier);
    table.insert(later);
    table.remove(earlier);
    expect(table.byToken(fromClient, 'p')).toBe(later);
  });

  test("walks the client's requests first, each direction oldest first", () => {
    const table = new PendingTable();
    for (const entry of [entryOf('q', fromServer), entryOf('b'), entryOf('a'), entryOf('r', fromServer)]) {
      table.insert(entry);
    }
    expect([...table.entries()].map((entry) => entry.id)).toEqual(['b', 'a', 'q', 'r']);
  });

  test('counts what each budget has used, whatever comes and goes', () => {
    const ids = fc.record({
      id: fc.nat(20),
      direction: fc.constantFrom(fromClient, fromServer),
      budget: fc.constantFrom(ordinary, reserved, listen, question),
    });
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 60 }), (steps) => {
        const table = new PendingTable();
        const model = new Map<string, PendingEntry>();
        for (const { id, direction, budget } of steps) {
          const known = model.get(`${direction} ${id}`);
          if (known === undefined) {
            const entry = entryOf(id, direction, budget);
            table.insert(entry);
            model.set(`${direction} ${id}`, entry);
          } else {
            table.remove(known);
            model.delete(`${direction} ${id}`);
          }
        }
        const left = [...model.values()];
        expect(table.size).toBe(left.length);
        expect([...table.used]).toEqual(
          [ordinary, reserved, listen, question].map(
            (budget) => left.filter((entry) => entry.budget === budget).length,
          ),
        );
        for (const entry of left) expect(table.get(entry.direction, entry.key)).toBe(entry);
      }),
      { numRuns: 100 },
    );
  });
});
