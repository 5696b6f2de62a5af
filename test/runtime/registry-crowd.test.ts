import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Registry, Slot } from '../../src/runtime/registry.ts';
import { openSession } from '../session/fixtures.ts';

const halfOpenMs = 10;
const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const principals = ['ann', 'bob', undefined];

const step = fc.record({
  do: fc.constantFrom('open', 'open', 'open', 'leave', 'busy', 'quiet', 'serve', 'wait', 'wait'),
  who: fc.nat({ max: ids.length - 1 }),
});

/** One session as a list would keep it: lists are searched from the front, and whoever moves goes to the back. */
interface Member {
  readonly slot: Slot;
  readonly principal: string | undefined;
}

test('F1 F3 whoever opens, leaves, works and rests, whom to part with is whom two plain lists name', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const registry = new Registry();
      const members = new Map<string, Member>();
      let halfOpen: string[] = [];
      let quiet: string[] = [];
      let now = 0;
      const leaveLists = (id: string): void => {
        halfOpen = halfOpen.filter((other) => other !== id);
        quiet = quiet.filter((other) => other !== id);
      };
      const place = (id: string): void => {
        const { record } = members.get(id)!.slot;
        leaveLists(id);
        if (!record.isBusy) (record.state === 'initializing' ? halfOpen : quiet).push(id);
        registry.reorder(record);
      };
      for (const { do: what, who } of steps) {
        const id = ids[who]!;
        const record = members.get(id)?.slot.record;
        if (what === 'wait') now += 2 * who;
        else if (what === 'open' && record === undefined) {
          const principal = principals[who % principals.length];
          const opened = openSession({ id, principal }).record;
          Object.assign(opened, { openedAt: now });
          const slot = new Slot(undefined as never, { record: opened } as never);
          members.set(id, { slot, principal });
          halfOpen.push(id);
          registry.add(slot);
        } else if (what === 'leave') {
          expect(registry.remove(id)).toBe(members.get(id)?.slot);
          members.delete(id);
          leaveLists(id);
        } else if (record !== undefined) {
          if (what === 'serve') record.state = 'active.serving';
          else record.hasOpenStream = what === 'busy';
          place(id);
        }
        const oldest = members.get(halfOpen[0] ?? '')?.slot;
        const hadItsTime = oldest !== undefined && now - oldest.record.openedAt >= halfOpenMs;
        const expected = hadItsTime ? oldest : members.get(quiet[0] ?? '')?.slot;
        expect(registry.evictable(now, halfOpenMs)?.record.id).toBe(expected?.record.id);
        expect([...registry.values()].map(({ record: { id: open } }) => open)).toEqual([...members.keys()]);
        for (const name of ['ann', 'bob']) {
          const held = [...members.values()].filter(({ principal }) => principal === name).length;
          expect(registry.countOf(name)).toBe(held);
        }
      }
    }),
    { numRuns: 200 },
  );
});
