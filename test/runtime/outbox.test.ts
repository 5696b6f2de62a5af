import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeerLink } from '../../src/ports.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { Outbox } from '../../src/runtime/outbox.ts';
import { newEntry } from '../../src/session/admission.ts';
import { BufferedBytes, bufferAlwaysBytes, unboundedBuffers } from '../../src/session/buffered-bytes.ts';
import type { PendingEntry } from '../../src/session/pending.ts';
import { cancelling, openSession, request, sending } from '../session/fixtures.ts';

const { record } = openSession();
/** A request, of which the box only wants to know that it is this one. */
const pendingEntry = (): PendingEntry => newEntry(record, request(1, 'tools/call'), 'open');

/** A peer that takes as many messages as it is told to, and says so as a link does. */
class Reader implements PeerLink {
  readonly read: string[] = [];
  readonly closedFor: string[] = [];
  appetite = Infinity;
  isBroken = false;

  write(message: readonly Uint8Array[]): boolean {
    if (this.isBroken) throw new Error('EPIPE');
    this.read.push(message.map((part) => decodeText(part)).join(''));
    this.appetite--;
    return this.appetite > 0;
  }
  pause(): void {}
  close(reason: string): void {
    this.closedFor.push(reason);
  }
}

interface Fixture {
  readonly box: Outbox;
  readonly reader: Reader;
  readonly pressure: boolean[];
  readonly unwritten: PendingEntry[];
  /** What the link threw when it was closed. */
  readonly thrown: unknown[];
  /** The reader reads so many messages and is full again. */
  readonly read: (messages: number) => void;
  readonly say: (text: string, entry?: PendingEntry) => string;
  readonly urge: (text: string) => string;
}

interface AttachedOptions {
  readonly pauseBytes?: number;
  readonly bytesMax?: number;
  readonly appetite?: number;
  readonly buffers?: BufferedBytes;
}

function attached(options: AttachedOptions = {}): Fixture {
  const { pauseBytes = 1000, bytesMax = 2000, appetite = Infinity, buffers = unboundedBuffers() } = options;
  const pressure: boolean[] = [];
  const unwritten: PendingEntry[] = [];
  const thrown: unknown[] = [];
  const box = new Outbox({
    pauseBytes,
    bytesMax,
    buffers,
    onPressure: (isFull) => pressure.push(isFull),
    onUnwritten: (entry) => unwritten.push(entry),
    onThrown: (error) => thrown.push(error),
  });
  const reader = new Reader();
  reader.appetite = appetite;
  box.attach(reader);
  return {
    box,
    reader,
    pressure,
    unwritten,
    thrown,
    read: (messages) => {
      reader.appetite = messages;
      box.drained();
    },
    say: (text, entry) => box.push(sending(entry, [encodeText(text)])),
    urge: (text) => box.push(cancelling(pendingEntry(), [encodeText(text)])),
  };
}

/** Bytes in use, of buffers too, after everything that nobody holds is gone. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed: objects, arrayBuffers } = process.memoryUsage();
  return objects + arrayBuffers;
}

/** A message that waits in the box, and that nobody else holds. */
function waitingMessage(box: Outbox): WeakRef<object> {
  const message = [new Uint8Array(100)];
  box.push(sending(undefined, message));
  return new WeakRef(message);
}

/** What nobody holds is gone after a few collections. */
async function collected(object: WeakRef<object>): Promise<void> {
  for (let times = 0; times < 20 && object.deref() !== undefined; times++) {
    // An object that was looked at is held for the rest of the turn.
    await nextTurn();
    heapUsed();
  }
  expect(object.deref()).toBeUndefined();
}

describe('a box whose peer reads', () => {
  test('keeps nothing: messages pass straight through', () => {
    const { box, reader, say } = attached();
    expect([say('a'), say('b'), box.bytes]).toEqual(['accepted', 'accepted', 0]);
    expect(reader.read).toEqual(['a', 'b']);
  });

  test('takes a message in slices as one', () => {
    const { box, reader } = attached();
    box.push(sending(undefined, [encodeText('{"id":'), encodeText('7'), encodeText('}')]));
    expect(reader.read).toEqual(['{"id":7}']);
  });
});

