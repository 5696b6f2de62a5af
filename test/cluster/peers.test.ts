/** A node is dead when its lease says so, and never because nothing is known of it. */
import { describe, expect, test } from 'vitest';
import { readLease } from '../../src/cluster/records.ts';
import { Stage, settings, settled } from './stage.ts';

const { takeMs, deadKeepMs } = settings.times;

async function pair() {
  const stage = new Stage();
  const a = await stage.parts('a');
  const b = await stage.parts('b');
  await settled();
  const dead: string[] = [];
  b.peers.onDead((node) => dead.push(node));
  return { stage, a, b, dead };
}

describe('another node', () => {
  test('is taken over when its lease did not change for takeMs, and finds that out', async () => {
    const { stage, a, b, dead } = await pair();
    stage.clock.advance(takeMs);
    await b.peers.sweep();
    expect(dead).toEqual([]);
    stage.clock.advance(1);
    await b.peers.sweep();
    await settled();
    expect(dead).toEqual(['a']);
    expect(await b.peers.isDead('a')).toBe(true);
    expect(readLease((await b.engine.get('lease', 'a'))!.value)?.state).toBe('dead');
    expect(a.fenced).toHaveLength(1);
  });

  test('that renews is left alone, also when the news comes late', async () => {
    const { stage, a, b, dead } = await pair();
    stage.clock.advance(takeMs + 1);
    const late = b.peers.sweep();
    expect(a.lease.phase).toBe('up');
    await late;
    stage.clock.advance(1);
    expect(dead).toHaveLength(1);

    const other = await pair();
    other.stage.clock.advance(takeMs + 1);
    // Written, and not heard yet: the watcher is told in a later turn than the sweep begins.
    const entry = await other.b.engine.get('lease', 'a');
    const renewal = other.a.engine.cas('lease', 'a', entry!.value, entry!.revision);
    await Promise.all([renewal, other.b.peers.sweep()]);
    expect(await other.b.peers.isDead('a')).toBe(false);
  });

  test('is watched anew after a time in which nothing could be heard', async () => {
    const { stage, b, dead } = await pair();
    b.peers.disconnected();
    stage.clock.advance(takeMs + 1);
    await b.peers.sweep();
    b.peers.reconnected();
    await b.peers.sweep();
    expect(dead).toEqual([]);
    stage.clock.advance(takeMs + 1);
    await b.peers.sweep();
    expect(dead).toEqual(['a']);
  });

  test('that is dead for long leaves no lease behind, and is dead to whoever asks later', async () => {
    const { stage, b } = await pair();
    stage.clock.advance(takeMs + 1);
    await b.peers.sweep();
    stage.clock.advance(deadKeepMs);
    await b.peers.sweep();
    expect(b.peers.list()).toHaveLength(1);
    stage.clock.advance(1);
    await b.peers.sweep();
    expect([b.peers.list(), await b.engine.keys('lease')]).toEqual([[], ['b']]);
    expect(await b.peers.isDead('a')).toBe(true);
  });

  test('is found dead also by who could hear nothing until its lease was removed', async () => {
    const { stage, a, b, dead } = await pair();
    const hub = stage.engine();
    b.peers.disconnected();
    const { revision } = (await hub.get('lease', 'a'))!;
    await hub.cas('lease', 'a', undefined, revision);
    expect(await a.lease.renew()).toBe(false);
    b.peers.reconnected();
    stage.clock.advance(takeMs + 1);
    await b.peers.sweep();
    expect([dead, await b.peers.isDead('a'), a.fenced.length]).toEqual([['a'], true, 1]);
  });

  test('of which nothing is known is made dead by a write, so that it cannot begin to renew', async () => {
    const { b } = await pair();
    expect(await b.peers.isDead('long-gone')).toBe(true);
    expect(readLease((await b.engine.get('lease', 'long-gone'))!.value)?.state).toBe('dead');
  });

  test('that an old read does not show is not dead', async () => {
    const stage = new Stage();
    const old = await stage.parts('b', { get: async () => undefined });
    const hub = stage.engine();
    await hub.cas('lease', 'unwatched', 'of another release', 0);
    expect(await old.peers.isDead('unwatched')).toBe(false);
  });

  test('is listed with its state, its keys and the age of its lease', async () => {
    const { stage, b } = await pair();
    stage.clock.advance(100);
    expect(b.peers.list()).toEqual([{ node: 'a', state: 'up', keys: 0, leaseAgeMs: 100 }]);
    expect(b.peers.livingCount).toBe(1);
  });
});
