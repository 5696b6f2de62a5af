import { describe, expect, test } from 'vitest';
import {
  type Channel,
  type KeptEvent,
  ReplayBudget,
  ReplayRing,
  eventId,
  readEventId,
} from '../../src/transports/http-replay.ts';

const channel = (number: number): Channel => ({ number, kept: 0 });
const event = (place: number, on: Channel, bytes = 10): KeptEvent => ({
  place,
  channel: on,
  bytes: new Uint8Array(bytes),
});
const placesAfter = (ring: ReplayRing, on: Channel, place: number): readonly number[] =>
  ring.after(on, place).map((kept) => kept.place);

describe('the id of an event', () => {
  test('names its stream and its place', () => {
    expect(eventId(3, 17)).toBe('3-17');
    expect(readEventId('3-17')).toEqual({ channel: 3, place: 17, idToken: undefined });
  });

  test.each(['1', '"a b"', '"ü\\n"', '-1.5e3'])(
    'and the request that is answered there, where that is asked for: %s',
    (idToken) => {
      expect(readEventId(eventId(3, 17, idToken))).toEqual({ channel: 3, place: 17, idToken });
    },
  );

  test('but no request of a long name', () => {
    expect(eventId(3, 17, JSON.stringify('x'.repeat(63)))).toBe('3-17');
  });

  test.each([
    '',
    '3-17-bnVsbA',
    '3-17-',
    `3-17-${'x'.repeat(600)}`,
    '3',
    '-',
    '3-',
    '3-17-1',
    'x3-17',
    '3-17 ',
    '3.5-1',
    '-3-17',
    '1e9-2',
    '9'.repeat(40) + '-1',
    '__proto__',
  ])('is none of ours: %j', (id) => {
    expect(readEventId(id)).toBeUndefined();
  });
});

describe('what is kept of a session', () => {
  test('R17 comes back stream by stream, from a place on', () => {
    const ring = new ReplayRing(
      { replayEventsMax: 10, replayBytesMax: 1000, budget: new ReplayBudget(Infinity) },
      () => {},
    );
    const [one, two] = [channel(1), channel(2)];
    for (const place of [1, 2, 3, 4, 5]) ring.add(event(place, place % 2 === 1 ? one : two));
    expect([placesAfter(ring, one, 0), placesAfter(ring, one, 3), placesAfter(ring, two, 2)]).toEqual([
      [1, 3, 5],
      [5],
      [4],
    ]);
    expect(placesAfter(ring, channel(9), 0)).toEqual([]);
  });

  test('is bounded in number, the oldest going first', () => {
    const forgotten: number[] = [];
    const ring = new ReplayRing(
      { replayEventsMax: 3, replayBytesMax: 1000, budget: new ReplayBudget(Infinity) },
      ({ place }) => forgotten.push(place),
    );
    const one = channel(1);
    for (let place = 1; place <= 50; place++) ring.add(event(place, one));
    expect([placesAfter(ring, one, 0), one.kept, ring.size, forgotten.length]).toEqual([[48, 49, 50], 3, 3, 47]);
  });

  test('is bounded in bytes; the newest stays whatever its size', () => {
    const ring = new ReplayRing(
      { replayEventsMax: 100, replayBytesMax: 25, budget: new ReplayBudget(Infinity) },
      () => {},
    );
    const one = channel(1);
    for (const place of [1, 2, 3]) ring.add(event(place, one));
    expect(placesAfter(ring, one, 0)).toEqual([2, 3]);
    ring.add(event(4, one, 1000));
    expect(placesAfter(ring, one, 0)).toEqual([4]);
    ring.add(event(5, one));
    expect([placesAfter(ring, one, 0), one.kept]).toEqual([[5], 1]);
  });

  test('loses all of one stream at once, and nothing else', () => {
    const ring = new ReplayRing(
      { replayEventsMax: 5, replayBytesMax: 1000, budget: new ReplayBudget(Infinity) },
      () => {},
    );
    const [one, two] = [channel(1), channel(2)];
    for (let place = 1; place <= 9; place++) ring.add(event(place, place % 2 === 1 ? one : two));
    ring.forget(one);
    ring.forget(one);
    expect([placesAfter(ring, one, 0), placesAfter(ring, two, 0), one.kept, ring.size]).toEqual([[], [6, 8], 0, 2]);
    for (let place = 10; place <= 14; place++) ring.add(event(place, one));
    expect([placesAfter(ring, one, 0), two.kept]).toEqual([[10, 11, 12, 13, 14], 0]);
  });

  test('loses what is taken out of it', () => {
    const ring = new ReplayRing(
      { replayEventsMax: 3, replayBytesMax: 1000, budget: new ReplayBudget(Infinity) },
      () => {},
    );
    const one = channel(1);
    const events = [1, 2, 3, 4, 5].map((place) => event(place, one));
    for (const kept of events) ring.add(kept);
    ring.remove(events[3]!);
    ring.remove(events[3]!);
    ring.remove(events[0]!);
    expect([placesAfter(ring, one, 0), one.kept]).toEqual([[3, 5], 2]);
  });
});

test('P16 the rings of a process keep a bounded number of bytes together, and give back what they kept', () => {
  const budget = new ReplayBudget(50);
  const limits = { replayEventsMax: 100, replayBytesMax: 1000, budget };
  const rings = [new ReplayRing(limits, () => {}), new ReplayRing(limits, () => {})];
  for (let place = 1; place <= 20; place++) {
    for (const ring of rings) ring.add({ place, channel: { number: 1, kept: 0 }, bytes: new Uint8Array(10) });
    expect(budget.usedBytes).toBeLessThanOrEqual(60);
  }
  expect(rings.map(({ size }) => size > 0)).toEqual([true, true]);
  for (const ring of rings) ring.clear();
  expect([budget.usedBytes, rings.map(({ size }) => size)]).toEqual([0, [0, 0]]);
});
