import { describe, expect, test } from 'vitest';
import type { Steps } from '../../src/transports/shared-ask.ts';
import { SharedHandshake } from '../../src/transports/shared-handshake.ts';
import { askOf, frameOf, inShort, memberOf } from './shared-asks.ts';
import { textOf } from './shared-world.ts';

const [alice, bob, carol] = [memberOf(1), memberOf(2), memberOf(3)];
const hello = (member: typeof alice, id: number, version: string, isOwn = false) =>
  askOf(member, id, 'initialize', { protocolVersion: version }, isOwn);
const welcome = (id: number) => frameOf({ id, result: { protocolVersion: 'x', _meta: { id } } });
const refusal = (id: number) => frameOf({ id, error: { code: 1, message: 'no' } });
/** What goes to the server, word by word. */
const words = ({ sends = [] }: Steps): unknown[] => sends.map(({ message }) => JSON.parse(textOf(message)) as unknown);

describe('of several handshakes', () => {
  test('the first one goes through; the others wait for its answer, and get it under ids of their own', () => {
    const handshake = new SharedHandshake({ request: undefined });
    expect(inShort(handshake.ask(hello(alice, 1, 'a'))).sends).toEqual([1]);
    expect(inShort(handshake.ask(hello(bob, 2, 'b')))).toEqual({ answers: [], sends: [], unsubscribes: [] });
    expect([handshake.isAsking(1), handshake.isAsking(2), handshake.isAsking(undefined)]).toEqual([true, false, false]);
    const { answers = [] } = handshake.answered(welcome(1));
    expect(answers.map(({ member, message }) => [member.number, textOf([message])])).toEqual([
      [2, '{"jsonrpc":"2.0","id":2,"result":{"protocolVersion":"x","_meta":{"id":1}}}'],
    ]);
    expect(inShort(handshake.ask(hello(carol, 3, 'c')))).toMatchObject({ answers: [3], sends: [] });
  });

  test('the next one goes through when the first was refused', () => {
    const handshake = new SharedHandshake({ request: undefined });
    for (const [id, member] of [alice, bob, carol].entries()) handshake.ask(hello(member, id, 'v'));
    expect(inShort(handshake.answered(refusal(0)))).toMatchObject({ answers: [], sends: [1] });
    expect(inShort(handshake.answered(welcome(1)))).toMatchObject({ answers: [2], sends: [] });
  });

  test('those of members that left are not answered, except by the server', () => {
    const handshake = new SharedHandshake({ request: undefined });
    for (const [id, member] of [alice, bob, carol].entries()) handshake.ask(hello(member, id, 'v'));
    handshake.left(bob);
    handshake.left(alice);
    expect(handshake.isAsking(0)).toBe(true);
    expect(inShort(handshake.answered(welcome(0)))).toMatchObject({ answers: [2], sends: [] });
  });

  test('the server is told once that it is complete', () => {
    const handshake = new SharedHandshake({ request: undefined });
    expect([handshake.completes(), handshake.completes()]).toEqual([true, false]);
  });
});

describe('with a server that came back', () => {
  const memory = (): { request: ReturnType<typeof welcome> | undefined } => ({ request: undefined });

  test('a session that repeats its handshake asks what the server was asked before, whoever comes first', () => {
    const kept = memory();
    const before = new SharedHandshake(kept);
    before.ask(hello(alice, 1, 'a'));
    before.answered(welcome(1));
    const after = new SharedHandshake(kept);
    const params = { protocolVersion: 'a' };
    expect(words(after.ask(hello(bob, 2, 'b', true)))).toEqual([
      { jsonrpc: '2.0', id: 2, method: 'initialize', params },
    ]);
    expect(inShort(after.answered(welcome(2)))).toMatchObject({ sends: [] });
    expect(words(new SharedHandshake(kept).ask(hello(alice, 3, 'z', true)))).toMatchObject([{ id: 3, params }]);
  });

  test('a new client asks in its own words, and these are what is remembered from then on', () => {
    const kept = memory();
    const before = new SharedHandshake(kept);
    before.ask(hello(alice, 1, 'a'));
    before.answered(welcome(1));
    const after = new SharedHandshake(kept);
    const params = { protocolVersion: 'c' };
    expect(words(after.ask(hello(carol, 2, 'c')))).toMatchObject([{ params }]);
    after.answered(welcome(2));
    expect(words(new SharedHandshake(kept).ask(hello(bob, 3, 'b', true)))).toMatchObject([{ params }]);
  });

  test('what the server refuses is not asked again', () => {
    const kept = memory();
    const before = new SharedHandshake(kept);
    before.ask(hello(alice, 1, 'a'));
    before.answered(welcome(1));
    const after = new SharedHandshake(kept);
    after.ask(hello(bob, 2, 'b', true));
    after.ask(hello(carol, 3, 'c', true));
    expect(words(after.answered(refusal(2)))).toMatchObject([{ id: 3, params: { protocolVersion: 'c' } }]);
  });
});
