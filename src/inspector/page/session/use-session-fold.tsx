/** What is worked out of a session's events, for as long as the session is shown. */

import { useMemo } from 'preact/hooks';
import type { TracedEvent } from '../../feed-messages.ts';
import { type FoldedSession, SessionFold } from './session-fold.ts';

/** @param missed events before the first of these. */
export function useSessionFold(events: readonly TracedEvent[], missed: number): FoldedSession {
  return useMemo(() => new SessionFold(), []).of(events, missed);
}
