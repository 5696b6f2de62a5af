import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idKey } from '../../src/protocol/ids.ts';
import { listen, ordinary, question, reserved } from '../../src/session/limits.ts';
import { Exchange, type PendingEntry } from '../../src/session/pending.ts';
import { PendingTable } from '../../src/session/pending-table.ts';
import { entryOf, fromClient, fromServer } from './fixtures.ts';

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

describe('requests of exchanges', () => {
  test('are found by the id that their client gave them, unless several have it (R7)', () => {
    const table = new PendingTable();
    const [first, second] = [new Exchange(), new Exchange()];
    const one = entryOf(1, fromClient, ordinary, undefined, first);
    const other = entryOf(1, fromClient, ordinary, undefined, second);
    table.insert(one);
    expect(table.byRequesterId('client-to-server', 1)).toBe(one);
    table.insert(other);
    expect(table.byRequesterId('client-to-server', 1)).toBe('several');
    expect([first.waiting, second.waiting]).toEqual([[one], [other]]);
    table.remove(one);
    expect([table.byRequesterId('client-to-server', 1), first.waiting]).toEqual([other, []]);
    table.remove(other);
    expect([table.byRequesterId('client-to-server', 1), second.waiting]).toEqual([undefined, []]);
  });

  test('what the server asks in an exchange is none of its own', () => {
    const table = new PendingTable();
    const exchange = new Exchange();
    const asked = entryOf(1, fromServer, ordinary, undefined, exchange);
    table.insert(asked);
    expect([exchange.waiting, table.byRequesterId('client-to-server', 1)]).toEqual([[], undefined]);
    table.remove(asked);
    expect(table.size).toBe(0);
  });
});

describe('the sole request', () => {
  test('is the one that waits beside the streams that its client listens to', () => {
    const table = new PendingTable();
    const [call, stream, other] = [entryOf(1), entryOf(2, fromClient, listen), entryOf(3)];
    expect(table.sole()).toBe(undefined);
    table.insert(stream);
    expect(table.sole()).toBe(undefined);
    table.insert(call);
    expect(table.sole()).toBe(call);
    table.insert(other);
    expect(table.sole()).toBe(undefined);
    table.insert(entryOf('asked', fromServer));
    table.remove(call);
    expect(table.sole()).toBe(other);
  });
});
