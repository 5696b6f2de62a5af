import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { initialize } from '../../src/testing/messages.ts';
import { configOf, gatewayOf, open, post, server } from './gateway-setting.ts';

const text = `allowOrigins: [https://page.example.com]
upstreams:
  one: ${server()}
routes:
  - { path: /one, upstream: one }
  - { path: /inside, upstream: one, host: inside.example.com, name: inside }
`;

/** What is answered to a request for a host that its URL does not say. */
async function answered(url: string, host: string): Promise<number | undefined> {
  const asked = request(url, { method: 'GET', headers: { Host: host } });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

const asked = async (url: string, init?: RequestInit): Promise<readonly [number, string]> => {
  const response = await fetch(url, init);
  return [response.status, await response.text()];
};

describe('the entrance of a gateway', () => {
  test('tells whoever watches over it how it is, and how each server is', async () => {
    const gateway = await gatewayOf(text);
    expect(await asked(`${gateway.url}/healthz`)).toEqual([200, 'ok\n']);
    expect(await asked(`${gateway.url}/readyz/one`)).toEqual([200, 'ok\n']);
    expect(await asked(`${gateway.url}/readyz/two`)).toEqual([404, 'There is no such upstream\n']);
    expect((await asked(`${gateway.url}/readyz/two`, { method: 'POST' }))[0]).toBe(405);
    const draining = gateway.drain();
    expect(await asked(`${gateway.url}/readyz`)).toEqual([503, 'draining\n']);
    expect(await asked(`${gateway.url}/healthz`)).toEqual([200, 'ok\n']);
    await draining;
  });

  test('leads to a route by its path and its host, and lets in no host that nobody has named', async () => {
    const { url } = await gatewayOf(text);
    expect(await answered(`${url}/inside`, 'inside.example.com')).not.toBe(404);
    expect(await answered(`${url}/inside`, 'localhost')).toBe(404);
    expect(await answered(`${url}/one`, 'elsewhere.example.com')).toBe(403);
  });

  test('answers a page before it asks, where pages are let in', async () => {
    const { url } = await gatewayOf(text);
    const headers = { Origin: 'https://page.example.com', 'Access-Control-Request-Method': 'POST' };
    const response = await fetch(`${url}/one`, { method: 'OPTIONS', headers });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://page.example.com');
    expect(
      (await asked(`${url}/one`, { method: 'OPTIONS', headers: { Origin: 'https://other.example.com' } }))[0],
    ).toBe(403);
  });

  test('leads a session to the form of its route that opened it', async () => {
    const gateway = await gatewayOf(text);
    const session = await open(`${gateway.url}/one`);
    await gateway.reload(configOf(text.replace('{ path: /one,', '{ path: /one, limits: { frameBytesMax: 5000 },')));
    expect((await post(`${gateway.url}/one`, { id: 1, method: 'ping' }, session)).status).toBe(200);
    expect((await post(`${gateway.url}/one`, initialize('x'))).status).toBe(200);
  });
});
