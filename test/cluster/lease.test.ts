/** A node acts while its lease is young, and stops by itself before anybody can take it over. */
import { describe, expect, test } from 'vitest';
import { Conflict, Unavailable } from '../../src/cluster/engine.ts';
import { readLease, writeRecord } from '../../src/cluster/records.ts';
import { Stage, settings } from './stage.ts';

const { selfMs } = settings.times;

describe('a lease', () => {
  test('holds for selfMs after the last renewal was sent, and not a moment longer', async () => {
    const stage = new Stage();
    const { lease, fenced } = await stage.parts('a');
    stage.clock.advance(1000);
    await lease.renew();
    stage.clock.advance(selfMs - 1);
    expect(lease.isAlive()).toBe(true);
    stage.clock.advance(1);
    expect(lease.isAlive()).toBe(false);
    expect(fenced).toEqual([`the lease was not renewed for ${selfMs} ms`]);
    await lease.renew();
    expect([lease.isAlive(), lease.phase]).toEqual([false, 'fenced']);
    expect(fenced).toHaveLength(1);
  });

  test('counts from when a renewal was sent, not from when it was answered', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    const { lease } = await stage.parts('a', {
      cas: async (...question) => {
        if (question[3] > 0) stage.clock.advance(3000);
        return engine.cas(...question);
      },
    });
    await lease.renew();
    expect(lease.ageMs).toBe(3000);
  });

  test('is not kept by an answer that comes after the time is up', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    const { lease, fenced } = await stage.parts('a', {
      cas: async (...question) => {
        if (question[3] > 0) stage.clock.advance(selfMs);
        return engine.cas(...question);
      },
    });
    await lease.renew();
    expect([lease.isAlive(), fenced.length]).toEqual([false, 1]);
  });

  test('ends too when only the clock on the wall went on: the machine was asleep', async () => {
    const stage = new Stage();
    let asleepMs = 0;
    const wallTime = stage.clock.wallTime.bind(stage.clock);
    stage.clock.wallTime = () => wallTime() + asleepMs;
    const { lease } = await stage.parts('a');
    expect(lease.isAlive()).toBe(true);
    asleepMs = selfMs;
    expect(lease.isAlive()).toBe(false);
  });

  test('is renewed by a write whose answer was lost, when the write is found', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let isLossy = false;
    const { lease } = await stage.parts('a', {
      cas: async (...question) => {
        const revision = await engine.cas(...question);
        if (isLossy) throw new Unavailable('no answer');
        return revision;
      },
    });
    isLossy = true;
    stage.clock.advance(3000);
    expect(await lease.renew()).toBe(true);
    expect(lease.ageMs).toBe(0);
    isLossy = false;
    expect(await lease.renew()).toBe(true);
  });

  test('is not renewed by a write that did not arrive', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let isCut = false;
    const { lease } = await stage.parts('a', {
      cas: async (...question) => {
        if (isCut) throw new Unavailable('no answer');
        return engine.cas(...question);
      },
    });
    isCut = true;
    stage.clock.advance(3000);
    expect(await lease.renew()).toBe(false);
    expect(lease.ageMs).toBe(3000);
  });

  test.each(['dead', 'gone'] as const)('that another has made %s fences its node', async (state) => {
    const stage = new Stage();
    const { lease, engine, fenced } = await stage.parts('a');
    const found = await engine.get('lease', 'a');
    const value = state === 'dead' ? writeRecord({ state, count: 0, keys: 0 }) : undefined;
    await engine.cas('lease', 'a', value, found!.revision);
    await lease.renew();
    expect(fenced).toEqual(['another node has taken this one for dead']);
    expect(lease.isAlive()).toBe(false);
  });

  test('says that its node drains, and takes no keys then', async () => {
    const stage = new Stage();
    const { lease, engine } = await stage.parts('a');
    expect(lease.isAccepting()).toBe(true);
    await lease.drain();
    expect([lease.isAlive(), lease.isAccepting()]).toEqual([true, false]);
    expect(readLease((await engine.get('lease', 'a'))!.value)?.state).toBe('draining');
  });

  test('that is given back is dead at once, also when a renewal came in between', async () => {
    const stage = new Stage();
    const { lease, engine } = await stage.parts('a');
    const renewal = lease.renew();
    await Promise.all([lease.close(), renewal]);
    expect(readLease((await engine.get('lease', 'a'))!.value)?.state).toBe('dead');
    expect([lease.isAlive(), lease.phase]).toEqual([false, 'closed']);
  });

  test('of a name that was used before is refused', async () => {
    const stage = new Stage();
    await stage.parts('a');
    await expect(stage.parts('a')).rejects.toThrow(Conflict);
  });
});
