/**
 * A session as it was after one of its events: its state, how it got there, and what waited. Worked out from the events that the
 * page has, so that looking back asks nothing of the process. Knows no page.
 */

import type { SessionState } from '../../../session/outcomes.ts';
import type { TransitionCount } from '../../../session/snapshot.ts';
import type { TracedEvent } from '../../feed-messages.ts';
import type { Exchange, Exchanges } from './exchanges.ts';

export interface Transition {
  readonly from: SessionState;
  readonly to: SessionState;
  /** The event that took it. */
  readonly event: TracedEvent;
}

export interface SessionMoment {
  readonly state: SessionState;
  /** Since when it is in this state, on the clock of the events; undefined when that was before the first event here. */
  readonly enteredAt: number | undefined;
  readonly lastTransition: Transition | undefined;
  /** How often each edge was taken, by the events here. */
  readonly transitions: readonly TransitionCount[];
  /** Oldest first. */
  readonly pending: readonly Exchange[];
}

/**
 * @param events oldest first.
 * @param index of the event after which to look; -1 is before the first one.
 * @param exchanges of all the events, the later ones included.
 */
export function sessionAt(events: readonly TracedEvent[], index: number, exchanges: Exchanges): SessionMoment {
  const seen = transitionsUntil(events, index);
  const last = seen.at(-1);
  const present = events[index];
  return {
    state: present?.to ?? events[0]?.from ?? 'initializing',
    enteredAt: last?.event.at,
    lastTransition: last,
    transitions: counted(seen),
    pending: present === undefined ? [] : pendingAfter(present, exchanges),
  };
}

function transitionsUntil(events: readonly TracedEvent[], index: number): readonly Transition[] {
  const seen: Transition[] = [];
  for (const event of events.slice(0, index + 1)) {
    if (event.from !== event.to) seen.push({ from: event.from, to: event.to, event });
  }
  return seen;
}

function counted(transitions: readonly Transition[]): readonly TransitionCount[] {
  const counts = new Map<string, TransitionCount>();
  for (const { from, to } of transitions) {
    const key = `${from} ${to}`;
    counts.set(key, { from, to, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** A request that is older than the events here waited from the first of them on. */
function pendingAfter({ seq }: TracedEvent, exchanges: Exchanges): readonly Exchange[] {
  return exchanges.all
    .filter((exchange) => (exchange.isOlder || exchange.seq <= seq) && (exchange.settledSeq ?? Infinity) > seq)
    .sort((one, other) => one.openedAt - other.openedAt);
}
