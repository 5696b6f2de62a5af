/** The server of SDK v1 behind a session and its front: its own transport is not needed any more. */

import { type Server, createServer } from 'node:http';
import { createFetchHandler, createRuntime, nodeListener, sdkServer } from '../../../src/index.ts';
import { newServerV1 } from './servers.ts';

const ids = { sessionId: (): string => crypto.randomUUID() };

export function sdkV1Wrapped(): Server {
  const runtime = createRuntime({ ids, limits: { pendingPerSession: 100 } });
  const handler = createFetchHandler({ runtime, server: sdkServer(() => newServerV1()) });
  return createServer(nodeListener(handler));
}
