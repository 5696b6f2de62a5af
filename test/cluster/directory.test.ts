/** A key has one owner at a time, and goes on where it was saved when that one is gone. */
import { describe, expect, test } from 'vitest';
import { type Claim } from '../../src/cluster/directory.ts';
import { Unavailable } from '../../src/cluster/engine.ts';
import { StaleOwner } from '../../src/cluster/owned-session.ts';
import { writeRecord } from '../../src/cluster/records.ts';
import { type Parts, Stage, settings, settled } from './stage.ts';

const { takeMs, selfMs } = settings.times;

async function dies(stage: Stage, survivor: Parts): Promise<void> {
  stage.clock.advance(selfMs - 1);
  await survivor.lease.renew();
  stage.clock.advance(takeMs - selfMs + 2);
  await survivor.lease.renew();
  await survivor.peers.sweep();
  await settled();
}

const kind = ({ kind: name }: Claim): string => name;

describe('a key', () => {
  test('is claimed by one of two nodes that want it at the same time', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.parts('a'), await stage.parts('b')];
    const claims = await Promise.all([a.directory.claim('s:1'), b.directory.claim('s:1')]);
    expect(claims.map(kind).toSorted()).toEqual(['contested', 'owned']);
    const [winner, loser] = a.directory.owned('s:1') === undefined ? [b, a] : [a, b];
    expect(await loser.directory.claim('s:1')).toMatchObject({ kind: 'elsewhere' });
    expect(winner.host.sessions).toHaveLength(1);
  });

  test('that is claimed twice at once in one node is claimed once, under one epoch', async () => {
    const { directory, host } = await new Stage().parts('a');
    const [first, second] = await Promise.all([directory.claim('s:1'), directory.claim('s:1')]);
    expect(second).toEqual(first);
    expect(host.sessions).toHaveLength(1);
    const place = await directory.locate('s:1');
    expect(place?.epoch).toBe(directory.owned('s:1')!.epoch);
    expect(kind(await directory.claim('s:1'))).toBe('owned');
    expect(host.sessions).toHaveLength(1);
  });

  test('of a dead node goes on from its snapshot, under a later epoch', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.parts('a'), await stage.parts('b')];
    const before = await a.directory.claim('s:1');
    await a.host.last.grant.save('seven');
    expect(kind(await b.directory.claim('s:1'))).toBe('elsewhere');
    await dies(stage, b);
    const after = await b.directory.claim('s:1');
    expect(after).toMatchObject({ kind: 'owned', isRecovered: true });
    expect(b.host.last.grant.snapshot).toBe('seven');
    expect(b.host.last.grant.epoch).toBeGreaterThan(before.kind === 'owned' ? before.owned.epoch : Infinity);
    expect(b.directory.takeovers).toBe(1);
  });

  test('of whose snapshot nothing can be made is over, and leaves nothing behind', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.parts('a'), await stage.parts('b')];
    await a.directory.claim('s:1');
    await a.host.last.grant.save('of another release');
    await a.directory.release('s:1', 'free');
    b.host.mood = 'makes nothing of it';
    expect(kind(await b.directory.claim('s:1'))).toBe('gone');
    expect([await b.engine.get('session', 's:1'), await b.engine.get('snapshot', 's:1')]).toEqual([
      undefined,
      undefined,
    ]);
    b.host.mood = 'opens';
    expect(await b.directory.claim('s:1')).toMatchObject({ kind: 'owned', isRecovered: false });
  });

  test('for which there is no room is given back, with what was saved', async () => {
    const stage = new Stage();
    const [a, b, c] = [await stage.parts('a'), await stage.parts('b'), await stage.parts('c')];
    await a.directory.claim('s:1');
    await a.host.last.grant.save('seven');
    await a.directory.release('s:1', 'free');
    b.host.mood = 'has no room';
    const claim = await b.directory.claim('s:1');
    expect(claim).toMatchObject({ kind: 'refused', failure: { code: 'SESSION_FAILED', executed: 'no' } });
    await settled();
    expect(await c.directory.claim('s:1')).toMatchObject({ kind: 'owned', isRecovered: true });
    expect(c.host.last.grant.snapshot).toBe('seven');
  });

  test('is given back when what is being saved of it is saved', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let goOn = (): void => {};
    const a = await stage.parts('a', {
      cas: async (...question) => {
        if (question[0] === 'snapshot') await new Promise<void>((resolve) => (goOn = resolve));
        return engine.cas(...question);
      },
    });
    const b = await stage.parts('b');
    await a.directory.claim('s:1');
    const saved = a.host.last.grant.save('seven');
    const released = a.directory.release('s:1', 'free');
    expect(kind(await b.directory.claim('s:1'))).toBe('elsewhere');
    goOn();
    await Promise.all([saved, released]);
    expect(kind(await b.directory.claim('s:1'))).toBe('owned');
    expect(b.host.last.grant.snapshot).toBe('seven');
  });

  test('of a dead node that saved nothing is over, and can be begun anew', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.parts('a'), await stage.parts('b')];
    await a.directory.claim('p:1');
    await dies(stage, b);
    expect(kind(await b.directory.claim('p:1'))).toBe('gone');
    expect(await b.directory.locate('p:1')).toBeUndefined();
    expect(await b.directory.claim('p:1')).toMatchObject({ kind: 'owned', isRecovered: false });
  });

  test('is not claimed by a node that may not act, or that drains', async () => {
    const stage = new Stage();
    const { directory, lease, engine } = await stage.parts('a');
    await lease.drain();
    expect(await directory.claim('s:1')).toMatchObject({
      kind: 'refused',
      failure: { code: 'DRAINING', executed: 'no' },
    });
    stage.clock.advance(selfMs);
    expect(await directory.claim('s:1')).toMatchObject({ kind: 'refused', failure: { code: 'NODE_FENCED' } });
    expect(await engine.get('session', 's:1')).toBeUndefined();
  });

  test('whose claim was answered too late is opened by nobody', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    const { directory, host } = await stage.parts('a', {
      cas: async (...question) => {
        const revision = await engine.cas(...question);
        if (question[0] === 'session') stage.clock.advance(selfMs);
        return revision;
      },
    });
    expect(await directory.claim('s:1')).toMatchObject({ kind: 'refused', failure: { code: 'NODE_FENCED' } });
    expect(host.sessions).toEqual([]);
  });

  test('that is given back may be claimed at once by another', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.parts('a'), await stage.parts('b')];
    await a.directory.claim('s:1');
    await a.host.last.grant.save('seven');
    await a.directory.release('s:1', 'free');
    expect(a.host.last.stopped).toBe('released');
    expect(await b.directory.claim('s:1')).toMatchObject({ kind: 'owned', isRecovered: true });
  });

  test('that is over leaves nothing in the engine', async () => {
    const { directory, engine, host } = await new Stage().parts('a');
    await directory.claim('s:1');
    await host.last.grant.save('seven');
    await directory.release('s:1', 'gone');
    expect([await engine.get('session', 's:1'), await engine.get('snapshot', 's:1')]).toEqual([undefined, undefined]);
  });

  test('whose release the engine did not take is not opened again, and the release is said again', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let isAway = false;
    const { directory, host } = await stage.parts('a', {
      cas: async (...question) => {
        if (isAway) throw new Unavailable('no answer');
        return engine.cas(...question);
      },
    });
    await directory.claim('s:1');
    await host.last.grant.save('seven');
    isAway = true;
    await directory.release('s:1', 'gone');
    expect(kind(await directory.claim('s:1'))).toBe('contested');
    isAway = false;
    await directory.sweep();
    expect(await engine.get('session', 's:1')).toBeUndefined();
  });

  test('whose claim the engine has lost is given up before anything is executed', async () => {
    const { directory, engine, host } = await new Stage().parts('a');
    await directory.claim('s:kept');
    await directory.claim('s:lost');
    const [, lost] = host.sessions;
    await engine.cas('session', 's:lost', undefined, directory.owned('s:lost')!.epoch);
    const verified = directory.verify();
    expect(directory.verification).toBeDefined();
    await verified;
    expect([lost!.stopped, directory.owned('s:lost')]).toEqual(['lost', undefined]);
    expect(directory.owned('s:kept')).toBeDefined();
    expect(directory.verification).toBeUndefined();
  });

  test('that another has claimed, as a save finds out, is given up', async () => {
    const { directory, engine, host } = await new Stage().parts('a');
    await directory.claim('s:1');
    const { grant } = host.last;
    await grant.save('one');
    const saved = await engine.get('snapshot', 's:1');
    await engine.cas('snapshot', 's:1', writeRecord({ epoch: grant.epoch + 1, body: 'two' }), saved!.revision);
    await expect(grant.save('three')).rejects.toThrow(StaleOwner);
    expect([host.last.stopped, directory.owned('s:1')]).toEqual(['lost', undefined]);
  });

  test('whose claim nobody confirms is given up', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let isAway = false;
    const { directory, host } = await stage.parts('a', {
      get: async (bucket, key) => {
        if (isAway) throw new Unavailable('no answer');
        return engine.get(bucket, key);
      },
    });
    await directory.claim('s:1');
    isAway = true;
    await directory.verify();
    expect(host.last.stopped).toBe('lost');
    // It may be there all the same: others are not left to ask a node that does not know it.
    await directory.sweep();
    expect(stage.hub.store.get('session', 's:1')?.value).toContain('free');
  });

  test('of another release is left alone', async () => {
    const { directory, engine } = await new Stage().parts('a');
    await engine.cas('session', 's:1', '{"version":2}', 0);
    expect(await directory.claim('s:1')).toMatchObject({ kind: 'refused', failure: { executed: 'no' } });
  });

  test('that was given back is not saved any more', async () => {
    const { directory, host, engine } = await new Stage().parts('a');
    await directory.claim('s:1');
    const { grant } = host.last;
    await grant.save('one');
    await directory.release('s:1', 'gone');
    await expect(grant.save('late')).rejects.toThrow(StaleOwner);
    expect(await engine.get('snapshot', 's:1')).toBeUndefined();
  });

  test('whose end the engine does not take at once leaves no snapshot behind in the end', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let isThere = true;
    const { directory, host } = await stage.parts('a', {
      cas: async (...question) => {
        if (!isThere) throw new Unavailable('no answer');
        return engine.cas(...question);
      },
    });
    await directory.claim('s:1');
    await host.last.grant.save('one');
    isThere = false;
    await directory.release('s:1', 'gone');
    isThere = true;
    await directory.sweep();
    expect([await engine.get('session', 's:1'), await engine.get('snapshot', 's:1')]).toEqual([undefined, undefined]);
  });
});