test('a message that is a value goes as one to a link that takes values, and waits as its bytes', () => {
  const { box, reader } = attached({ appetite: 1 });
  const values: object[] = [];
  const about = { ...sending(undefined, [encodeText('{"id":7}')]), value: { id: 7 } };
  box.push(about);
  expect([box.push(about), box.bytes]).toEqual(['accepted', 8]);
  Object.assign(reader, { writeValue: (value: object): boolean => values.push(value) > 0 });
  box.drained();
  expect([reader.read, values, box.bytes]).toEqual([['{"id":7}'], [{ id: 7 }], 0]);
});

describe('a box whose peer is slow', () => {
  test('keeps what comes, and gives it away in order when the peer reads on', () => {
    const { box, reader, say, read } = attached({ appetite: 1 });
    for (const text of ['a', 'bb', 'ccc']) say(text);
    expect([reader.read, box.bytes]).toEqual([['a'], 5]);
    read(1);
    expect([reader.read, box.bytes]).toEqual([['a', 'bb'], 3]);
    say('d');
    read(Infinity);
    expect([reader.read, box.bytes]).toEqual([['a', 'bb', 'ccc', 'd'], 0]);
  });

  test('P10 lets a cancellation overtake what waits', () => {
    const { reader, say, urge, read } = attached({ appetite: 1 });
    for (const text of ['a', 'b']) say(text);
    urge('cancel a');
    urge('cancel x');
    read(Infinity);
    expect(reader.read).toEqual(['a', 'cancel a', 'cancel x', 'b']);
  });

  test('P10 takes back a request that has not left, and only that', () => {
    const { box, reader, say, read } = attached({ appetite: 1 });
    const [left, waits, stranger] = [pendingEntry(), pendingEntry(), pendingEntry()];
    say('left', left);
    say('waits', waits);
    say('other');
    expect([left, waits, waits, stranger].map((entry) => box.recall(entry))).toEqual([false, true, false, false]);
    expect(box.bytes).toBe('other'.length);
    read(Infinity);
    expect(reader.read).toEqual(['left', 'other']);
  });

  test('P16 what was asked and taken back again and again does not pile up', () => {
    const { box, reader, say, read } = attached({ appetite: 1 });
    say('first');
    say('stays');
    const baseline = heapUsed();
    for (let times = 0; times < 40_000; times++) {
      const entry = pendingEntry();
      box.push(sending(entry, [new Uint8Array(1500)]));
      box.recall(entry);
    }
    expect(box.bytes).toBe('stays'.length);
    // Of 60 MB; array buffers are given back a while after the collection.
    expect(heapUsed() - baseline).toBeLessThan(20_000_000);
    read(Infinity);
    expect(reader.read).toEqual(['first', 'stays']);
  });

  test('P16 what has left is not kept alive by its place, however long others wait behind it', async () => {
    const { box, say, read } = attached({ appetite: 1 });
    say('first');
    const left = waitingMessage(box);
    say('stays');
    read(1);
    expect(box.bytes).toBe('stays'.length);
    await collected(left);
  });

  test('F11 asks for a pause at its threshold, and for more when half of it is gone', () => {
    const { box, pressure, say, read } = attached({ pauseBytes: 10, appetite: 1 });
    say('written at once');
    say('12345');
    expect(pressure).toEqual([]);
    say('67890');
    expect(pressure).toEqual([true]);
    say('1');
    expect(pressure).toEqual([true]);
    read(1);
    expect([pressure, box.bytes]).toEqual([[true], 6]);
    read(1);
    expect([pressure, box.bytes]).toEqual([[true, false], 1]);
  });

  test('F11 taking back relieves the pressure as well', () => {
    const { box, pressure, say } = attached({ pauseBytes: 10, appetite: 1 });
    const entry = pendingEntry();
    say('out');
    say('1234567890', entry);
    box.recall(entry);
    expect(pressure).toEqual([true, false]);
  });

  test('P16 refuses what would not fit under its cap, and takes what does', () => {
    const { box, say, urge } = attached({ bytesMax: 10, appetite: 1 });
    say('out');
    expect([say('123456'), say('12345'), say('1234'), urge('1')]).toEqual(['accepted', 'full', 'accepted', 'full']);
    expect(box.bytes).toBe(10);
  });
});

