/** The body of an event's frame: reads it piece after piece, shows how far that is, and then the body and ways to take it along. */

import { useEffect, useState } from 'preact/hooks';
import type { TracedEvent } from '../../feed-messages.ts';
import type { SessionActions } from '../session-actions.ts';
import type { WatchedSession } from '../watched-session.ts';
import { BodyView } from './body-view.tsx';
import { CopyButton } from './copy-button.tsx';
import { curlOf, curlTarget } from './curl.ts';
import { type WholeBody, readWhole } from './read-whole.ts';

export interface BodyPartProps {
  readonly session: WatchedSession;
  readonly event: TracedEvent;
  readonly actions: SessionActions;
}

export function BodyPart({ session, event, actions }: BodyPartProps) {
  const [tries, setTries] = useState(0);
  const state = useBody(actions.readBody, event.seq, tries);
  const text = state.kind === 'there' ? state.body.text : undefined;
  const url = curlTarget(session.process, event);
  const { snapshot } = session.view ?? {};
  const isFirst = event.frame?.method === 'initialize';
  const curl = (): string =>
    curlOf({
      url: url!,
      body: text!,
      sessionId: isFirst ? undefined : session.sessionId,
      protocolVersion: isFirst ? undefined : snapshot?.protocolVersion,
    });
  return (
    <>
      <div class="copies">
        <CopyButton label="Copy as JSON" text={text === undefined ? undefined : () => text} />
        {url !== undefined && (
          <CopyButton
            label="Copy as curl"
            title="Sends it again. What is hidden here has to be filled in."
            text={text === undefined ? undefined : curl}
          />
        )}
      </div>
      <BodyOrWhyNot state={state} again={() => setTries(tries + 1)} />
    </>
  );
}

function BodyOrWhyNot({ state, again }: { readonly state: BodyState; readonly again: () => void }) {
  switch (state.kind) {
    case 'there':
      return <BodyView body={state.body} />;
    case 'gone':
      return (
        <div class="none">
          <p class="dim">{state.why}</p>
          <button type="button" onClick={again}>
            Ask again
          </button>
        </div>
      );
    case 'reading':
      return (
        <p class="dim none" role="status">
          Reading the body
          {state.characters > 0 && `: ${Math.floor((state.read / state.characters) * 100)} %`} …
        </p>
      );
  }
}

type BodyState =
  | { readonly kind: 'reading'; readonly read: number; readonly characters: number }
  | { readonly kind: 'there'; readonly body: WholeBody }
  | { readonly kind: 'gone'; readonly why: string };

const nothing: BodyState = { kind: 'reading', read: 0, characters: 0 };

function useBody(readBody: SessionActions['readBody'], seq: number, tries: number): BodyState {
  const [state, setState] = useState<BodyState>(nothing);
  useEffect(() => {
    let isWanted = true;
    setState(nothing);
    void (async () => {
      try {
        const body = await readWhole(
          async (from) => readBody(seq, from),
          (read, characters) => {
            if (isWanted && read < characters) setState({ kind: 'reading', read, characters });
            return isWanted;
          },
        );
        if (isWanted && body !== undefined) setState({ kind: 'there', body });
      } catch (error) {
        if (isWanted) setState({ kind: 'gone', why: error instanceof Error ? error.message : String(error) });
      }
    })();
    return () => {
      isWanted = false;
    };
  }, [readBody, seq, tries]);
  return state;
}
