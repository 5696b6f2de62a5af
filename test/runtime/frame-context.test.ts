import { expect, test } from 'vitest';
import { FrameContext } from '../../src/runtime/frame-context.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { frameOf, openSession } from '../session/fixtures.ts';

const { record } = openSession({ id: 'here', principal: 'ann' });
const call = frameOf({ id: 1, method: 'tools/call', params: { name: 'echo' } });

function contextOf(frame = call): FrameContext {
  return new FrameContext(
    { record, direction: 'client-to-server', frameId: 4, via: undefined, clock: new VirtualClock() },
    frame,
  );
}

test('a frame is shown with what its session is, and with the name of what it is about', () => {
  const { kind, method, name, bytes, direction, frameId, sessionId, metadata } = contextOf();
  expect({ kind, method, name, bytes, direction, frameId, sessionId }).toEqual({
    kind: 'request',
    method: 'tools/call',
    name: 'echo',
    bytes: call.bytes.length,
    direction: 'client-to-server',
    frameId: 4,
    sessionId: 'here',
  });
  expect(metadata).toHaveProperty('session_state');
});

test('its message is parsed once, when it is first read, and its name needs no parsing', () => {
  const context = contextOf();
  expect([context.name, context.readMessage]).toEqual(['echo', undefined]);
  expect(context.message).toBe(context.message);
  expect(context.readMessage).toMatchObject({ params: { name: 'echo' } });
});

test('a frame about nothing that has a name has none, and without an exchange there are no headers and no claims', () => {
  const context = contextOf(frameOf({ id: 1, method: 'tools/list' }));
  expect([context.name, context.header('x'), context.claims]).toEqual(['', undefined, {}]);
});
