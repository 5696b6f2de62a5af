/** What can be done to a session on purpose: hold what comes next in it, or make something fail. */

import { useState } from 'preact/hooks';
import type { AdminCall } from '../connection/admin.ts';
import type { PageStore } from '../store/page-store.ts';
import './holds.css';

export interface SessionToolsProps {
  readonly store: PageStore;
  readonly pid: number;
  readonly sessionId: string;
}

export function SessionTools({ store, pid, sessionId }: SessionToolsProps) {
  const [said, say] = useState<string | undefined>(undefined);
  const ask = async (call: AdminCall, done: string): Promise<void> => {
    const answer = await store.ask(pid, call);
    say(answer.kind === 'answered' ? done : answer.message);
  };
  const hold = (what: Readonly<Record<string, unknown>>): void =>
    void ask({ method: 'POST', path: '/breakpoints', body: { session: sessionId, ...what } }, 'A breakpoint is set');
  return (
    <footer class="session-tools" aria-label="Tools of this session">
      <button type="button" onClick={() => hold({ kind: 'request', direction: 'client-to-server' })}>
        Hold the client’s requests
      </button>
      <button type="button" onClick={() => hold({ kind: 'response', direction: 'server-to-client' })}>
        Hold the server’s responses
      </button>
      <button
        type="button"
        class="danger"
        onClick={() =>
          void ask(
            {
              method: 'POST',
              path: `/sessions/${encodeURIComponent(sessionId)}/faults`,
              body: { fault: 'kill-upstream' },
            },
            'Its server was killed',
          )
        }
      >
        Kill the server
      </button>
      <span role="status" class="dim">
        {said}
      </span>
      <span class="push" />
      <a href="#/holds">Held frames and breakpoints</a>
    </footer>
  );
}
