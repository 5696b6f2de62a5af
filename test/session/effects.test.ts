import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/protocol/envelope.ts';
import { calledOff, forwarded, ownMessage } from '../../src/session/effects.ts';
import { entryOf, frameOf, fromClient, fromServer } from './fixtures.ts';

test('a message that leaves has one shape, whoever wrote it', () => {
  const frame = frameOf({ id: 1, method: 'ping' });
  const entry = entryOf(1);
  const passed = forwarded(fromClient, [frame.bytes], frame, entry, undefined, 0);
  const own = ownMessage(fromServer, frame.bytes, 'response', undefined, 504);
  expect([passed.kind, passed.entry, passed.frame]).toEqual(['request', entry, frame]);
  expect([own.kind, own.entry, own.frame, own.status]).toEqual(['response', undefined, undefined, 504]);
  expect(Object.keys(own)).toEqual(Object.keys(passed));
});

describe('a message that is a value', () => {
  const { bytes, envelope } = frameOf({ id: 1, method: 'ping' });
  let reads = 0;
  const frame: Frame = {
    envelope,
    value: { id: 1 },
    get bytes() {
      reads += 1;
      return bytes;
    },
  };

  test('goes on as it came without being written', () => {
    const passed = forwarded(fromClient, undefined, frame, entryOf(1), undefined, 0);
    const called = calledOff(entryOf(1), undefined, frame);
    expect([passed.value, called.value, reads]).toEqual([frame.value, frame.value, 0]);
    expect([passed.message, called.message, reads]).toEqual([[bytes], [bytes], 2]);
  });

  test('is a value no more when it goes on in other words', () => {
    const passed = forwarded(fromClient, [new Uint8Array(1)], frame, entryOf(1), undefined, 0);
    const called = calledOff(entryOf(1), [new Uint8Array(1)], frame);
    expect([passed.value, called.value, passed.frame, called.frame]).toEqual([undefined, undefined, frame, frame]);
  });
});
