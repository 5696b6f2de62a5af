import { describe, expect, test } from 'vitest';
import { defaultReadLimits } from '../../src/protocol/read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import type { RuntimeSession, Sender } from '../../src/runtime/api.ts';
import { belongsTo, refuseForeign } from '../../src/runtime/foreign.ts';
import { Ear, World, bytesOf } from '../properties/world.ts';
import { KeptLog } from './kept-log.ts';

const call = { id: 1, method: 'tools/call' };
const unknown = { code: 4040, data: { code: 'SESSION_NOT_FOUND', reason: 'unknown' } };

const strangers: readonly (readonly [string, Sender])[] = [
  ['another principal', { principal: 'bob', route: 'files' }],
  ['another route', { principal: 'ann', route: 'mail' }],
  ['no principal', { route: 'files' }],
  ['no route', { principal: 'ann' }],
  ['nobody', {}],
];
const owner: Sender = { principal: 'ann', route: 'files' };

/** A session of Ann's, with everything of it that a message could change. */
function annsSession() {
  const log = new KeptLog();
  const world = new World({ log });
  const server = new Ear();
  const { session, client } = world.open({ principal: 'ann', route: 'files', server });
  const seen = (): object => ({ snapshot: session.snapshot(), client: client.everything, server: server.everything });
  return { world, log, session, client, server, seen };
}

const said = (answer: Uint8Array | undefined): unknown =>
  answer === undefined ? undefined : JSON.parse(decodeText(answer));

describe('P20 S4 a message of somebody else', () => {
  test.each(strangers)('is refused as to no session, and changes nothing of it: %s', (_who, from) => {
    const { world, session, seen } = annsSession();
    const before = structuredClone(seen());
    const refused = session.client.receive(bytesOf(call), from);
    expect(refused?.refusal).toEqual({ code: 'SESSION_NOT_FOUND', data: { reason: 'unknown' } });
    expect(said(refused?.answer)).toMatchObject({ id: 1, error: unknown });
    expect(seen()).toEqual(before);
    expect(world.runtime.totals()).toMatchObject({ foreignMessages: 1, unplacedEvents: 0 });
  });

  test.each(['client', 'server'] as const)('is none when it comes from whom the %s is', (side) => {
    const { world, session, client, server } = annsSession();
    expect(session[side].receive(bytesOf(call), owner)).toBeUndefined();
    expect([client.heard.length, server.heard.length]).toEqual(side === 'client' ? [0, 1] : [1, 0]);
    expect(world.runtime.totals().foreignMessages).toBe(0);
  });

  test('is refused on the side of the server too', () => {
    const { session, seen } = annsSession();
    const before = structuredClone(seen());
    expect(said(session.server.receive(bytesOf(call), {})?.answer)).toMatchObject({ id: 1, error: unknown });
    expect(seen()).toEqual(before);
  });

  test('is logged with who sent it, and without its body; of a flood the first lines only', () => {
    const { world, log, session } = annsSession();
    for (let sent = 0; sent < 50; sent++)
      session.client.receive(bytesOf({ ...call, params: { secret: 1 } }), { principal: 'bob' });
    expect(log.lines).toHaveLength(20);
    expect(log.lines[0]).toMatchObject({
      level: 'warn',
      fields: { session: 's1', direction: 'client-to-server', principal: 'bob', route: undefined },
    });
    expect(JSON.stringify(log.lines)).not.toContain('secret');
    expect(world.runtime.totals().foreignMessages).toBe(50);
  });

  test('tells no stranger whether the session has ended', () => {
    const { session } = annsSession();
    const before = session.client.receive(bytesOf(call), { principal: 'bob' });
    session.close();
    expect(session.client.receive(bytesOf(call), { principal: 'bob' })).toEqual(before);
  });
});

describe('what a stranger is answered', () => {
  test.each<[string, string, object | undefined]>([
    ['a notification: nothing', '{"jsonrpc":"2.0","method":"x"}', undefined],
    ['a response: nothing', '{"jsonrpc":"2.0","id":1,"result":{}}', undefined],
    ['noise: under no id', 'Hello', { id: null, error: unknown }],
    ['a request: under its id, of its type', '{"jsonrpc":"2.0","id":"1","method":"x"}', { id: '1', error: unknown }],
    [
      'a batch: what of it asks',
      '[{"jsonrpc":"2.0","id":1,"method":"x"},{"jsonrpc":"2.0","method":"y"},{"jsonrpc":"2.0","id":2,"method":"z"}]',
      [
        { id: 1, error: unknown },
        { id: 2, error: unknown },
      ],
    ],
    ['a batch that asks nothing: nothing', '[{"jsonrpc":"2.0","method":"y"}]', undefined],
  ])('to %s', (_case, text, answer) => {
    const refused = refuseForeign(encodeText(text), defaultReadLimits);
    if (answer === undefined) expect(refused.answer).toBeUndefined();
    else expect(said(refused.answer)).toMatchObject(answer);
  });
});

describe('a session is found', () => {
  const find = (from?: Sender): RuntimeSession | undefined => {
    const { world } = annsSession();
    return world.runtime.session('s1', from);
  };

  test('by its id, for whom it was opened', () => {
    const { world, session, server } = annsSession();
    const found = world.runtime.session('s1', owner);
    expect(found?.id).toBe('s1');
    found?.client.receive(bytesOf(call));
    expect([server.heard.length, session.snapshot().pending.length]).toEqual([1, 1]);
  });

  test('for whom its own snapshot names', () => {
    const { world } = annsSession();
    for (const snapshot of world.runtime.sessions())
      expect(world.runtime.session(snapshot.id, snapshot)?.id).toBe('s1');
  });

  test('without asking for whom, when it was opened for nobody', () => {
    const world = new World();
    world.open();
    expect(world.runtime.session('s1')?.id).toBe('s1');
    expect(world.runtime.session('s1', { principal: 'ann' })).toBeUndefined();
  });

  test.each(strangers)('by no stranger: %s', (_who, from) => {
    expect(find(from)).toBeUndefined();
  });

  test('by nobody under an id that there is not, or after its end', () => {
    const { world, session } = annsSession();
    expect(world.runtime.session('s2', owner)).toBeUndefined();
    expect(world.runtime.session('__proto__', owner)).toBeUndefined();
    session.close();
    expect(world.runtime.session('s1', owner)).toBeUndefined();
  });
});

test('nobody and nowhere are senders too', () => {
  expect(belongsTo({ principal: undefined, route: undefined }, {})).toBe(true);
  expect(belongsTo({ principal: undefined, route: undefined }, { principal: '' })).toBe(false);
});
