/** An interceptor, as docs/reference/interceptors.md shows it. */

import { randomUUID } from 'node:crypto';
import { type Interceptor, createRuntime } from '../../src/index.ts';

/** Tools that delete are blocked, and a session that talks a lot is slowed down. */
const guard: Interceptor = {
  name: 'guard',
  intercept(frame) {
    if (frame.direction === 'server-to-client' || frame.message['method'] !== 'tools/call') return undefined;
    const { name } = frame.message['params'] as { readonly name: string };
    if (name.startsWith('delete_')) return { action: 'block', message: `${name} is not allowed here` };
    if (frame.metadata.frame_count > 100) return { action: 'delay', delayMs: 1000 };
    return { action: 'continue' };
  },
};

export const runtime = createRuntime({ ids: { sessionId: randomUUID }, interceptors: [guard] });
