/** Folds what the feed says of a watched session into what the page holds of it, up to a limit. */

import type { ProcessFacts } from '../../../observe/process-facts.ts';
import type { FeedMessage, TracedEvent } from '../../feed-messages.ts';
import type { WatchedSession } from '../watched-session.ts';

/** Of one session, the newest. */
export const watchedEventsMax = 5_000;
/** The oldest go many at a time: what was worked out of the others is worked out again then. */
export const watchedSpare = 1_000;

export function newWatched(process: ProcessFacts, sessionId: string, epochOffset: number): WatchedSession {
  return {
    process,
    sessionId,
    link: 'connecting',
    view: undefined,
    events: [],
    missed: 0,
    epochOffset,
    isOver: false,
  };
}

/** Messages about other sessions change nothing. */
export function foldWatched(
  watched: WatchedSession,
  message: FeedMessage,
  eventsMax: number = watchedEventsMax,
  spare: number = watchedSpare,
): WatchedSession {
  switch (message.type) {
    case 'hello':
      return { ...watched, epochOffset: message.wallTime - message.now };
    case 'session': {
      if (message.snapshot.id !== watched.sessionId) return watched;
      return { ...watched, view: message, isOver: watched.isOver || message.snapshot.status !== 'active' };
    }
    case 'events': {
      if (message.sessionId !== watched.sessionId) return watched;
      return withEvents(watched, message.events, message.missed, eventsMax, spare);
    }
    case 'problem':
      return message.problem === 'NO_SUCH_SESSION' && message.sessionId === watched.sessionId
        ? { ...watched, isOver: true }
        : watched;
    case 'overview':
    case 'body':
    case 'events-read':
    case 'moment':
      return watched;
  }
}

function withEvents(
  watched: WatchedSession,
  came: readonly TracedEvent[],
  missed: number,
  eventsMax: number,
  spare: number,
): WatchedSession {
  const newest = watched.events.at(-1)?.seq ?? -1;
  const fresh = came[0] !== undefined && came[0].seq > newest ? came : came.filter(({ seq }) => seq > newest);
  const all = [...watched.events, ...fresh];
  const tooMany = all.length > eventsMax + spare ? all.length - eventsMax : 0;
  return {
    ...watched,
    events: tooMany > 0 ? all.slice(tooMany) : all,
    missed: watched.missed + missed + tooMany,
    isOver: watched.isOver || fresh.some(({ event }) => event === 'session.ended'),
  };
}