describe('a box whose peer is not there', () => {
  test('says so', () => {
    const { box, say } = attached();
    box.detach();
    expect([say('a'), box.bytes]).toEqual(['closed', 0]);
  });

  test('has forgotten what waited, and serves the next peer afresh', () => {
    const { box, pressure, say } = attached({ pauseBytes: 3, appetite: 1 });
    const entry = pendingEntry();
    say('out');
    say('waits', entry);
    box.detach();
    expect([box.bytes, pressure, box.recall(entry)]).toEqual([0, [true, false], false]);
    const next = new Reader();
    box.attach(next);
    say('hello');
    expect(next.read).toEqual(['hello']);
  });

  test('a peer that throws counts as gone: nothing was accepted, and a request that waited is reported', () => {
    const { box, reader, unwritten, say, read } = attached({ appetite: 1 });
    const entry = pendingEntry();
    say('out');
    say('note');
    say('waits', entry);
    reader.isBroken = true;
    read(Infinity);
    expect([unwritten, box.bytes]).toEqual([[entry], 0]);
    expect(say('late')).toBe('closed');
  });
});

describe('the end of a box', () => {
  test('closes at once when nothing waits, and once', () => {
    const { box, reader, say } = attached();
    box.finish('done');
    box.finish('again');
    box.abandon('at last');
    expect([reader.closedFor, say('late')]).toEqual([['done'], 'closed']);
  });

  test('waits for a slow reader', () => {
    const { box, reader, say, read } = attached({ appetite: 1 });
    say('a');
    say('b');
    box.finish('done');
    expect(reader.closedFor).toEqual([]);
    read(1);
    expect([reader.read, reader.closedFor]).toEqual([['a', 'b'], ['done']]);
  });

  test('is the end of one peer: whoever is attached afterwards is not closed for it', () => {
    const { box, reader, say, read } = attached({ appetite: 1 });
    say('a');
    say('b');
    box.finish('done');
    box.detach();
    const next = new Reader();
    box.attach(next);
    expect([say('hello'), next.read, next.closedFor]).toEqual(['accepted', ['hello'], []]);
    read(Infinity);
    expect([reader.closedFor, next.closedFor]).toEqual([[], []]);
  });

  test('does not wait when it is abandoned', () => {
    const { box, reader, say, read } = attached({ appetite: 1 });
    say('a');
    say('b');
    box.finish('done');
    box.abandon('too slow');
    read(Infinity);
    expect([reader.read, reader.closedFor, box.bytes]).toEqual([['a'], ['too slow'], 0]);
  });
});

describe('a link that throws when it is closed', () => {
  test.each(['finish', 'abandon'] as const)('is told of, and has had its %s', (way) => {
    const { box, reader, thrown, say } = attached();
    reader.close = () => {
      throw new Error('EBADF');
    };
    box[way]('over');
    expect([thrown, say('late')]).toEqual([[new Error('EBADF')], 'closed']);
  });
});

describe('what happens after writing', () => {
  test('happens at once when nothing waits', () => {
    const { box, reader } = attached();
    box.afterWriting(() => reader.read.push('(end of input)'));
    expect(reader.read).toEqual(['(end of input)']);
  });

  test('happens after what waits, once', () => {
    const { box, reader, say, read } = attached({ appetite: 1 });
    say('a');
    say('b');
    box.afterWriting(() => reader.read.push('(end of input)'));
    read(1);
    read(1);
    expect(reader.read).toEqual(['a', 'b', '(end of input)']);
  });

  test('never happens when the peer goes away before', () => {
    const { box, reader, say } = attached({ appetite: 1 });
    say('a');
    say('b');
    box.afterWriting(() => reader.read.push('(end of input)'));
    box.detach();
    box.attach(reader);
    expect(reader.read).toEqual(['a']);
  });
});

