import { expect, test } from 'vitest';
import { forwarded, ownMessage } from '../../src/session/effects.ts';
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
