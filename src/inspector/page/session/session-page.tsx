/** One session, live. */

import type { SessionActions } from '../session-actions.ts';
import type { WatchedSession } from '../watched-session.ts';

export interface SessionPageProps {
  readonly session: WatchedSession;
  readonly actions: SessionActions;
}

export function SessionPage({ session }: SessionPageProps) {
  return (
    <div class="blank">
      <h1>{session.sessionId}</h1>
      <p>{session.view?.snapshot.state ?? 'Waiting for the first view'}</p>
      <p>{session.events.length} events</p>
    </div>
  );
}
