/** What nobody comes back to is removed, and nothing else. */
import { expect, test } from 'vitest';
import { Orphans } from '../../src/cluster/orphans.ts';
import { type Parts, Stage, settings, settled } from './stage.ts';

const { renewMs } = settings.times;
const orphanMs = 60_000;

function janitor({ clock }: Stage, node: string, { engine, lease, peers }: Parts): Orphans {
  return new Orphans({ engine, clock, node, lease, peers, orphanMs });
}

/** Time passes for those that live. */
async function pass(stage: Stage, ms: number, living: readonly Parts[]): Promise<void> {
  for (let left = ms; left > 0; left -= renewMs) {
    stage.clock.advance(renewMs);
    for (const { lease, peers } of living) {
      await lease.renew();
      await peers.sweep();
    }
    await settled();
  }
}

const keysOf = async ({ engine }: Parts) => [await engine.keys('session'), await engine.keys('snapshot')];

test('a session of a node that is gone waits for its client, and then nothing is left of it', async () => {
  const stage = new Stage();
  const [a, b] = [await stage.parts('a'), await stage.parts('b')];
  for (const key of ['s:1', 's:2', 's:3']) {
    await a.directory.claim(key);
    await a.host.last.grant.save(key);
  }
  await a.directory.release('s:3', 'free');
  await b.directory.claim('s:mine');
  const orphans = janitor(stage, 'b', b);
  await pass(stage, 10_000, [b]);
  expect(await orphans.sweep()).toBe(0);
  await pass(stage, orphanMs - 1000, [b]);
  expect(await orphans.sweep()).toBe(0);
  // Its client came back just in time.
  expect((await b.directory.claim('s:2')).kind).toBe('owned');
  await pass(stage, 1000, [b]);
  expect(await orphans.sweep()).toBe(2);
  expect(await keysOf(b)).toEqual([['s:2', 's:mine'], ['s:2']]);
  expect((await b.directory.claim('s:1')).kind).toBe('owned');
  expect(b.host.last.grant.snapshot).toBeUndefined();
});

test('a session of a node that lives is left alone, however long nobody asks', async () => {
  const stage = new Stage();
  const [a, b] = [await stage.parts('a'), await stage.parts('b')];
  await b.directory.claim('s:1');
  const orphans = janitor(stage, 'a', a);
  await orphans.sweep();
  await pass(stage, 3 * orphanMs, [a, b]);
  expect(await orphans.sweep()).toBe(0);
  expect(await keysOf(a)).toEqual([['s:1'], []]);
});

test('one node looks: the first by name that takes sessions', async () => {
  const stage = new Stage();
  const [a, b, c] = [await stage.parts('a'), await stage.parts('b'), await stage.parts('c')];
  await c.directory.claim('s:1');
  const [first, second] = [janitor(stage, 'a', a), janitor(stage, 'b', b)];
  for (let looks = 0; looks < 3; looks += 1) {
    await pass(stage, orphanMs, [a, b]);
    expect(await second.sweep()).toBe(0);
  }
  expect(await first.sweep()).toBe(0);
  await a.lease.drain();
  await pass(stage, orphanMs, [a, b]);
  expect(await first.sweep()).toBe(0);
  expect(await second.sweep()).toBe(0);
  await pass(stage, orphanMs, [a, b]);
  expect(await second.sweep()).toBe(1);
});

test.each(['before', 'after'] as const)(
  'what was claimed just %s it would have been removed stays with who has claimed it',
  async (moment) => {
    const stage = new Stage();
    const [a, b] = [await stage.parts('a'), await stage.parts('b')];
    await a.directory.claim('s:1');
    await a.host.last.grant.save('seven');
    const engine = stage.engine();
    const slow = await stage.parts('aa', {
      get: async (bucket, key) => {
        const comesBack = bucket === 'snapshot' && b.host.sessions.length === 0;
        if (comesBack && moment === 'before') await b.directory.claim(key);
        const entry = await engine.get(bucket, key);
        if (comesBack && moment === 'after') await b.directory.claim(key);
        return entry;
      },
    });
    const orphans = janitor(stage, 'aa', slow);
    await pass(stage, 10_000, [b, slow]);
    await orphans.sweep();
    await pass(stage, orphanMs, [b, slow]);
    expect(await orphans.sweep()).toBe(0);
    expect(b.host.last.grant.snapshot).toBe('seven');
    expect(await keysOf(b)).toEqual([['s:1'], ['s:1']]);
  },
);
