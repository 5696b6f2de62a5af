import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Departing, type DepartureKind, Departures } from '../../src/transports/http-order.ts';

/** A queue, and what has left it in order. */
function queue(limits = { callsMax: 2, callBytesMax: 100 }) {
  const departures = new Departures<Departing>(limits);
  const left: string[] = [];
  let added = 0;
  const add = (name: string, departs: DepartureKind, bytes = 10): Departing => {
    const message = { number: ++added, bytes, departs, leave: () => void left.push(name) };
    departures.add(message);
    return message;
  };
  return { departures, left, add };
}

describe('messages over connections of their own', () => {
  test('leave at once when nothing is before them, and calls do not wait for calls', () => {
    const { left, add } = queue();
    add('call 1', 'call');
    add('call 2', 'call');
    add('note', 'notification');
    expect(left).toEqual(['call 1', 'call 2', 'note']);
  });

  test('wait for the notes that were written before them, and notes for one another', () => {
    const { departures, left, add } = queue();
    const first = add('note 1', 'notification');
    const second = add('answer', 'answer');
    add('call', 'call');
    expect(left).toEqual(['note 1']);
    departures.arrived(first);
    expect(left).toEqual(['note 1', 'answer']);
    departures.arrived(second);
    expect(left).toEqual(['note 1', 'answer', 'call']);
  });

  test('do not wait for notes that were written after them', () => {
    const { departures, left, add } = queue({ callsMax: 1, callBytesMax: 100 });
    const first = add('call 1', 'call');
    add('call 2', 'call');
    add('note', 'notification');
    departures.arrived(first);
    expect(left).toEqual(['call 1', 'note', 'call 2']);
  });

  test('wait for the beginning of the session, except for what may be part of it', () => {
    const { departures, left, add } = queue();
    const hello = add('hello', 'handshake');
    add('call', 'call');
    add('answer', 'answer');
    add('note', 'notification');
    expect(left).toEqual(['hello', 'answer']);
    departures.arrived(hello);
    expect(left).toEqual(['hello', 'answer', 'call']);
  });

  test('that are notes wait for the beginning of the session, too', () => {
    const { departures, left, add } = queue();
    const hello = add('hello', 'handshake');
    add('note', 'notification');
    expect(left).toEqual(['hello']);
    departures.arrived(hello);
    expect(left).toEqual(['hello', 'note']);
  });

  test('wait where so many or so much is on its way, but one always leaves, and streams take no room', () => {
    const { departures, left, add } = queue();
    const large = add('large', 'call', 1000);
    add('small', 'call');
    add('stream', 'stream');
    expect(left).toEqual(['large']);
    expect(departures.waitingBytes).toBe(20);
    departures.arrived(large);
    expect(left).toEqual(['large', 'small', 'stream']);
    add('second', 'call');
    add('third', 'call');
    expect(left).toEqual(['large', 'small', 'stream', 'second']);
    expect([departures.waiting, departures.waitingBytes]).toEqual([1, 10]);
  });

  test('can be taken back until they have left', () => {
    const { departures, left, add } = queue();
    const note = add('note', 'notification');
    const other = add('other', 'notification');
    const call = add('call', 'call');
    expect(departures.withdraw(note)).toBe(false);
    expect([departures.withdraw(other), departures.withdraw(call)]).toEqual([true, true]);
    departures.arrived(note);
    expect(left).toEqual(['note']);
    expect(departures.waitingBytes).toBe(0);
  });

  test('are held up by a note that nobody takes only until it is passed', () => {
    const { departures, left, add } = queue();
    const note = add('note', 'notification');
    expect(departures.isHeldUp).toBe(false);
    add('call', 'call');
    expect(departures.isHeldUp).toBe(true);
    departures.passNote();
    expect(left).toEqual(['note', 'call']);
    add('next', 'notification');
    departures.arrived(note);
    expect(departures.isHeldUp).toBe(false);
    add('last', 'notification');
    expect(left).toEqual(['note', 'call', 'next']);
  });

  test('are given back in their order when nothing leaves any more', () => {
    const { departures, add } = queue({ callsMax: 1, callBytesMax: 100 });
    add('call 1', 'call');
    const waiting = [add('call 2', 'call')];
    add('note 1', 'notification');
    waiting.push(add('note 2', 'notification'), add('call 3', 'call'));
    expect(departures.takeAll()).toEqual(waiting);
    expect([departures.waiting, departures.waitingBytes]).toEqual([0, 0]);
  });

  test('that are calls can be dropped, and then only notes leave', () => {
    const { departures, left, add } = queue();
    const note = add('note 1', 'notification');
    add('call', 'call');
    const last = add('note 2', 'notification');
    departures.dropCalls();
    expect([departures.waiting, departures.waitingBytes]).toEqual([1, 10]);
    departures.arrived(note);
    departures.arrived(last);
    expect(left).toEqual(['note 1', 'note 2']);
  });

  test('leave all in the end, each once, notes in their order and never behind a note that came later', () => {
    const kind = fc.constantFrom<DepartureKind>('call', 'call', 'notification', 'answer', 'stream');
    fc.assert(
      fc.property(fc.array(kind, { maxLength: 30 }), fc.infiniteStream(fc.nat(100)), (kinds, choices) => {
        const departures = new Departures<Departing>({ callsMax: 3, callBytesMax: 25 });
        const left: number[] = [];
        const onTheirWay: Departing[] = [];
        const notesTaken = new Set<number>();
        const numbers = new Map<Departing, number>();
        const isNote = (number: number): boolean => kinds[number] === 'notification' || kinds[number] === 'answer';
        kinds.forEach((departs, number) => {
          const message: Departing = {
            number,
            bytes: 10,
            departs,
            leave: () => {
              const before = kinds.slice(0, number).flatMap((_kind, other) => (isNote(other) ? [other] : []));
              expect(before.filter((other) => !notesTaken.has(other))).toEqual([]);
              left.push(number);
              onTheirWay.push(message);
            },
          };
          numbers.set(message, number);
          departures.add(message);
        });
        while (onTheirWay.length > 0) {
          const place = (choices.next().value as number) % onTheirWay.length;
          const [message] = onTheirWay.splice(place, 1);
          notesTaken.add(numbers.get(message!)!);
          departures.arrived(message!);
        }
        expect(left.toSorted((one, other) => one - other)).toEqual(kinds.map((_kind, number) => number));
      }),
    );
  });
});
