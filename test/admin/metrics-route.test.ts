import { describe, expect, test } from 'vitest';
import type { Administered } from '../../src/admin/administered.ts';
import { administered, ask } from './administered-runtime.ts';

const metrics = { type: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' };

/** A process whose metrics are always the same. */
async function measured(areMetricsOpen: boolean) {
  let reads = 0;
  const what: Administered = {
    facts: { pid: 1, version: '0.0.0', command: 'forward http', server: 'node', startedAt: 1 },
    sessions: () => [],
    session: () => undefined,
    totals: () => {
      throw new Error('not asked for');
    },
    drain: () => {},
    metrics: async () => {
      reads += 1;
      return Promise.resolve(metrics);
    },
  };
  const { listener } = await administered({
    administered: what,
    areMetricsOpen,
    limits: { strangersPerSecond: 1000, scrapesPerSecond: 5 },
  });
  return { listener, reads: () => reads };
}

const stranger = { headers: { Authorization: '' } };

describe('GET /metrics', () => {
  test('is for whoever shows the token', async () => {
    const { listener, reads } = await measured(false);
    expect((await ask(listener.origin, '/metrics', stranger)).status).toBe(401);
    expect(reads()).toBe(0);
    const { status, headers, body } = await ask(listener.origin, '/metrics');
    expect([status, headers.get('content-type'), body]).toEqual([200, metrics.type, metrics.text]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('is for everybody on this machine where that was asked for, and nothing else is', async () => {
    const { listener } = await measured(true);
    expect((await ask(listener.origin, '/metrics', stranger)).body).toBe(metrics.text);
    expect((await ask(listener.origin, '/metrics?name=up', stranger)).status).toBe(200);
    for (const path of ['/metrics/', '/metrics/../process', '/process', '/totals', '//metrics']) {
      expect([path, (await ask(listener.origin, path, stranger)).status]).toEqual([path, 401]);
    }
    expect((await ask(listener.origin, '/metrics', { ...stranger, method: 'POST' })).status).toBe(401);
    const page = await ask(listener.origin, '/metrics', {
      headers: { ...stranger.headers, Origin: 'https://evil.example' },
    });
    expect(page.status).toBe(403);
  });

  test('that is asked for too often is answered later', async () => {
    const { listener } = await measured(true);
    const answers = await Promise.all(
      Array.from({ length: 40 }, async () => ask(listener.origin, '/metrics', stranger)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    // Who has the token is not among those who are told to come later.
    expect((await ask(listener.origin, '/process')).status).toBe(200);
  });

  test('is not there in a process that measures nothing', async () => {
    const { listener } = await administered();
    expect((await ask(listener.origin, '/metrics')).status).toBe(404);
  });
});
