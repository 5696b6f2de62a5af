/**
 * The server that the nodes share is killed as by a power cut and comes back: before a node has to stop, when it is about to, and too
 * late. A quarter, five eighths and one and a half of the time for which a node may act, as 1, 2.5 and 6 s are of the default;
 * `npm run soak:cluster -- --outages` takes those.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { Pair } from './broker-outages.ts';
import { NatsServer, hasNoNats } from './nats-server.ts';
import { Worker } from './worker.ts';

const times = { renewMs: 200, selfMs: 2000, takeMs: 2400 };
/** For processes that get no processor for a while. */
const slackMs = 5000;

let server: NatsServer;
const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map(async (worker) => worker.end()));
  await server.stop();
});

async function begin(node: string): Promise<Worker> {
  const worker = await Worker.start({ node, url: server.url, times, pendingTotal: 1000 });
  workers.push(worker);
  return worker;
}

describe.skipIf(hasNoNats)('a server that is killed and comes back', () => {
  test('within the time for which nodes may act costs no request and no claim, and later each node has stopped', async () => {
    server = await NatsServer.start();
    const [a, b] = await Promise.all([begin('a'), begin('b')]);
    const pair = await Pair.of(server, a, b);
    for (const downMs of [times.selfMs / 4, (times.selfMs * 5) / 8]) {
      const outage = await pair.outage(downMs);
      expect(outage).toMatchObject({
        underWay: { ok: 40 },
        local: { ok: 20 },
        remote: { 'ENGINE_UNAVAILABLE no': 20 },
        afterwards: { ok: 40 },
        moved: [],
      });
      expect(outage.longestMs).toBeLessThan(downMs + slackMs);
    }
    expect([a.fencedAt, b.fencedAt]).toEqual([undefined, undefined]);

    const long = await pair.longOutage(1.5 * times.selfMs, async () => begin('c'));
    expect(long).toMatchObject({ underWay: { 'NODE_FENCED unknown': 40 }, phases: ['fenced', 'fenced'] });
    expect(long.longestMs).toBeLessThan(times.selfMs + slackMs);
    // The claims were kept, and their owners are not: what was saved goes on, and what could not be saved is over.
    expect(long.recovered.map(({ text }) => Number(text))).toEqual(pair.sessionCounts.map((count) => count + 1));
    expect(new Set(long.gone.map(({ text, executed }) => `${text} ${executed}`))).toEqual(new Set(['KEY_UNKNOWN no']));
  }, 60_000);
});
