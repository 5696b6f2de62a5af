/** What happens in a runtime, read with a loop and heard by listeners, as docs/guides/hooks.md shows it. */

import { type Runtime, observationTarget, observations } from '../../src/index.ts';

/** Writes a line for each session that ended, until the signal comes. */
export async function follow(
  runtime: Runtime,
  signal: AbortSignal,
  write: (line: string) => Promise<void>,
): Promise<void> {
  for await (const seen of observations(runtime, { signal, bufferMax: 100 })) {
    if (seen.type === 'session-ended') await write(`${seen.sessionId} ended: ${seen.reason}`);
    if (seen.type === 'observations-dropped') await write(`${seen.count} observations were lost`);
  }
}

/** Calls for help when a session fails; `stop` ends it. */
export function alarm(runtime: Runtime, call: (sessionId: string) => void): { stop(): void } {
  const target = observationTarget(runtime);
  target.addEventListener('session-ended', ({ detail }) => {
    if (detail.status === 'failed') call(detail.sessionId);
  });
  return target;
}
