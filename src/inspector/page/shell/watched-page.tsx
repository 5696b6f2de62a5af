/** The route of one session: the session's view, or one of its events. Hands them what they show and what they may do. */

import { useMemo } from 'preact/hooks';
import { EventPage } from '../exchange/event-page.tsx';
import { SessionTools } from '../holds/session-tools.tsx';
import type { Route } from '../routes.ts';
import type { SessionActions } from '../session-actions.ts';
import { SessionPage } from '../session/session-page.tsx';
import { useSessionFold } from '../session/use-session-fold.tsx';
import type { PageStore } from '../store/page-store.ts';
import { TapePage, type TapePageProps } from '../tape/tape-page.tsx';
import { go } from './route.ts';

export interface WatchedPageProps {
  readonly store: PageStore;
  readonly at: Extract<Route, { readonly sessionId: string }>;
}

export function WatchedPage({ store, at }: WatchedPageProps) {
  const { pid, sessionId } = at;
  const actions = useMemo<SessionActions>(() => {
    const path = `/sessions/${encodeURIComponent(sessionId)}`;
    return {
      readBody: async (seq, from) => store.readBody(pid, seq, from),
      openEvent: (seq) => go({ view: 'event', pid, sessionId, seq }),
      close: async () => store.ask(pid, { method: 'DELETE', path }),
      tag: async (tag, isSet) =>
        store.ask(pid, { method: isSet ? 'PUT' : 'DELETE', path: `${path}/tags/${encodeURIComponent(tag)}` }),
    };
  }, [store, pid, sessionId]);

  const close = (): void => go({ view: 'session', pid, sessionId });
  const watched = store.watched.value;
  const hello = store.processes.value.get(pid)?.hello;
  if (watched !== undefined && watched.process.pid === pid && watched.sessionId === sessionId) {
    // Until then it is not known whether it is a tape.
    if (hello === undefined && watched.link === 'connecting') return <p class="blank dim">Connecting …</p>;
    const View = hello?.tape === undefined ? LivePage : TapePage;
    return <View store={store} at={at} watched={watched} actions={actions} close={close} />;
  }
  if (!store.hasList.value) return <p class="blank dim">Connecting …</p>;
  return (
    <div class="blank">
      <h1>Process {pid} is gone</h1>
      <p>It has ended, and its sessions with it.</p>
      <a href="#/">All sessions</a>
    </div>
  );
}

function LivePage({ store, at, watched, actions, close }: TapePageProps) {
  const { pid, sessionId } = at;
  const folded = useSessionFold(watched.events, watched.missed);
  return (
    <div class={at.view === 'event' ? 'split with-event' : 'split'}>
      <div class="beside">
        <SessionPage session={watched} folded={folded} actions={actions} />
        {!watched.isOver && <SessionTools store={store} pid={pid} sessionId={sessionId} />}
      </div>
      {at.view === 'event' && (
        <EventPage session={watched} exchanges={folded.exchanges} seq={at.seq} actions={actions} close={close} />
      )}
    </div>
  );
}
