import { describe, expect, test } from 'vitest';
import { HubVisits } from '../../src/admin/hub-visits.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { asked, hubOn, hubsToken, runFolderOfTest } from './hub-scene.ts';

describe('a visit', () => {
  test('is given to whoever shows the token, leads to the page once, and keeps the token out of its address', async () => {
    const { listener } = await hubOn(runFolderOfTest());
    expect((await asked(listener.origin, '/hub/visits', { method: 'POST', token: 'wrong' })).status).toBe(401);
    expect((await asked(listener.origin, '/hub/visits')).headers.get('allow')).toBe('POST');
    const { body } = await asked(listener.origin, '/hub/visits', { method: 'POST' });
    const { path } = body as { readonly path: string };
    expect(path).not.toContain(hubsToken);
    const visit = async (): Promise<Response> => fetch(`${listener.origin}${path}`, { redirect: 'manual' });
    const [first, second] = [await visit(), await visit()];
    expect([first.status, first.headers.get('location')]).toEqual([303, `/inspect/#token=${hubsToken}`]);
    expect([second.status, second.headers.get('location')]).toEqual([401, null]);
  });

  test('of nobody who was invited is told as much as any stranger', async () => {
    const { listener } = await hubOn(runFolderOfTest());
    expect((await fetch(`${listener.origin}/inspect/visit/${'x'.repeat(43)}`)).status).toBe(401);
    expect((await fetch(`${listener.origin}/inspect/visit/`)).status).toBe(401);
  });

  test('is good for a minute, and of too many the newest are', () => {
    const clock = new VirtualClock();
    const visits = new HubVisits(clock);
    const seen: (string | undefined)[] = [];
    const response = {
      writeHead: (_status: number, headers: { readonly Location: string }) => {
        seen.push(headers.Location);
        return { end: () => {} };
      },
    };
    const receive = (url: string): boolean =>
      visits.receive({ method: 'GET', url } as never, response as never, 'secret');
    const late = visits.invite();
    clock.advance(60_001);
    expect(receive(late)).toBe(false);
    const all = Array.from({ length: 17 }, () => visits.invite());
    expect(receive(all[0]!)).toBe(false);
    expect(all.slice(1).map(receive)).toEqual(Array.from({ length: 16 }, () => true));
    expect(new Set(seen)).toEqual(new Set(['/inspect/#token=secret']));
  });
});
