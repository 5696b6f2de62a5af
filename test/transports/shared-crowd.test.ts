import { describe, expect, test } from 'vitest';
import { idBaseOf, sharersMax } from '../../src/session/id-range.ts';
import { SharedCrowd } from '../../src/transports/shared-crowd.ts';
import { entryOf, memberOf } from './shared-asks.ts';

function crowdOf(number: number) {
  const crowd = new SharedCrowd();
  const members = Array.from({ length: number }, (_none, index) => memberOf(index + 1));
  for (const member of members) crowd.joins(member);
  return { crowd, members };
}
const idOf = (sharer: number, ticket: number): number => idBaseOf(sharer) + ticket;

describe('an id', () => {
  test('means the member of its range, one that is gone, or nobody', () => {
    const { crowd, members } = crowdOf(2);
    expect([1, 2].map((sharer) => crowd.memberOf(idOf(sharer, 5)))).toEqual(members);
    crowd.leaves(members[1]!);
    expect(crowd.memberOf(idOf(2, 5))).toBe('gone');
    expect([5, 'x', idOf(sharersMax + 1, 0), -idOf(1, 5)].map((id) => crowd.memberOf(id))).toEqual(
      Array.from({ length: 4 }),
    );
    expect([crowd.has(1), crowd.has(2), crowd.size]).toEqual([true, false, 1]);
  });

  test('whatever it is, means the first member while nobody else has been there', () => {
    const { crowd, members } = crowdOf(1);
    expect([5, 'x', idOf(2, 0), -1].map((id) => crowd.memberOf(id))).toEqual([1, 1, 1, 1].map(() => members[0]));
    crowd.joins(memberOf(2));
    expect([crowd.memberOf(5), crowd.only]).toEqual([undefined, undefined]);
  });
});

describe('the cause of what names nobody', () => {
  test('is the one member whose requests the server works on', () => {
    const { crowd, members } = crowdOf(3);
    const [alice, bob] = [members[0]!, members[1]!];
    expect(crowd.cause).toBe(undefined);
    crowd.started(alice, entryOf(idOf(1, 1), 'tools/call'));
    crowd.started(alice, entryOf(idOf(1, 2), 'tools/call'));
    expect(crowd.cause).toBe(alice);
    crowd.started(bob, entryOf(idOf(2, 1), 'tools/call'));
    expect(crowd.cause).toBe(undefined);
    crowd.ended(alice, idOf(1, 1));
    crowd.ended(alice, idOf(1, 1));
    expect(crowd.cause).toBe(undefined);
    crowd.ended(alice, idOf(1, 2));
    expect(crowd.cause).toBe(bob);
    crowd.leaves(bob);
    expect(crowd.cause).toBe(undefined);
  });

  test('is not who only listens to a stream', () => {
    const { crowd, members } = crowdOf(2);
    crowd.started(members[0]!, entryOf(idOf(1, 1), 'subscriptions/listen'));
    expect([crowd.cause, [...members[0]!.streams.keys()]]).toEqual([undefined, [idOf(1, 1)]]);
    crowd.ended(members[0]!, idOf(1, 1));
    expect(members[0]!.streams.size).toBe(0);
  });

  test('is the first member while nobody else has been there', () => {
    const { crowd, members } = crowdOf(1);
    expect(crowd.cause).toBe(members[0]);
  });
});

test('questions are known by their member until they are answered, or it leaves', () => {
  const { crowd, members } = crowdOf(2);
  const [alice, bob] = [members[0]!, members[1]!];
  for (const id of [1, '1', 2]) crowd.asks(alice, id);
  crowd.asks(bob, 3);
  crowd.askedNoMore('1');
  expect([1, '1', 2, 3].map((id) => crowd.askedOf(id))).toEqual([alice, undefined, alice, bob]);
  expect(crowd.leaves(alice)).toEqual([1, 2]);
  expect([1, 2, 3].map((id) => crowd.askedOf(id))).toEqual([undefined, undefined, bob]);
});

test('the slowest member is the one for which the most is kept', () => {
  const { crowd, members } = crowdOf(3);
  expect(crowd.overrunSlowest()).toBe(false);
  for (const [index, member] of members.entries()) {
    member.joins({ take: () => true, keeps: () => {}, left: () => {} });
    member.pause(index > 0);
    for (let n = 0; n <= index; n++) member.hear(Buffer.from('x'), undefined);
  }
  expect(members.map(({ keptBytes }) => keptBytes)).toEqual([0, 2, 3]);
  expect(crowd.overrunSlowest()).toBe(true);
  expect(members.map(({ keptBytes }) => keptBytes)).toEqual([0, 2, 0]);
  expect(crowd.all().map(({ number }) => number)).toEqual([1, 2, 3]);
});
