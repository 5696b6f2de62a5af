import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BufferedBytes, bufferAlwaysBytes, unboundedBuffers } from '../../src/session/buffered-bytes.ts';
import { Intake } from '../../src/transports/http-intake.ts';

const limits = { bufferPauseBytes: 100, bufferBytesMax: 300, buffers: unboundedBuffers() };

function intake() {
  const done: string[] = [];
  return { intake: new Intake(limits), done, act: (name: string) => () => void done.push(name) };
}

describe('bodies', () => {
  test('are read at once up to a bound, and one alone whatever its size', () => {
    const { intake: one, done, act } = intake();
    one.read(500, act('large'));
    one.read(10, act('small'));
    expect(done).toEqual(['large']);
    one.readOver(500);
    one.read(80, act('next'));
    one.read(20, act('too much'));
    expect(done).toEqual(['large', 'small', 'next']);
    one.readOver(10);
    expect(done).toEqual(['large', 'small', 'next', 'too much']);
  });

  test('P16 are not read while the server does not keep up, and wait within a bound when they were', () => {
    const { intake: one, done, act } = intake();
    one.read(50, act('read'));
    one.pause(true);
    one.read(50, act('unread'));
    expect([one.feed(200, act('fed 1')), one.feed(100, act('fed 2')), one.feed(1, act('fed 3'))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(done).toEqual(['read']);
    one.readOver(50);
    one.pause(false);
    expect(done).toEqual(['read', 'fed 1', 'fed 2', 'unread']);
  });

  test('go on one after the other, until the server falls behind again', () => {
    const { intake: one, done, act } = intake();
    one.pause(true);
    for (const name of ['a', 'b', 'c']) {
      one.feed(10, () => {
        act(name)();
        if (name === 'b') one.pause(true);
      });
    }
    one.pause(false);
    expect([done, one.isOpen]).toEqual([['a', 'b'], false]);
    one.pause(false);
    expect([done, one.isOpen]).toEqual([['a', 'b', 'c'], true]);
  });

  test('of a session that is over are all let go', () => {
    const { intake: one, done, act } = intake();
    one.pause(true);
    one.feed(10, act('fed'));
    one.read(500, act('read 1'));
    one.read(500, act('read 2'));
    one.close();
    expect(done).toEqual(['fed', 'read 1', 'read 2']);
  });
});

test('every body is read and handed on once, in its order, whatever the server does meanwhile', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('post'), bytes: fc.nat(150) }),
      fc.record({ kind: fc.constantFrom('pause', 'resume', 'arrives') }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      const one = new Intake({ ...limits, bufferBytesMax: Infinity });
      const [reading, read, fed]: [{ number: number; bytes: number }[], number[], number[]] = [[], [], []];
      let posts = 0;
      const arrives = (): void => {
        const body = reading.shift();
        if (body === undefined) return;
        one.feed(body.bytes, () => fed.push(body.number));
        one.readOver(body.bytes);
      };
      for (const step of sequence) {
        if (step.kind === 'post' && 'bytes' in step) {
          const number = (posts += 1);
          const { bytes } = step;
          one.read(bytes, () => {
            read.push(number);
            reading.push({ number, bytes });
          });
        } else if (step.kind === 'arrives') arrives();
        else one.pause(step.kind === 'pause');
      }
      one.pause(false);
      while (reading.length > 0) arrives();
      const all = Array.from({ length: posts }, (_, index) => index + 1);
      expect([read, fed]).toEqual([all, all]);
    }),
    { numRuns: 300 },
  );
});

test('bodies of all sessions together that wait find no room above a limit, and are gone with their sessions', () => {
  const buffers = new BufferedBytes(2 * bufferAlwaysBytes);
  const [one, other] = [1, 2].map(() => new Intake({ ...limits, bufferBytesMax: Infinity, buffers })) as [
    Intake,
    Intake,
  ];
  for (const each of [one, other]) each.pause(true);
  const feed = (each: Intake): boolean => each.feed(bufferAlwaysBytes, () => {});
  expect([feed(one), feed(one), feed(one), feed(other), feed(other)]).toEqual([true, true, false, true, false]);
  other.close();
  expect(buffers.bytes).toBe(2 * bufferAlwaysBytes);
  one.pause(false);
  expect(buffers.bytes).toBe(0);
});
