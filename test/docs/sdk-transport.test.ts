import { readFileSync } from 'node:fs';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { newClient, newServer } from '../adapters/sdk-kinds.ts';
import { forward, runtime, serve, serveInProcess } from './sdk-transport.example.ts';

const example = readFileSync('test/docs/sdk-transport.example.ts', 'utf8');

test.each(['wrap-transport', 'sdk-transport', 'sdk-server'])('what the docstring of %s shows is compiled', (name) => {
  const source = readFileSync(`src/adapters/${name}.ts`, 'utf8');
  const shown = /```ts\n([^]*?) \* ```/
    .exec(source)?.[1]
    ?.split('\n')
    .map((line) => line.replace(/^ \* ?/, '').trim());
  expect(shown?.filter(Boolean).length).toBeGreaterThan(0);
  for (const line of shown ?? []) expect(example).toContain(line);
});

test('what the docstrings show does what they say', async () => {
  for (const open of [serve, (end: InMemoryTransport) => serveInProcess(end)]) {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await open(far);
    const client = newClient('v2');
    await client.connect(near);
    await client.close();
  }
  const [near, fromClient] = InMemoryTransport.createLinkedPair();
  const [toServer, far] = InMemoryTransport.createLinkedPair();
  const server = newServer('v2');
  await server.connect(far);
  forward(fromClient, toServer);
  const client = newClient('v2');
  await client.connect(near);
  expect(await client.call('echo', { text: 'hello' })).toBe('hello');
  await client.close();
  await runtime.stop();
});