test('whatever is said, taken back and read, the box agrees with a plain list', () => {
  type Step = { readonly do: 'say' | 'urge' | 'take back' | 'read'; readonly size: number };
  const step: fc.Arbitrary<Step> = fc.record({
    do: fc.constantFrom('say', 'say', 'urge', 'take back', 'read'),
    size: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const pauseBytes = 60;
      const { box, reader, pressure, say, urge, read } = attached({ pauseBytes, bytesMax: 150, appetite: 1 });
      const read0 = 'read at once';
      say(read0);
      const expected: string[] = [read0];
      let waits: { text: string; entry: PendingEntry | undefined; isUrgent: boolean }[] = [];
      const bytes = (): number => waits.reduce((sum, { text }) => sum + text.length, 0);
      let isPressed = false;
      const pressures: boolean[] = [];
      const press = (): void => {
        const isFull = isPressed ? bytes() > pauseBytes / 2 : bytes() >= pauseBytes;
        if (isFull !== isPressed) pressures.push(isFull);
        isPressed = isFull;
      };
      const peer = { appetite: 0, isWritable: false };
      const write = (text: string): void => {
        expected.push(text);
        peer.isWritable = --peer.appetite > 0;
      };
      steps.forEach(({ do: what, size }, number) => {
        const text = `${number}:`.padEnd(size, '.');
        if (what === 'read') {
          peer.appetite = size % 4;
          peer.isWritable = true;
          read(peer.appetite);
          while (peer.isWritable) {
            const next = waits.find(({ isUrgent }) => isUrgent) ?? waits[0];
            if (next === undefined) break;
            waits = waits.filter((one) => one !== next);
            write(next.text);
          }
        } else if (what === 'take back') {
          const target = waits.filter(({ entry }) => entry !== undefined)[size % 3];
          if (target === undefined) return;
          expect(box.recall(target.entry!)).toBe(true);
          waits = waits.filter((one) => one !== target);
        } else {
          const entry = what === 'say' ? pendingEntry() : undefined;
          const result = what === 'say' ? say(text, entry) : urge(text);
          if (peer.isWritable && bytes() === 0) write(text);
          else if (bytes() + text.length > 150) expect(result).toBe('full');
          else waits.push({ text, entry, isUrgent: what === 'urge' });
        }
        press();
        expect({ read: reader.read, bytes: box.bytes, pressure }).toEqual({
          read: expected,
          bytes: bytes(),
          pressure: pressures,
        });
      });
    }),
    { numRuns: 200 },
  );
});

describe('what waits in several boxes together', () => {
  const large = 'x'.repeat(bufferAlwaysBytes);
  /** A box whose reader takes nothing more. */
  const blocked = (buffers: BufferedBytes): Fixture => {
    const made = attached({
      pauseBytes: 2 * bufferAlwaysBytes,
      bytesMax: 20 * bufferAlwaysBytes,
      appetite: 1,
      buffers,
    });
    made.say('taken');
    return made;
  };

  test('has a limit, above which a message finds no room in a box that holds much', () => {
    const buffers = new BufferedBytes(3 * bufferAlwaysBytes);
    const [one, other] = [blocked(buffers), blocked(buffers)];
    expect([1, 2, 3, 4].map(() => one.say(large))).toEqual(['accepted', 'accepted', 'accepted', 'full']);
    expect(buffers.bytes).toBe(3 * bufferAlwaysBytes);
    // A box that holds little goes on beside it.
    expect([other.say('x'), other.say('x'), other.say(large)]).toEqual(['accepted', 'accepted', 'full']);
  });

  test('slows down whoever fills a box sooner, from half of it on, and until that box holds little', () => {
    const buffers = new BufferedBytes(4 * bufferAlwaysBytes);
    const [one, other] = [blocked(buffers), blocked(buffers)];
    for (let count = 0; count < 3; count++) one.say(large);
    other.say(large);
    expect([one.pressure, other.pressure]).toEqual([[true], [true]]);
    other.read(1);
    expect(other.pressure).toEqual([true, false]);
  });

  test('is nothing any more when all of it was taken, taken back or dropped', () => {
    const buffers = new BufferedBytes(Infinity);
    const boxes = [1, 2, 3].map(() => blocked(buffers));
    const entry = pendingEntry();
    for (const { say } of boxes) for (const one of [undefined, undefined, entry]) say('12345', one);
    expect(buffers.bytes).toBeGreaterThan(0);
    for (const { box } of boxes) box.recall(entry);
    boxes[0]!.read(10);
    boxes[1]!.box.detach();
    boxes[2]!.box.abandon('over');
    expect(buffers.bytes).toBe(0);
  });
});
