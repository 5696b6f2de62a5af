/** Limits and deadlines of one's own, as docs/guides/put-session-laws-into-your-proxy.md shows them. */

import { createRuntime } from '../../src/index.ts';

export const runtime = createRuntime({
  limits: { sessions: 200, sessionsPerPrincipalRatio: 0.1, pendingPerSession: 50 },
  times: { requestIdleMs: 30_000, requestAbsoluteMs: 600_000 },
});
