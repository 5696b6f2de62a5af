import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openCallback } from '../../src/auth/callback.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

async function open(port?: number) {
  const clock = new VirtualClock();
  const callback = await openCallback(clock, port);
  onTestFinished(async () => callback.close());
  const get = async (search: string, path = '/callback', init: RequestInit = {}): Promise<number> =>
    (await fetch(new URL(`${path}${search}`, callback.redirectUri), init)).status;
  return { clock, callback, get };
}

describe('the place that a browser comes back to', () => {
  test('is on this machine alone, and takes one answer to what was asked', async () => {
    const { callback, get } = await open();
    expect(callback.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const answer = callback.answer('mine', 1000);
    expect(await get('?state=theirs&code=evil')).toBe(400);
    expect(await get('?code=evil')).toBe(400);
    expect(await get('?state=mine&code=a')).toBe(200);
    expect((await answer).searchParams.get('code')).toBe('a');
    expect(await get('?state=mine&code=b')).toBe(400);
  });

  test('is nowhere else, for no other method and under no other name', async () => {
    const { callback, get } = await open();
    void callback.answer('mine', 1000).catch(() => {});
    expect(await get('?state=mine&code=a', '/')).toBe(404);
    expect(await get('?state=mine&code=a', '/callback', { method: 'POST' })).toBe(404);
    const socket = connect(Number(new URL(callback.redirectUri).port), '127.0.0.1');
    socket.write('GET /callback?state=mine&code=a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    const said = Buffer.concat((await socket.toArray()) as Buffer[]).toString();
    expect(said).toMatch(/^HTTP\/1\.1 404 /);
  });

  test.each(['//', '//[', 'http://[/callback', '*'])('is not stopped by whoever asks there for %s', async (target) => {
    const { callback, get } = await open();
    const answer = callback.answer('mine', 1000);
    const socket = connect(Number(new URL(callback.redirectUri).port), '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(Buffer.concat((await socket.toArray()) as Buffer[]).toString()).toMatch(/^HTTP\/1\.1 404 /);
    expect(await get('?state=mine&code=a')).toBe(200);
    await answer;
  });

  test('is left at last, and no earlier', async () => {
    const { clock, callback } = await open();
    const answer = callback.answer('mine', 1000);
    clock.advance(1000);
    await expect(answer).rejects.toThrow('Nobody logged in within 1 s');
    expect(callback.submit(new URL('?state=mine', callback.redirectUri))).toBe(false);
  });

  test('is closed together with the question', async () => {
    const { clock, callback } = await open();
    const answer = callback.answer('mine', 1000);
    const [refused] = await Promise.allSettled([answer, callback.close()]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'The login was given up' } });
    expect(clock.pending).toBe(0);
  });

  test('has the port of an earlier one, where nobody else has it', async () => {
    const { callback } = await open();
    const port = Number(new URL(callback.redirectUri).port);
    const { callback: other } = await open(port);
    expect(new URL(other.redirectUri).port).not.toBe(String(port));
    await callback.close();
    const { callback: again } = await open(port);
    expect(again.redirectUri).toBe(callback.redirectUri);
  });

  test('may be told the answer by hand', async () => {
    const { callback } = await open();
    const answer = callback.answer('mine', 1000);
    expect(callback.submit(new URL('https://example.com/'))).toBe(false);
    expect(callback.submit(new URL('http://127.0.0.1:1/callback?state=mine&code=a'))).toBe(true);
    expect((await answer).searchParams.get('code')).toBe('a');
  });
});
