import { describe, expect, test } from 'vitest';
import { sdkTransport } from '../../src/adapters/sdk-transport.ts';
import { createRuntime, openSession } from '../../src/index.ts';
import { newClient, newPair, newServer } from './sdk-kinds.ts';

const newRuntime = () => createRuntime({ ids: { sessionId: () => crypto.randomUUID() }, checksInvariants: true });

describe.each([
  ['v1', 'v1'],
  ['v1', 'v2'],
  ['v2', 'v1'],
  ['v2', 'v2'],
] as const)(
  'a session between the transports of a client of SDK %s and a server of SDK %s',
  (clientKind, serverKind) => {
    async function between() {
      const runtime = newRuntime();
      const [near, fromClient] = newPair(clientKind);
      const [toServer, far] = newPair(serverKind);
      const [client, server] = [newClient(clientKind), newServer(serverKind)];
      await server.connect(far);
      openSession(runtime, { client: sdkTransport(fromClient), server: sdkTransport(toServer) });
      await client.connect(near);
      return { runtime, client, server };
    }

    test('carries calls, progress, and what the server asks', async () => {
      const { runtime, client } = await between();
      const heard: number[] = [];
      expect(await client.call('work', {}, { onprogress: ({ progress }) => void heard.push(progress) })).toBe('worked');
      expect([await client.call('sample'), heard]).toEqual([expect.stringContaining('a word'), [1, 2, 3]]);
      expect(await Promise.all(['a', 'b'].map((text) => client.call('echo', { text })))).toEqual(['a', 'b']);
      await client.close();
      expect([...runtime.sessions()]).toEqual([]);
    });

    test('ends with the client, and with the server', async () => {
      for (const closer of ['client', 'server'] as const) {
        const peers = await between();
        const call = peers.client.call('hang').catch((error: unknown) => error);
        await peers.server.saw('hang');
        await peers[closer].close();
        expect(await call).toBeInstanceOf(Error);
        expect([...peers.runtime.sessions()]).toEqual([]);
      }
    });
  },
);

test('a transport has one session', () => {
  const [one, other] = [newPair('v2'), newPair('v2')];
  const client = sdkTransport(one[1]);
  openSession(newRuntime(), { client, server: sdkTransport(other[0]) });
  const again = () => openSession(newRuntime(), { client, server: sdkTransport(newPair('v2')[0]) });
  expect(again).toThrow('one session');
});
