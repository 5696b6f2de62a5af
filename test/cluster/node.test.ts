/** A node as a whole: it keeps itself alive, leaves without losing anything, and tells once that it may not act. */
import { describe, expect, test } from 'vitest';
import type { Engine, EngineState } from '../../src/cluster/engine.ts';
import type { SendResult } from '../../src/cluster/send-result.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { Stage, settings, settled } from './stage.ts';
import { Counter } from './counter.ts';

const { selfMs, takeMs } = settings.times;

describe('a node', () => {
  test('renews its lease for as long as it runs', async () => {
    const stage = new Stage();
    const { node } = await stage.node('a');
    await stage.pass(60_000, 100);
    expect(node.lease.isAlive()).toBe(true);
    expect(node.lease.ageMs).toBeLessThan(2 * settings.times.renewMs);
  });

  test('that is taken for dead stops its sessions and says so, once', async () => {
    const stage = new Stage();
    const reasons: string[] = [];
    const counter = new Counter();
    const { node, host } = await stage.node('a', { counted: counter, onFenced: (reason) => reasons.push(reason) });
    await node.directory.claim('s:1');
    stage.clock.advance(selfMs);
    await stage.pass(1000);
    expect(reasons).toHaveLength(1);
    expect(host.last.stopped).toBe('fenced');
    expect(counter.tryAcquire(node)).toBe(false);
    await node.drain(1000);
    expect(reasons).toHaveLength(1);
  });

  test('that stops without a word is taken over after takeMs', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.node('a'), await stage.node('b')];
    await a.node.directory.claim('s:1');
    await a.host.last.grant.save('state');
    await stage.pass(1000);
    a.node.stop();
    await stage.pass(takeMs - 1000);
    expect(await b.node.directory.claim('s:1')).toMatchObject({ kind: 'elsewhere' });
    await stage.pass(2500);
    expect(await b.node.directory.claim('s:1')).toMatchObject({ kind: 'owned', isRecovered: true });
  });

  test('verifies its claims when the engine is there again', async () => {
    const stage = new Stage();
    const tell: ((state: EngineState) => void)[] = [];
    const engine: Engine = stage.engine({ onState: (heard) => void tell.push(heard) });
    const { node, host } = await stage.node('a', { engine });
    await node.directory.claim('s:1');
    await engine.cas('session', 's:1', undefined, node.directory.owned('s:1')!.epoch);
    for (const state of ['down', 'up'] as const) for (const heard of tell) heard(state);
    await settled();
    expect(host.last.stopped).toBe('lost');
  });
});

describe('a node that drains', () => {
  test('gives back what others can open, when it is idle, and frames follow', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.node('a'), await stage.node('b')];
    await a.node.directory.claim('s:1');
    const { last: session } = a.host;
    await session.grant.save('state');
    session.holds = true;
    const results: SendResult[] = [];
    const send = (frame: string): void =>
      void b.node.router
        .send('s:1', encodeText(frame), { deadlineMs: 20_000, holdMs: 20_000 })
        .then((r) => results.push(r));
    send('before');
    await settled();
    const drained = a.node.drain(5000);
    await stage.pass(100);
    send('during');
    await stage.pass(500);
    expect([session.stopped, results]).toEqual([undefined, []]);
    session.held.shift()!();
    await stage.pass(2500);
    expect(await drained).toBe(0);
    expect(results.map((result) => result.ok && decodeText(result.bytes))).toEqual(['before of s:1', 'during of s:1']);
    expect(session.frames).toEqual(['before']);
    expect(await b.node.peers.isDead('a')).toBe(true);
  });

  test('finishes what only it can do until the time is up', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.node('a'), await stage.node('b')];
    a.host.isRecoverable = false;
    for (const key of ['p:quick', 'p:slow']) await a.node.directory.claim(key);
    for (const session of a.host.sessions) session.holds = true;
    const [quick, slow] = ['p:quick', 'p:slow'].map(async (key) =>
      b.node.router.send(key, encodeText('work'), { deadlineMs: 60_000 }),
    );
    await settled();
    const drained = a.node.drain(2000);
    await stage.pass(1000);
    a.host.sessions[0]!.held.shift()!();
    expect(await quick).toMatchObject({ ok: true });
    await stage.pass(4000);
    expect(await drained).toBe(1);
    expect(await slow).toMatchObject({ ok: false, executed: 'unknown' });
    expect(await b.node.directory.locate('p:slow')).toBeUndefined();
  });

  test('leaves what others can open to them, also when its time was up', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.node('a'), await stage.node('b')];
    await a.node.directory.claim('s:1');
    await a.host.last.grant.save('state');
    a.host.last.holds = true;
    const sending = b.node.router.send('s:1', encodeText('never ends'), { deadlineMs: 60_000 });
    await settled();
    const drained = a.node.drain(1000);
    await stage.pass(4000);
    expect(await drained).toBe(1);
    expect(await sending).toMatchObject({ ok: false, executed: 'unknown' });
    expect(await b.node.directory.claim('s:1')).toMatchObject({ kind: 'owned', isRecovered: true });
    expect(b.host.last.grant.snapshot).toBe('state');
  });

  test('takes no more keys', async () => {
    const stage = new Stage();
    const { node, host } = await stage.node('a');
    host.isRecoverable = false;
    await node.directory.claim('p:1');
    host.last.holds = true;
    const working = node.router.send('p:1', encodeText('work'), { deadlineMs: 10_000 });
    const drained = node.drain(1000);
    await settled();
    expect(await node.directory.claim('s:2')).toMatchObject({ kind: 'refused', failure: { code: 'DRAINING' } });
    await stage.pass(3000);
    await drained;
    expect(node.lease.phase).toBe('closed');
    expect(await working).toMatchObject({ ok: false, executed: 'unknown' });
  });
});
