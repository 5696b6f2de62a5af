/** What was saved survives its writer, and a writer who has lost the key writes nothing any more. */
import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/cluster/engine.ts';
import { StaleOwner } from '../../src/cluster/owned-session.ts';
import { readSnapshot, writeRecord } from '../../src/cluster/records.ts';
import { Stage, settings } from './stage.ts';

describe('a snapshot', () => {
  test('is written under the new claim first, and the owner before cannot write over it', async () => {
    const stage = new Stage();
    const before = await stage.parts('a');
    const after = await stage.parts('b');
    await before.snapshots.save('s:1', 10, 'one');
    expect(await after.snapshots.adopt('s:1', 20)).toBe('one');
    await expect(before.snapshots.save('s:1', 10, 'late')).rejects.toThrow(StaleOwner);
    expect(await after.snapshots.load('s:1')).toBe('one');
    await after.snapshots.save('s:1', 20, 'two');
    expect(await before.snapshots.load('s:1')).toBe('two');
    await expect(before.snapshots.adopt('s:1', 10)).rejects.toThrow(StaleOwner);
  });

  test('that an old read does not show is adopted all the same', async () => {
    const stage = new Stage();
    const { snapshots } = await stage.parts('a');
    await snapshots.save('s:1', 10, 'one');
    const engine = stage.engine();
    let reads = 0;
    const late = await stage.parts('b', {
      get: async (bucket, key) => {
        reads += 1;
        return bucket === 'snapshot' && reads < 3 ? undefined : engine.get(bucket, key);
      },
    });
    expect(await late.snapshots.adopt('s:1', 20)).toBe('one');
  });

  test('that was never saved leaves no trace of having been looked for', async () => {
    const { snapshots, engine } = await new Stage().parts('a');
    expect(await snapshots.adopt('s:1', 10)).toBeUndefined();
    expect(await engine.get('snapshot', 's:1')).toBeUndefined();
  });

  test('is found written when the answer was lost', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let losses = 1;
    const { snapshots } = await stage.parts('a', {
      cas: async (...question) => {
        const revision = await engine.cas(...question);
        if (question[0] === 'snapshot' && losses-- > 0) throw new Unavailable('no answer');
        return revision;
      },
    });
    await snapshots.save('s:1', 10, 'one');
    await snapshots.save('s:1', 10, 'two');
    expect(readSnapshot((await engine.get('snapshot', 's:1'))!.value)).toEqual({ epoch: 10, body: 'two' });
  });

  test('of a key that was over and begun anew is written over', async () => {
    const stage = new Stage();
    const { snapshots, engine } = await stage.parts('a');
    await engine.cas('snapshot', 's:1', writeRecord({ epoch: 3, body: 'left behind' }), 0);
    await snapshots.save('s:1', 10, 'new');
    expect(await snapshots.load('s:1')).toBe('new');
  });

  test('of many that follow each other only the latest is written, and each save waits for it', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let writes = 0;
    const { snapshots } = await stage.parts('a', {
      cas: async (...question) => {
        if (question[0] === 'snapshot') writes += 1;
        return engine.cas(...question);
      },
    });
    await Promise.all(['1', '2', '3', '4', '5'].map(async (body) => snapshots.save('s:1', 10, body)));
    expect([await snapshots.load('s:1'), writes]).toEqual(['5', 2]);
  });

  test('is not written by a node that may not act', async () => {
    const stage = new Stage();
    const { snapshots, engine } = await stage.parts('a');
    stage.clock.advance(settings.times.selfMs);
    await expect(snapshots.save('s:1', 10, 'late')).rejects.toThrow(StaleOwner);
    expect(await engine.get('snapshot', 's:1')).toBeUndefined();
  });

  test('of a key that is over leaves nothing behind, whenever it was being written', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    const gate = heldOnce();
    const { snapshots } = await stage.parts('a', {
      cas: async (...question) => {
        if (question[0] === 'snapshot') await gate.passed();
        return engine.cas(...question);
      },
    });
    const saves = [snapshots.save('s:1', 10, 'one'), snapshots.save('s:1', 10, 'two')];
    const removed = snapshots.remove('s:1', 10);
    gate.open();
    await removed;
    expect(await Promise.allSettled(saves)).toMatchObject([
      { status: 'fulfilled' },
      { reason: expect.any(StaleOwner) },
    ]);
    expect(await engine.get('snapshot', 's:1')).toBeUndefined();
  });

  test('of a key that is over is removed where nobody knows whether it was written', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let isLost = true;
    const { snapshots } = await stage.parts('a', {
      get: async (...question) => {
        if (isLost) throw new Unavailable('no answer');
        return engine.get(...question);
      },
      cas: async (...question) => {
        const revision = await engine.cas(...question);
        if (isLost && question[0] === 'snapshot') throw new Unavailable('no answer');
        return revision;
      },
    });
    await expect(snapshots.save('s:1', 10, 'one')).rejects.toThrow(Unavailable);
    await expect(snapshots.remove('s:1', 10)).rejects.toThrow(Unavailable);
    isLost = false;
    await snapshots.remove('s:1', 10);
    expect(await engine.get('snapshot', 's:1')).toBeUndefined();
  });

  test('of the next owner is not removed by the one before', async () => {
    const stage = new Stage();
    const before = await stage.parts('a');
    const after = await stage.parts('b');
    await before.snapshots.save('s:1', 10, 'one');
    await after.snapshots.adopt('s:1', 20);
    await before.snapshots.remove('s:1', 10);
    expect(await after.snapshots.load('s:1')).toBe('one');
  });
});

/** What comes waits until it is opened; afterwards nothing waits. */
function heldOnce(): { readonly passed: () => Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { passed: async () => opened, open: () => open() };
}
