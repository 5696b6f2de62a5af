/**
 * Real nodes in processes of their own on a real server: what happens when one is killed, stands still or leaves. Takes the time that
 * these things take. A server that goes away itself is in broker-restart.test.ts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { NatsServer, hasNoNats } from './nats-server.ts';
import type { WorkerTold } from './nats-worker.ts';
import { Worker } from './worker.ts';
import { claimAll, keysNamed, tally } from './workers.ts';

/** Quicker than the defaults, in the same proportion; not so quick that a busy machine is taken for a dead one. */
const times = { renewMs: 500, selfMs: 2000, takeMs: 3000 };
const patienceMs = 60_000;

let server: NatsServer;
const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map(async (worker) => worker.end()));
  await server.stop();
});

async function cluster(names: readonly string[], pendingTotal = 1000): Promise<readonly Worker[]> {
  server = await NatsServer.start();
  const setup = { url: server.url, times, pendingTotal };
  const started = await Promise.all(names.map(async (node) => Worker.start({ node, ...setup })));
  workers.push(...started);
  return started;
}

describe.skipIf(hasNoNats)('a cluster on NATS', () => {
  test(
    'whose owner is killed ends what that one had, and goes on from what was saved',
    async () => {
      const [a, b, c] = (await cluster(['a', 'b', 'c'])) as [Worker, Worker, Worker];
      const keys = [...keysNamed('s', 20), ...keysNamed('p', 20)];
      await claimAll(a, keys);
      expect(tally(await Promise.all(keys.map(async (key) => b.send(key))))).toEqual({ ok: 40 });
      const before = a.executions.length;
      const inFlight = keys.map(async (key, index) =>
        (index % 2 === 0 ? b : c).send(key, { takesMs: 30_000, deadlineMs: 60_000 }),
      );
      await a.executed(before + 40);
      const killedAt = performance.now();
      a.signal('SIGKILL');
      const ends = await Promise.all(inFlight);
      // Found out by asking the address of frames itself: no lease has to be waited for.
      expect(performance.now() - killedAt).toBeLessThan(times.takeMs);
      expect(tally(ends)).toEqual({ 'OWNER_LOST unknown': 40 });
      expect(await c.send('s:3', { holdMs: 10_000 })).toEqual({ ok: true, text: '2' });
      expect(await b.send('s:3', { holdMs: 10_000 })).toEqual({ ok: true, text: '3' });
      expect(await b.send('p:3', { holdMs: 10_000 })).toMatchObject({ text: 'KEY_UNKNOWN', executed: 'no' });
    },
    patienceMs,
  );

  test(
    'whose owner stands still has another, and the first executes nothing when it wakes',
    async () => {
      const [a, b] = (await cluster(['a', 'b'])) as [Worker, Worker];
      await claimAll(a, ['s:x']);
      expect((await a.send('s:x')).ok).toBe(true);
      a.signal('SIGSTOP');
      // They wait in the process that stands still, and are what it finds first when it wakes.
      const missed = Array.from({ length: 50 }, async () => a.send('s:x'));
      // What was sent to it may run when it wakes, for all that the sender knows: it is not sent again.
      const told: WorkerTold[] = [];
      while (told.at(-1)?.ok !== true) told.push(await b.send('s:x', { holdMs: 15_000 }));
      expect(told.slice(0, -1).every(({ executed }) => executed === 'unknown')).toBe(true);
      expect(told.at(-1)).toEqual({ ok: true, text: '2' });
      a.signal('SIGCONT');
      expect(tally(await Promise.all(missed))).toEqual({ 'NODE_FENCED no': 50 });
      expect(a.executions).toHaveLength(1);
      expect(a.fencedAt).toBeDefined();
      expect((await a.ask({ do: 'phase' })).text).toBe('fenced');
    },
    patienceMs,
  );

  test(
    'that is asked all the time lets a node go without a single error',
    async () => {
      const [a, b, c] = (await cluster(['a', 'b', 'c'])) as [Worker, Worker, Worker];
      const keys = keysNamed('s', 30);
      await claimAll(a, keys);
      const told: WorkerTold[] = [];
      const over = new AbortController();
      const clients = keys.map(async (key, index) => {
        while (!over.signal.aborted) {
          told.push(await (index % 2 === 0 ? b : c).send(key, { takesMs: index % 7 === 0 ? 100 : 2, holdMs: 10_000 }));
        }
        return told.length;
      });
      await a.executed(300);
      expect(await a.ask({ do: 'drain', graceMs: 10_000 })).toEqual({ ok: true, text: '0' });
      const drained = told.length;
      while (told.length < drained + 300) await delay(20);
      over.abort();
      await Promise.all(clients);
      expect(tally(told)).toEqual({ ok: told.length });
      // What was counted here went on there: each count was told once for each key.
      const counts = await Promise.all(keys.map(async (key) => Number((await b.send(key)).text)));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(told.length + keys.length);
    },
    patienceMs,
  );

  test(
    'never has more under way than its limit, and takes over what a dead node had of it',
    async () => {
      const nodes = await cluster(['a', 'b', 'c', 'd'], 200);
      const admitted = new Map<Worker, number>();
      const fill = async (worker: Worker): Promise<void> => {
        for (let refused = 0; refused < 5;) {
          if ((await worker.ask({ do: 'acquire' })).ok) admitted.set(worker, (admitted.get(worker) ?? 0) + 1);
          else {
            refused += 1;
            await delay(60);
          }
        }
      };
      const sum = (): number => [...admitted.values()].reduce((total, count) => total + count, 0);
      await Promise.all(nodes.map(fill));
      expect(sum()).toBeLessThanOrEqual(200);
      expect(sum()).toBeGreaterThan(150);
      const [dead, ...living] = nodes as [Worker, ...Worker[]];
      await dead.end();
      admitted.delete(dead);
      for (let rounds = 0; sum() < 190 && rounds < 20; rounds += 1) await Promise.all(living.map(fill));
      expect(sum()).toBeLessThanOrEqual(200);
      expect(sum()).toBeGreaterThanOrEqual(190);
    },
    patienceMs,
  );
});
