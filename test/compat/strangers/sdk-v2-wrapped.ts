/** The server of SDK v2 behind a session and its front. */

import { type Server, createServer } from 'node:http';
import { createFetchHandler, createRuntime, nodeListener, sdkServer } from '../../../src/index.ts';
import { newServerV2 } from './servers.ts';

const ids = { sessionId: (): string => crypto.randomUUID() };

export function sdkV2Wrapped(): Server {
  const runtime = createRuntime({ ids, limits: { pendingPerSession: 100 } });
  const handler = createFetchHandler({ runtime, server: sdkServer(() => newServerV2()) });
  return createServer(nodeListener(handler));
}
