/** Who the session is between, how it stands, its tags, and what can be done to it. */

import { useState } from 'preact/hooks';
import type { AdminAnswer } from '../connection/admin.ts';
import type { SessionActions } from '../session-actions.ts';
import type { WatchedSession } from '../watched-session.ts';
import { spokenMs } from './spoken.ts';
import { StateWord } from './state-word.tsx';
import { type TagReason, tagReason } from './tag-reasons.ts';

export interface SessionHeaderProps {
  readonly session: WatchedSession;
  readonly actions: SessionActions;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function SessionHeader({ session, actions, now }: SessionHeaderProps) {
  const { sessionId, view, process, isOver, epochOffset } = session;
  const [failure, setFailure] = useState('');
  const attempt = async (what: Promise<AdminAnswer>): Promise<void> => {
    const answer = await what;
    setFailure(answer.kind === 'answered' ? '' : answer.message);
  };
  const snapshot = view?.snapshot;
  return (
    <header class="session-header">
      <div class="session-title">
        <h1 class="mono" title="Session id">
          {sessionId}
        </h1>
        {snapshot !== undefined && <StateWord state={snapshot.state} />}
        {snapshot?.endReason !== undefined && <span class="dim">{snapshot.endReason}</span>}
        {snapshot !== undefined && (
          <Tags
            session={session}
            tags={snapshot.tags}
            canChange={!isOver}
            tag={async (...put) => attempt(actions.tag(...put))}
          />
        )}
        <span class="push" />
        {!isOver && <CloseButton close={async () => attempt(actions.close())} />}
      </div>
      {failure !== '' && (
        <p class="note bad" role="alert">
          {failure}{' '}
          <button type="button" class="plain" onClick={() => setFailure('')}>
            Dismiss
          </button>
        </p>
      )}
      <dl class="session-facts">
        <Fact name="client" value={snapshot?.clientName ?? 'not named yet'} />
        <Fact name="server" value={snapshot?.serverName ?? process.server} />
        <Fact name="protocol" value={snapshot?.protocolVersion ?? 'not agreed yet'} />
        <Fact name="transport" value={snapshot?.transportType} />
        <Fact name="route" value={snapshot?.route} />
        <Fact name="principal" value={snapshot?.principal} />
        <Fact name="profile" value={snapshot?.profile === 'default' ? undefined : snapshot?.profile} />
        <Fact
          name="age"
          value={
            view === undefined ? undefined : spokenMs(view.snapshot.ageMs + Math.max(0, now - epochOffset - view.at))
          }
        />
        <Fact name="frames" value={snapshot === undefined ? undefined : String(snapshot.frames)} />
        <Fact name="process" value={`${process.pid} · ${process.command}`} />
      </dl>
    </header>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd title={value}>{value}</dd>
    </div>
  );
}

const setters: Readonly<Record<TagReason['by'], string>> = {
  session: 'built in',
  person: 'by hand',
  rule: 'rule',
  unknown: '',
};

interface TagsProps {
  readonly session: WatchedSession;
  readonly tags: readonly string[];
  readonly canChange: boolean;
  readonly tag: (tag: string, isSet: boolean) => Promise<void>;
}

function Tags({ session, tags, canChange, tag }: TagsProps) {
  const [adds, setAdds] = useState(false);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = new FormData(event.currentTarget as HTMLFormElement).get('tag');
    if (typeof name === 'string' && name.trim() !== '') void tag(name.trim(), true);
    setAdds(false);
  };
  return (
    <span class="session-tags">
      {tags.map((name) => {
        const { by, text } = tagReason(name, session.events);
        return (
          <span key={name} class="badge" title={text}>
            {name}
            {setters[by] !== '' && <span class="dim"> {setters[by]}</span>}
            <span class="visually-hidden">: {text}</span>
            {canChange && by !== 'session' && (
              <button
                type="button"
                class="plain tag-remove"
                aria-label={`Remove the tag ${name}`}
                onClick={() => void tag(name, false)}
              >
                ×
              </button>
            )}
          </span>
        );
      })}
      {canChange && !adds && (
        <button type="button" class="plain" onClick={() => setAdds(true)}>
          + tag
        </button>
      )}
      {adds && (
        <form onSubmit={add}>
          <input
            type="text"
            name="tag"
            aria-label="New tag"
            placeholder="tag, then Enter"
            ref={(input) => input?.focus()}
            onBlur={() => setAdds(false)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.preventDefault();
              setAdds(false);
            }}
          />
        </form>
      )}
    </span>
  );
}

function CloseButton({ close }: { readonly close: () => Promise<void> }) {
  const [asks, setAsks] = useState(false);
  if (!asks) {
    return (
      <button type="button" class="danger" onClick={() => setAsks(true)}>
        Close session…
      </button>
    );
  }
  const decide = (isMeant: boolean): void => {
    setAsks(false);
    if (isMeant) void close();
  };
  return (
    <dialog
      ref={(dialog) => {
        if (dialog !== null && !dialog.open) dialog.showModal();
      }}
      onClose={() => setAsks(false)}
      aria-label="Close this session?"
    >
      <p>Close this session? Requests that wait are refused, and neither peer hears from the other again.</p>
      <p class="dialog-buttons">
        <button type="button" onClick={() => decide(false)}>
          Keep it
        </button>
        <button type="button" class="danger" onClick={() => decide(true)}>
          Close it
        </button>
      </p>
    </dialog>
  );
}
