import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequesterIds } from '../../src/session/requester-ids.ts';

test('finds the one request of an id, and does not choose among several', () => {
  const steps = fc.array(fc.record({ id: fc.constantFrom(0, 1, '1', '__proto__'), adds: fc.boolean() }));
  fc.assert(
    fc.property(steps, (sequence) => {
      const ids = new RequesterIds();
      let waiting: { readonly id: string | number }[] = [];
      for (const { id, adds } of sequence) {
        const last = waiting.find((entry) => entry.id === id);
        if (adds) {
          const entry = { id };
          waiting.push(entry);
          ids.add(entry);
        } else if (last !== undefined) {
          waiting = waiting.filter((entry) => entry !== last);
          ids.remove(last);
        }
        const same = waiting.filter((entry) => entry.id === id);
        expect(ids.find(id)).toBe(same.length > 1 ? 'several' : same[0]);
      }
    }),
    { numRuns: 200 },
  );
});
