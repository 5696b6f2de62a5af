/** The frame around every view: the bar, what is wrong with the connection, the keys that work everywhere, and the view itself. */

import { useEffect, useState } from 'preact/hooks';
import { HoldsPage } from '../holds/holds-page.tsx';
import { OverviewPage } from '../overview/overview-page.tsx';
import type { PageStore } from '../store/page-store.ts';
import { Bar } from './bar.tsx';
import { isTyping } from './keys.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { go, route } from './route.ts';
import { TapeNotes } from './tape-notes.tsx';
import { TokenWanted } from './token-wanted.tsx';
import { WatchedPage } from './watched-page.tsx';

export interface AppProps {
  readonly store: PageStore;
  readonly useToken: (token: string) => void;
}

export function App({ store, useToken }: AppProps) {
  const [showsKeys, setShowsKeys] = useState(false);
  const at = route.value;
  const directory = store.directory.value;

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '?' && !isTyping(event)) setShowsKeys(true);
      if (event.key !== 'Escape' || isTyping(event) || document.querySelector('dialog[open]') !== null) return;
      if (route.value.view === 'event') go({ ...route.value, view: 'session' });
      else if (route.value.view !== 'overview') go({ view: 'overview' });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const pid = at.view === 'session' || at.view === 'event' ? at.pid : undefined;
  const sessionId = at.view === 'session' || at.view === 'event' ? at.sessionId : undefined;
  useEffect(() => {
    store.watch(pid === undefined || sessionId === undefined ? undefined : { pid, sessionId });
  }, [store, pid, sessionId]);

  if (directory === 'unauthorised') return <TokenWanted useToken={useToken} />;
  return (
    <>
      <Bar store={store} showKeys={() => setShowsKeys(true)} />
      {directory === 'lost' && (
        <p class="note bad" role="status">
          Nobody answers at {location.host}. What is shown is how it was
          {store.tape.value === undefined
            ? '; the page connects again by itself.'
            : ", and 'ninelives tape open' shows it again."}
        </p>
      )}
      <TapeNotes tape={store.tape.value} />
      <main class="view">
        {at.view === 'overview' && <OverviewPage store={store} />}
        {at.view === 'holds' && <HoldsPage store={store} />}
        {(at.view === 'session' || at.view === 'event') && (
          <WatchedPage store={store} at={at} key={`${at.pid}/${at.sessionId}`} />
        )}
      </main>
      {showsKeys && <KeysDialog close={() => setShowsKeys(false)} />}
    </>
  );
}
