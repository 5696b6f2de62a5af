import { afterEach, describe, expect, test } from 'vitest';
import { sdkServer } from '../../src/adapters/sdk-server.ts';
import { sdkTransport } from '../../src/adapters/sdk-transport.ts';
import { createRuntime, openSession, type Runtime } from '../../src/index.ts';
import { type SdkKind, type TestServer, newClient, newPair, newServer } from './sdk-kinds.ts';

let runtime: Runtime | undefined;
afterEach(async () => {
  if ([...(runtime?.sessions() ?? [])].length > 0) throw new Error('A session was left open');
  await runtime?.stop();
});

/** A client before a session whose server is made by the factory. */
function served(kind: SdkKind, factory: () => TestServer | Promise<TestServer>) {
  runtime = createRuntime({ ids: { sessionId: () => crypto.randomUUID() }, checksInvariants: true });
  const [near, fromClient] = newPair(kind);
  const session = openSession(runtime, {
    client: sdkTransport(fromClient),
    server: sdkServer(factory),
    restart: { restartsMax: 1, withinMs: 60_000, backoffMs: 0 },
  });
  const client = newClient(kind);
  return { client, session, connect: () => client.connect(near) };
}

describe.each(['v1', 'v2'] as const)('a server of SDK %s in this process', (kind) => {
  test('serves the session that it was made for', async () => {
    const servers: TestServer[] = [];
    const { client, connect } = served(kind, async () => {
      servers.push(newServer(kind));
      return servers[0]!;
    });
    await connect();
    expect([await client.call('echo', { text: 'a' }), await client.call('sample')]).toEqual([
      'a',
      expect.stringContaining('a word'),
    ]);
    const call = client.call('hang').catch((error: unknown) => error);
    await servers[0]!.saw('hang');
    await client.close();
    expect(await call).toBeInstanceOf(Error);
    await servers[0]!.saw('aborted hang');
  });

  test('P5 that closes is lost to what it worked on, and another is made for what comes then', async () => {
    const servers: TestServer[] = [];
    const { client, connect } = served(kind, () => {
      servers.push(newServer(kind));
      return servers.at(-1)!;
    });
    await connect();
    const call = client.call('hang').catch((error: unknown) => error);
    await servers[0]!.saw('hang');
    await servers[0]!.close();
    expect(await call).toMatchObject({ data: { code: 'UPSTREAM_LOST' } });
    expect(await client.call('echo', { text: 'again' })).toBe('again');
    expect(servers.length).toBe(2);
    await client.close();
  });

  test.each([
    ['cannot be made', (failure: Promise<never>) => failure],
    ['does not connect', (failure: Promise<never>) => ({ ...newServer(kind), connect: () => failure })],
  ])('that %s could not be reached, and its client reads why', async (_what, serverThat) => {
    let fail = (): void => {};
    const failure = new Promise<never>((_, reject) => {
      fail = () => reject(new Error('no such database'));
    });
    const { client, connect } = served(kind, () => serverThat(failure));
    const connecting = connect().catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    expect([...runtime!.sessions()][0]?.pending.length).toBe(1);
    fail();
    expect(await connecting).toMatchObject({ data: { code: 'UPSTREAM_LOST', detail: 'no such database' } });
    await client.close();
  });

  test('that is still being made when its session ends is closed', async () => {
    let close = (): void => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    let make = (_server: TestServer): void => {};
    const made = new Promise<TestServer>((resolve) => {
      make = resolve;
    });
    const { session } = served(kind, () => made);
    session.close();
    make({ ...newServer(kind), close: async () => close() });
    await closed;
    expect([...runtime!.sessions()]).toEqual([]);
  });
});
