import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../src/runtime/checked-message.ts';
import { Ear, World, bytesOf } from '../properties/world.ts';

const refused = (code: string, message: string): Error =>
  expect.objectContaining({ name: 'LocalError', code, message: expect.stringContaining(message) }) as Error;

describe('a message', () => {
  const strangers: readonly unknown[] = [
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    undefined,
    {},
    [1],
    new DataView(new ArrayBuffer(2)),
  ];

  test.each(strangers)('that is no bytes is refused with what to do, and changes nothing: %j', (message) => {
    const world = new World();
    const pair = world.open({ server: new Ear() });
    const before = pair.session.snapshot();
    for (const peer of [pair.session.client, pair.session.server]) {
      expect(() => peer.receive(message as Uint8Array)).toThrow(
        refused('INVALID_MESSAGE', 'Encode text with TextEncoder'),
      );
    }
    expect(pair.session.snapshot()).toEqual(before);
  });

  test('of a connector that is no bytes is refused to the connector', () => {
    const world = new World();
    const pair = world.open();
    pair.shake();
    expect(() => pair.server.say('{}' as never)).toThrow(refused('INVALID_MESSAGE', 'not of type string'));
    pair.fromServer({ id: 1, method: 'ping' });
    expect(pair.client.heard).toHaveLength(1);
  });

  test('is bytes in whatever class and of whatever realm', () => {
    const foreign: unknown = runInNewContext('new Uint8Array([123, 125])');
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    for (const bytes of [bytesOf({}), Buffer.from('{}'), foreign]) expect(() => checkMessage(bytes)).not.toThrow();
  });
});
