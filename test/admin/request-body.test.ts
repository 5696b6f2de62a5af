import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { jsonIn, notJson, textOf } from '../../src/admin/request-body.ts';

/** What is read of a body of so many characters, where ten may be read. */
async function readOf(body: string): Promise<string | undefined> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const asked = once(server, 'request') as Promise<[IncomingMessage]>;
  void fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'POST', body }).catch(() => {});
  const [request] = await asked;
  return textOf(request, 10);
}

test('a body is read up to what it may be long', async () => {
  expect(await readOf('')).toBe('');
  expect(await readOf('0123456789')).toBe('0123456789');
  expect(await readOf('0123456789x')).toBe(undefined);
});

test('what a body says is JSON, nothing, or no JSON', () => {
  expect([jsonIn(''), jsonIn('{"a":1}'), jsonIn('null'), jsonIn('{')]).toEqual([undefined, { a: 1 }, null, notJson]);
});
