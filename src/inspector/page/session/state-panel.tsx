/** The session's statechart, the transition that it took last, and what can happen in the state that somebody looks at. */

import { useState } from 'preact/hooks';
import type { TransitionCount } from '../../../session/snapshot.ts';
import { sessionChart } from '../chart/session-chart.ts';
import { StateChart } from '../chart/state-chart.tsx';
import type { SessionMoment } from './session-at.ts';
import { spokenMs } from './spoken.ts';

export interface StatePanelProps {
  readonly moment: SessionMoment;
  /** False while nothing has been heard of the session. */
  readonly isKnown: boolean;
  /** On the clock of the events. */
  readonly at: number;
  readonly isLive: boolean;
  /** Of the session's whole life, or up to the moment. */
  readonly transitions: readonly TransitionCount[];
  readonly dwellMs: Readonly<Record<string, number>> | undefined;
}

export function StatePanel({ moment, isKnown, at, isLive, transitions, dwellMs }: StatePanelProps) {
  const { state, enteredAt, lastTransition } = moment;
  const [picked, setPicked] = useState<string | undefined>(undefined);
  const isOver = state === 'closed' || state === 'failed';
  const stay = enteredAt === undefined ? dwellMs?.[state] : at - enteredAt;
  const notes = isOver || stay === undefined ? {} : { [state]: `for ${spokenMs(coarse(stay))}` };
  const shown = picked ?? state;
  const last =
    lastTransition === undefined
      ? undefined
      : { from: lastTransition.from, to: lastTransition.to, key: lastTransition.event.seq };
  return (
    <section class="state-panel" aria-label="Statechart">
      <StateChart
        title="Statechart of the session"
        lit={isKnown ? [state] : []}
        last={last}
        edges={transitions}
        notes={notes}
        picked={picked}
        onPick={(name) => setPicked(name === picked ? undefined : name)}
      />
      <p class="last-transition" role="status">
        {lastTransition === undefined ? (
          <span class="dim">No transition in the events here</span>
        ) : (
          <>
            <span class="mono">{lastTransition.event.event}</span>: {lastTransition.from} → <b>{lastTransition.to}</b>
            {lastTransition.event.detail !== undefined && <span class="dim"> ({lastTransition.event.detail})</span>}
          </>
        )}
      </p>
      <WaysOut state={shown} transitions={transitions} dwellMs={isLive ? dwellMs?.[shown] : undefined} />
    </section>
  );
}

interface WaysOutProps {
  readonly state: string;
  readonly transitions: readonly TransitionCount[];
  readonly dwellMs: number | undefined;
}

function WaysOut({ state, transitions, dwellMs }: WaysOutProps) {
  const box = sessionChart.narrow.states.find(({ name }) => name === state);
  const edges = sessionChart.narrow.edges.filter(({ from }) => from === state);
  return (
    <details class="ways-out">
      <summary>
        <b>{state}</b> <span class="dim">{edges.length === 0 ? 'is the end' : `can go ${edges.length} ways`}</span>
      </summary>
      <p>{box?.description}</p>
      {dwellMs !== undefined && dwellMs > 0 && <p class="dim">{spokenMs(dwellMs)} in it so far</p>}
      <ul>
        {edges.map(({ to, events }) => {
          const count = transitions.find((taken) => taken.from === state && taken.to === to)?.count;
          return (
            <li key={to}>
              → {to} {count !== undefined && <span class="badge">{count}×</span>}
              <span class="dim mono">
                {' '}
                {events.map(({ event, guard }) => (guard === undefined ? event : `${event} [${guard}]`)).join(', ')}
              </span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function coarse(ms: number): number {
  return ms < 1000 ? ms : Math.floor(ms / 1000) * 1000;
}
