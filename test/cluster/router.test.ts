/** A frame reaches whoever has its key, wherever that is now, and runs at most once. */
import { describe, expect, test } from 'vitest';
import type { EngineState } from '../../src/cluster/engine.ts';
import { writeRecord } from '../../src/cluster/records.ts';
import { type SendResult, notExecuted } from '../../src/cluster/send-result.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { Stage, settings, settled } from './stage.ts';

const { selfMs, takeMs } = settings.times;
const options = { deadlineMs: 10_000 };

const text = (result: SendResult): string =>
  result.ok ? decodeText(result.bytes) : `${result.code} ${result.executed}`;

async function cluster(...names: readonly string[]) {
  const stage = new Stage();
  const nodes = [];
  for (const name of names) nodes.push(await stage.node(name));
  await stage.pass(100);
  return { stage, nodes };
}

/** Sends, and lets time pass until there is a result. */
async function sent(stage: Stage, sending: Promise<SendResult>, mostMs = 20_000): Promise<string> {
  const results: SendResult[] = [];
  void sending.then((result) => results.push(result));
  await settled();
  for (let passed = 0; results.length === 0 && passed < mostMs; passed += 50) await stage.pass(50);
  return results.map(text).join();
}

describe('a frame', () => {
  test('for a key of this node does not leave it', async () => {
    const { stage, nodes } = await cluster('a');
    const [{ node }] = nodes as [(typeof nodes)[0]];
    await node.directory.claim('s:1');
    stage.hub.mailboxes.clear();
    expect(await sent(stage, node.router.send('s:1', encodeText('hello'), options))).toBe('hello of s:1');
  });

  test('for a key of another node is answered by that one, with its parts in order', async () => {
    const { stage, nodes } = await cluster('a', 'b');
    const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    await b.node.directory.claim('s:1');
    b.host.last.holds = true;
    const parts: string[] = [];
    const sending = a.node.router.send('s:1', encodeText('hello'), {
      ...options,
      onPart: (part) => void parts.push(decodeText(part)),
    });
    await settled();
    for (const part of ['1', '2', '3']) await b.host.last.answer!.write(encodeText(part));
    b.host.last.held.shift()!();
    expect(await sent(stage, sending)).toBe('hello of s:1');
    expect(parts).toEqual(['1', '2', '3']);
  });

  test('for a key that nobody has is told so', async () => {
    const { stage, nodes } = await cluster('a');
    expect(await sent(stage, nodes[0]!.node.router.send('s:1', encodeText('hello'), options))).toBe('KEY_UNKNOWN no');
  });

  test('for a key whose owner does not know it ends all the same, and has not run', async () => {
    const { stage, nodes } = await cluster('a', 'b');
    stage.hub.store.cas('session', 's:1', writeRecord({ owner: 'b', state: 'owned' }), 0);
    const sending = nodes[0]!.node.router.send('s:1', encodeText('hello'), { deadlineMs: Infinity });
    expect(await sent(stage, sending, 40_000)).toBe('WRONG_OWNER no');
  });

  test('follows a key that has moved', async () => {
    const { stage, nodes } = await cluster('a', 'b', 'c');
    const [a, b, c] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];
    await b.node.directory.claim('s:1');
    await b.host.last.grant.save('state');
    expect(await sent(stage, a.node.router.send('s:1', encodeText('one'), options))).toBe('one of s:1');
    await b.node.directory.release('s:1', 'free');
    await c.node.directory.claim('s:1');
    expect(await sent(stage, a.node.router.send('s:1', encodeText('two'), options))).toBe('two of s:1');
    expect(c.host.last.frames).toEqual(['two']);
  });

  test('waits for its key to be taken over where it may, and is refused at once where not', async () => {
    const { stage, nodes } = await cluster('a', 'b');
    const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    await b.node.directory.claim('s:1');
    await b.host.last.grant.save('state');
    await a.node.directory.locate('s:1');
    b.node.stop();
    stage.hub.mailboxes.delete('node.b');
    expect(await sent(stage, a.node.router.send('s:1', encodeText('now'), options), 500)).toBe('OWNER_LOST no');
    const held = a.node.router.send('s:1', encodeText('later'), { ...options, holdMs: 2 * takeMs });
    expect(await sent(stage, held)).toBe('later of s:1');
    expect(a.host.last.grant.snapshot).toBe('state');
  });

  test('that may have run is not sent again, though its key has a new owner', async () => {
    const { stage, nodes } = await cluster('a', 'b');
    const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    await b.node.directory.claim('s:1');
    await b.host.last.grant.save('state');
    b.host.last.holds = true;
    const sending = a.node.router.send('s:1', encodeText('once'), { ...options, holdMs: 20_000 });
    await settled();
    b.node.stop();
    stage.hub.mailboxes.delete('node.b');
    expect(await sent(stage, sending)).toBe('OWNER_LOST unknown');
    expect(a.host.sessions).toEqual([]);
  });

  test('whose session died with its process is told that the key is over', async () => {
    const { stage, nodes } = await cluster('a', 'b');
    const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    await b.node.directory.claim('p:1');
    b.node.stop();
    stage.hub.mailboxes.delete('node.b');
    const held = a.node.router.send('p:1', encodeText('hello'), { ...options, holdMs: 2 * takeMs });
    expect(await sent(stage, held)).toBe('KEY_UNKNOWN no');
  });

  test('is not taken by a node that may not act', async () => {
    const { stage, nodes } = await cluster('a');
    const [{ node, host }] = nodes as [(typeof nodes)[0]];
    await node.directory.claim('s:1');
    const session = host.last;
    stage.clock.advance(selfMs + 1);
    expect(text(await node.router.send('s:1', encodeText('hello'), options))).toBe('NODE_FENCED no');
    expect([session.frames, session.stopped]).toEqual([[], 'fenced']);
  });

  test('waits until the claims are verified, and does not run where one was lost', async () => {
    const stage = new Stage();
    const tell: ((state: EngineState) => void)[] = [];
    const { node, host } = await stage.node('a', {
      engine: stage.engine({ onState: (heard) => void tell.push(heard) }),
    });
    await node.directory.claim('s:1');
    await stage.engine().cas('session', 's:1', undefined, node.directory.owned('s:1')!.epoch);
    for (const heard of tell) heard('up');
    const sending = node.router.send('s:1', encodeText('hello'), options);
    expect(await sent(stage, sending)).toBe('KEY_UNKNOWN no');
    expect(host.last.frames).toEqual([]);
  });

  test('whose client has gone is not sent', async () => {
    const { stage, nodes } = await cluster('a', 'b');
    await nodes[1]!.node.directory.claim('s:1');
    const signal = AbortSignal.abort();
    expect(await sent(stage, nodes[0]!.node.router.send('s:1', encodeText('x'), { ...options, signal }))).toBe(
      'CANCELLED no',
    );
  });
});

test('what cannot be reached is said to be so, and did not run', async () => {
  const stage = new Stage();
  const { node } = await stage.node('a', {
    engine: stage.engine({ get: async () => Promise.reject(new Error('away')) }),
  });
  const result = await node.router.send('s:1', encodeText('x'), options);
  expect(result).toEqual(notExecuted('ENGINE_UNAVAILABLE', 'away'));
});
