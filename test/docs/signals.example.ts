/** Sessions that end with a signal, as docs/guides/hooks.md shows them. */

import { type RuntimeSession, type SessionBetween, createRuntime, openSession } from '../../src/index.ts';

const shutdown = new AbortController();
export const stopEverything = (): void => shutdown.abort();
export const runtime = createRuntime({ signal: shutdown.signal });

/** A session of half an hour at most, which ends with the signal of its caller too. */
export function openFor(caller: AbortSignal, peers: SessionBetween): RuntimeSession {
  return openSession(runtime, { ...peers, signal: AbortSignal.any([caller, AbortSignal.timeout(1_800_000)]) });
}
