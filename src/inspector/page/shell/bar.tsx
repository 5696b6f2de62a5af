/** The bar at the top: where one is, how the connection is, and what the whole page can do. */

import { useEffect } from 'preact/hooks';
import type { PageStore } from '../store/page-store.ts';
import { chooseTheme, nextTheme, theme } from '../theme.ts';
import { isTyping } from './keys.ts';
import { go, route } from './route.ts';

export interface BarProps {
  readonly store: PageStore;
  readonly showKeys: () => void;
}

const linkWords = {
  connecting: 'connecting',
  open: 'live',
  lost: 'disconnected',
  unauthorised: 'no token',
} as const;

const linkStates = {
  connecting: 'initializing',
  open: 'serving',
  lost: 'failed',
  unauthorised: 'failed',
} as const;

export function Bar({ store, showKeys }: BarProps) {
  const { view } = route.value;
  const directory = store.directory.value;
  const tape = store.tape.value;
  const turnTheme = (): void => chooseTheme(nextTheme(theme.value));

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (event.key === 't') chooseTheme(nextTheme(theme.value));
      if (event.key === 'h') go({ view: 'holds' });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <header class="bar">
      <a class="brand" href="#/">
        ninelives
      </a>
      <nav aria-label="Views">
        <a href="#/" aria-current={view === 'holds' ? undefined : 'page'}>
          Sessions
        </a>
        {tape === undefined && (
          <a href="#/holds" aria-current={view === 'holds' ? 'page' : undefined}>
            Holds {store.held.value > 0 && <span class="badge held">{store.held.value}</span>}
          </a>
        )}
      </nav>
      <span class="push" />
      {tape === undefined && <span class="dim wide">{Math.round(store.eventsPerSecond.value)} events/s</span>}
      {store.dropped.value > 0 && (
        <span class="badge" title="This page reads too slowly: so many messages were left out">
          {store.dropped.value} dropped
        </span>
      )}
      <span class={`link-state state state-${linkStates[directory]}`} role="status">
        {tape === undefined || directory !== 'open' ? linkWords[directory] : `tape ${tape.file}`}
      </span>
      <button type="button" class="plain" onClick={turnTheme} aria-label={`Theme: ${theme.value}`} title="Theme (t)">
        <span class="dim wide">theme: </span>
        {theme.value}
      </button>
      <button type="button" class="plain" onClick={showKeys} aria-label="Keys" title="Keys (?)">
        ?
      </button>
    </header>
  );
}
