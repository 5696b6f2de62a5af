import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdKey } from '../../src/protocol/ids.ts';
import { IdTable } from '../../src/session/id-table.ts';

function valuesOf<V>(table: IdTable<V>): readonly V[] {
  const values: V[] = [];
  table.addTo(values);
  return values;
}

describe('a table of ids', () => {
  test('tells the number 1 from the text "1"', () => {
    const table = new IdTable<string>();
    table.set(1, 'number');
    table.set('1', 'text');
    expect([table.get(1), table.get('1'), table.size]).toEqual(['number', 'text', 2]);
    table.delete(1);
    expect([table.get(1), table.get('1'), table.size]).toEqual([undefined, 'text', 1]);
  });

  test('replaces what stands under a key, and does not mind deleting what is not there', () => {
    const table = new IdTable<string>();
    table.delete(5);
    table.set(5, 'a');
    table.set(5, 'b');
    table.delete(6);
    expect([table.get(5), table.size, valuesOf(table)]).toEqual(['b', 1, ['b']]);
  });

  test('is as good as new after it was large', () => {
    const table = new IdTable<number>();
    for (let id = 0; id < 1000; id++) table.set(id, id);
    for (let id = 0; id < 1000; id++) table.delete(id);
    expect([table.size, valuesOf(table)]).toEqual([0, []]);
    table.set(7, 7);
    expect([table.get(7), table.size]).toEqual([7, 1]);
  });

  test('holds what a Map holds, whatever is set and deleted', () => {
    // Few keys that meet often, neighbours, and numbers that differ in their upper bits only.
    const key: fc.Arbitrary<IdKey> = fc.oneof(
      fc.nat(40),
      fc.nat(8).map((number) => number * 2 ** 32),
      fc.nat(8).map((number) => -number * 64),
      fc.maxSafeInteger(),
      fc.nat(9).map(String),
    );
    const step = fc.tuple(fc.constantFrom('set', 'set', 'delete'), key);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new IdTable<number>();
        const map = new Map<IdKey, number>();
        for (const [index, [what, at]] of steps.entries()) {
          if (what === 'set') {
            table.set(at, index);
            map.set(at, index);
          } else {
            table.delete(at);
            map.delete(at);
          }
          expect(table.size).toBe(map.size);
        }
        for (const [, at] of steps) expect(table.get(at)).toBe(map.get(at));
        expect([...valuesOf(table)].sort((a, b) => a - b)).toEqual([...map.values()].sort((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });
});
