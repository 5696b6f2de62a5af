/** A client of the SDK with deadlines, as docs/guides/limits-for-an-existing-sdk-server.md shows it. */

import { Client } from '@modelcontextprotocol/client';
import { type SdkTransport, createRuntime, wrapTransport } from '../../src/index.ts';

export const runtime = createRuntime({ times: { requestIdleMs: 10_000 } });

/** Whatever the server does, a call ends: with its answer, or with an error whose `data.code` says why. */
export async function connect(transport: SdkTransport): Promise<Client> {
  const client = new Client({ name: 'host', version: '1.0.0' });
  await client.connect(wrapTransport(transport, { runtime, peer: 'server' }));
  return client;
}
