/** The page: which session is looked at, and where others are to be had: samples, a file of one's own, a session of one's own. */

import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { LiveActs } from './live-acts.tsx';
import { LiveSession } from './live-session.ts';
import type { PlayedSession } from './played-session.ts';
import { Player } from './player.tsx';
import { samples } from './samples.ts';
import { SiteBar } from './site-bar.tsx';
import { type PlayedTape, playTape } from './taped-session.ts';

type Source =
  | { readonly kind: 'reading'; readonly name: string }
  | { readonly kind: 'tape'; readonly name: string; readonly tape: PlayedTape }
  | { readonly kind: 'problem'; readonly name: string; readonly text: string }
  | { readonly kind: 'live'; readonly session: LiveSession };

const live = 'live';

export function PlayPage() {
  const [source, setSource] = useState<Source>({ kind: 'reading', name: samples[0]!.name });
  const [number, setNumber] = useState(0);
  /** The newest wish: what was asked for before it may still be read, and is not shown. */
  const wish = useRef<Promise<Blob> | undefined>(undefined);
  const open = async (name: string, file: Promise<Blob>): Promise<void> => {
    wish.current = file;
    setNumber(0);
    setSource({ kind: 'reading', name });
    const read = await file.then(playTape, (error: unknown) => `It cannot be fetched: ${String(error)}`);
    if (wish.current !== file) return;
    setSource(typeof read === 'string' ? { kind: 'problem', name, text: read } : { kind: 'tape', name, tape: read });
  };
  const begin = (): void => {
    wish.current = undefined;
    setSource({ kind: 'live', session: new LiveSession(Date.now()) });
  };
  const choose = (name: string): void => {
    const sample = samples.find((one) => one.name === name);
    if (name === live) begin();
    else if (sample !== undefined) void open(name, fetched(sample.url));
  };
  const openFile = (file: File | undefined): void => {
    if (file !== undefined) void open(file.name, Promise.resolve(file));
  };
  useEffect(() => choose(location.hash === '#live' ? live : samples[0]!.name), []);

  const name = source.kind === 'live' ? live : source.name;
  const isOwn = name !== live && samples.every((sample) => sample.name !== name);
  const sessions = source.kind === 'tape' ? source.tape.sessions : [];
  return (
    <div
      class="play"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        openFile(event.dataTransfer?.files[0]);
      }}
    >
      <SiteBar />
      <main class="view">
        <div class="sources">
          <label>
            <span class="dim">Session</span>{' '}
            <select value={name} onChange={({ currentTarget }) => choose(currentTarget.value)}>
              <option value={live}>Your own: send the events yourself</option>
              <optgroup label="Tapes">
                {samples.map((sample) => (
                  <option key={sample.name} value={sample.name}>
                    {sample.says}
                  </option>
                ))}
                {isOwn && <option value={name}>{name}</option>}
              </optgroup>
            </select>
          </label>
          {sessions.length > 1 && (
            <label>
              <span class="dim">of the tape</span>{' '}
              <select value={number} onChange={({ currentTarget }) => setNumber(Number(currentTarget.value))}>
                {sessions.map(({ id }, place) => (
                  <option key={id} value={place}>
                    {id}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label class="button file">
            Open a tape…
            <input
              type="file"
              class="visually-hidden"
              accept=".jsonl,.gz"
              onChange={({ currentTarget }) => {
                openFile(currentTarget.files?.[0]);
                currentTarget.value = '';
              }}
            />
          </label>
          <span class="dim wide">It stays in this browser: nothing is sent anywhere.</span>
          <span class="push" />
          <span class="dim wide">
            <kbd>←</kbd> <kbd>→</kbd> step · <kbd>Space</kbd> plays · <kbd>Home</kbd> <kbd>End</kbd>
          </span>
        </div>
        <Chosen source={source} session={sessions[number]} begin={begin} />
      </main>
    </div>
  );
}

interface ChosenProps {
  readonly source: Source;
  readonly session: PlayedSession | undefined;
  readonly begin: () => void;
}

function Chosen({ source, session, begin }: ChosenProps) {
  switch (source.kind) {
    case 'reading':
      return (
        <p class="none dim" role="status">
          Reading the tape …
        </p>
      );
    case 'problem':
      return (
        <p class="note bad" role="alert">
          {source.name} is no tape that can be played. {source.text}
        </p>
      );
    case 'live':
      return <LivePlayer key={source.session.epochOffset} session={source.session} begin={begin} />;
    case 'tape':
      if (session === undefined) return <p class="none dim">There is no session on this tape.</p>;
      return (
        <Player key={`${source.name} ${session.id}`} session={session} events={session.events} begins="first">
          {source.tape.notes.map((note) => (
            <p key={note} class="note">
              {note}
            </p>
          ))}
        </Player>
      );
  }
}

function LivePlayer({ session, begin }: { readonly session: LiveSession; readonly begin: () => void }) {
  const [acts, noteAct] = useReducer<number, void>((count) => count + 1, 0);
  const events = useMemo(() => [...session.events], [session, acts]);
  return (
    <Player session={session} events={events} begins="newest" follows={acts}>
      <LiveActs
        can={(act) => session.can(act)}
        act={(act) => {
          session.do(act);
          noteAct();
        }}
        isOver={session.isOver}
        begin={begin}
      />
    </Player>
  );
}

async function fetched(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status}`);
  return response.blob();
}
