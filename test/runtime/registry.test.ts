import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Registry, Slot, SlotList, sessionsPerPrincipal } from '../../src/runtime/registry.ts';
import { defaultLimits } from '../../src/session/limits.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { openSession } from '../session/fixtures.ts';

/** A slot of which only its record matters. */
function slotOf(id: string, options: { principal?: string; openedAt?: number } = {}): Slot {
  const { record } = openSession({ id, principal: options.principal });
  Object.assign(record, { openedAt: options.openedAt ?? 0 });
  return new Slot(undefined as never, { record } as never);
}

function served({ record }: Slot): SessionRecord {
  record.state = 'active.serving';
  return record;
}

function idsOf(list: SlotList): readonly string[] {
  const ids: string[] = [];
  for (let slot = list.first; slot !== undefined; slot = slot.next) ids.push(slot.record.id);
  const back: string[] = [];
  for (let slot = list.last; slot !== undefined; slot = slot.previous) back.unshift(slot.record.id);
  expect(back).toEqual(ids);
  return ids;
}

describe('a list of slots', () => {
  test('F3 holds each slot once, in the order in which they came last', () => {
    const list = new SlotList();
    const [a, b, c] = [slotOf('a'), slotOf('b'), slotOf('c')];
    for (const slot of [a, b, c, a, b]) list.append(slot);
    expect(idsOf(list)).toEqual(['c', 'a', 'b']);
  });

  test('takes a slot from the list that it stood in before', () => {
    const [from, to] = [new SlotList(), new SlotList()];
    const slot = slotOf('a');
    from.append(slot);
    to.append(slot);
    expect([idsOf(from), idsOf(to), slot.list === to]).toEqual([[], ['a'], true]);
  });

  test('agrees with an array, whatever comes and goes', () => {
    const step = fc.record({ place: fc.nat(4), isAdded: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const list = new SlotList();
        const slots = ['a', 'b', 'c', 'd', 'e'].map((id) => slotOf(id));
        let expected: string[] = [];
        for (const { place, isAdded } of steps) {
          const slot = slots[place]!;
          expected = expected.filter((id) => id !== slot.record.id);
          if (isAdded) {
            list.append(slot);
            expected.push(slot.record.id);
          } else if (slot.list !== undefined) list.remove(slot);
          expect(idsOf(list)).toEqual(expected);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the registry', () => {
  test('finds sessions by id until they are removed, in the order in which they opened', () => {
    const registry = new Registry();
    const [a, b] = [slotOf('a'), slotOf('b')];
    registry.add(a);
    registry.add(b);
    expect([registry.size, registry.get('a'), [...registry.values()]]).toEqual([2, a, [a, b]]);
    expect([registry.remove('a'), registry.remove('a'), registry.get('a'), registry.size]).toEqual([
      a,
      undefined,
      undefined,
      1,
    ]);
  });

  test('counts sessions of each principal, and forgets principals that have none', () => {
    const registry = new Registry();
    registry.add(slotOf('a', { principal: 'ann' }));
    registry.add(slotOf('b', { principal: 'ann' }));
    registry.add(slotOf('c'));
    expect([registry.countOf('ann'), registry.countOf('bob')]).toEqual([2, 0]);
    registry.remove('a');
    expect(registry.countOf('ann')).toBe(1);
    registry.remove('b');
    expect(registry.countOf('ann')).toBe(0);
  });

  test('S7 admits up to the limit, and of one principal up to its share', () => {
    const registry = new Registry();
    const limits = { ...defaultLimits, sessions: 4, sessionsPerPrincipalRatio: 0.5 };
    expect(registry.admission('ann', limits)).toBe('admitted');
    registry.add(slotOf('a', { principal: 'ann' }));
    registry.add(slotOf('b', { principal: 'ann' }));
    expect([registry.admission('ann', limits), registry.admission('bob', limits)]).toEqual([
      'too-many-for-principal',
      'admitted',
    ]);
    registry.add(slotOf('c'));
    registry.add(slotOf('d'));
    expect([registry.admission(undefined, limits), registry.admission('bob', limits)]).toEqual([
      'too-many-sessions',
      'too-many-sessions',
    ]);
  });

  test.each([
    [1000, 0.5, 500],
    [3, 0.5, 1],
    [1, 0.5, 1],
    [1, 0, 1],
    [10, 1, 10],
  ])('of %i sessions at a ratio of %f one principal may hold %i', (sessions, ratio, most) => {
    expect(sessionsPerPrincipal({ ...defaultLimits, sessions, sessionsPerPrincipalRatio: ratio })).toBe(most);
  });
});

describe('whom to part with', () => {
  test('nobody, when there is nobody', () => {
    expect(new Registry().evictable(1e9, 10)).toBeUndefined();
  });

  test('F1 the oldest that never began to be served, once it had its time', () => {
    const registry = new Registry();
    registry.add(slotOf('old', { openedAt: 0 }));
    registry.add(slotOf('new', { openedAt: 5 }));
    expect(registry.evictable(9, 10)).toBeUndefined();
    expect(registry.evictable(10, 10)?.record.id).toBe('old');
  });

  test('F1 else the one that has been quiet longest', () => {
    const registry = new Registry();
    const slots = ['a', 'b', 'c'].map((id) => slotOf(id));
    for (const slot of slots) registry.add(slot);
    for (const slot of [slots[1]!, slots[0]!, slots[2]!]) registry.reorder(served(slot));
    expect(registry.evictable(1, 10)?.record.id).toBe('b');
    // It spoke once more: now it has been quiet for the shortest time.
    registry.reorder(slots[1]!.record);
    expect(registry.evictable(1, 10)?.record.id).toBe('a');
  });

  test('F1 never a busy one', () => {
    const registry = new Registry();
    const [a, b] = [slotOf('a'), slotOf('b')];
    for (const slot of [a, b]) {
      registry.add(slot);
      registry.reorder(served(slot));
    }
    a.record.hasOpenStream = true;
    registry.reorder(a.record);
    expect(registry.evictable(1, 10)?.record.id).toBe('b');
    b.record.hasOpenStream = true;
    registry.reorder(b.record);
    expect(registry.evictable(1e9, 10)).toBeUndefined();
    a.record.hasOpenStream = false;
    registry.reorder(a.record);
    expect(registry.evictable(1, 10)?.record.id).toBe('a');
  });

  test('a session that is busy with its handshake is not half-open, and is again when it failed', () => {
    const registry = new Registry();
    const slot = slotOf('a');
    registry.add(slot);
    slot.record.hasOpenStream = true;
    registry.reorder(slot.record);
    expect(registry.evictable(100, 10)).toBeUndefined();
    slot.record.hasOpenStream = false;
    registry.reorder(slot.record);
    expect(registry.evictable(100, 10)).toBe(slot);
  });

  test('nobody that has left, and who is unknown changes nothing', () => {
    const registry = new Registry();
    const [gone, stranger] = [slotOf('gone'), slotOf('stranger')];
    registry.add(gone);
    registry.remove('gone');
    registry.reorder(stranger.record);
    registry.reorder(gone.record);
    expect(registry.evictable(100, 10)).toBeUndefined();
  });
});
