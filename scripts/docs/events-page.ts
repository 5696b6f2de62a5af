/** docs/reference/events.md: everything that can happen to a session, and the states that take it. */

import { sessionMachine } from '../../machines/session.ts';
import { type SessionEventType, sessionEventTypes } from '../../src/session/events.ts';
import { statesTaking } from './chart-page.ts';
import { code, codes, generatedFrom, table } from './markdown.ts';

const sentences: Readonly<Record<SessionEventType, string>> = {
  'frame.request': 'A peer sent a request.',
  'frame.response': 'A peer sent a response, be it a result or an error.',
  'frame.notification': 'A peer sent a notification.',
  'frame.decided':
    'Something became known about a frame that waits: the verdict of an interceptor, the end of its delay, or its turn.',
  'frame.malformed': 'A peer sent bytes that are no JSON-RPC message. Whoever waits for an answer gets one.',
  'request.expired': 'The timer of a waiting request rang.',
  'upstream.ready':
    'The server takes frames: for the first time, or after a restart. `goesOn`: it knows the session from before.',
  'upstream.lost': 'The server went away; the event says how, and whether it is started again.',
  'client.attached': 'A stream towards the client opened or closed. An open one counts as activity.',
  'client.closed': 'The client sends nothing more; `isGone` says whether it still reads.',
  'exchange.closed': 'The client gave up an exchange: nobody reads what would still be sent in it.',
  'session.reopened':
    'Another node of a cluster served the session before. The event says what its peers had agreed on there; it is the first of the session here.',
  'session.close': 'Somebody ends the session now: an operator, its client, or an eviction.',
  'session.drain': 'Somebody asks the session to take no new requests and to end after the last one.',
  'session.ticked': 'Time passed: tags that depend on it are looked at again.',
  'session.expired': 'The idle limit or the age limit of the session was reached.',
  'session.labelled': 'Somebody set or removed a label, which is shown among the tags.',
  'effect.failed': 'Something that a commit asked for did not reach its peer; the request that it carried is settled.',
};

export function eventsPage(): string {
  return [
    generatedFrom('src/session/events.ts', 'machines/session.ts'),
    '# Session events',
    `The whole vocabulary. Every event carries \`at\`, milliseconds on the runtime's clock. The JSON-RPC method of a frame is data
in the event and never part of its type, so a peer cannot add to this list. What each state does with an event is told by
[the chart](../charts/session.md).`,
    table(
      ['event', 'what happened', 'taken in'],
      sessionEventTypes.map((type) => [code(type), sentences[type], taken(type)]),
    ),
  ].join('\n\n');
}

function taken(type: SessionEventType): string {
  const states = statesTaking(sessionMachine, type);
  return states === 'any state' ? '_any state_' : codes(states);
}
