/** docs/reference/counters.md: what a session counts, one sentence each. */

import { type CounterName, counterNames } from '../../src/session/counters.ts';
import { code, generatedFrom, table } from './markdown.ts';

const sentences: Readonly<Record<CounterName, string>> = {
  framesFromClient: 'Messages that the client sent, those included that were refused.',
  framesFromServer: 'Messages that the server sent.',
  bytesFromClient: 'Bytes of those messages, without line endings.',
  bytesFromServer: 'Bytes of those messages, without line endings.',
  requestsFromClient: 'Requests among them.',
  requestsFromServer: 'Requests among them.',
  responsesFromClient: 'Responses among them.',
  responsesFromServer: 'Responses among them.',
  notificationsFromClient: 'Notifications among them.',
  notificationsFromServer: 'Notifications among them.',
  malformedFromClient: 'Pieces of input that are no message; not counted as frames.',
  malformedFromServer: 'Pieces of input that are no message; not counted as frames.',
  lateResponses:
    'Responses to a request that had ended without an answer: cancelled, late, or lost. They go no further.',
  duplicateResponses: 'Second responses to a request. They go no further.',
  bogusResponses: 'Responses to a request that nobody remembers. They go no further.',
  lateProgress: 'Progress for a request that had ended.',
  unattributedProgress: 'Progress whose token no request gave. It is passed on.',
  lateCancellations: 'Cancellations that name no waiting request. They go no further.',
  ambiguousCancellations:
    'Cancellations that name an id under which several requests of the client wait. They go no further: it would be a guess.',
  illegalCancellations: 'Cancellations of `initialize`, which the protocol forbids. They go no further.',
  errorsWithoutId: 'Error responses that name no request. They are passed on.',
  duplicateIds: 'Requests refused because a request with the same id was still waiting.',
  beforeInitialized: 'Requests that came before the handshake was over, other than those that belong there.',
  unknownMethods: 'Messages with a method that no revision knows. They are passed on.',
  wrongKind: 'Requests without an id, or notifications with one, by what the method should be.',
  wrongSender: 'Messages that the protocol reserves for the other side.',
  notInRevision: 'Messages whose method exists in other revisions only, or batches where the revision has none.',
  modified: 'Messages that an interceptor changed.',
  blocked: 'Messages that an interceptor blocked.',
  mocked: "Answers that an interceptor gave in a peer's place.",
  held: 'Frames that had to wait in the session: for an interceptor, a delay, their turn, or the server.',
  dropped: 'Notifications that went no further: blocked, without room to wait, or with nobody to read them.',
  interceptorFailures: 'Messages on which an interceptor threw, was too slow, or returned something unknown.',
  undeliverable: 'Messages from the server for which the client has no stream open.',
  effectFailures: 'Messages that did not reach the link to their peer.',
  refusedPerSession: 'Requests of the client refused because the session had too many waiting.',
  refusedTotal: 'Requests of the client refused because the process had too many waiting.',
  refusedReserved: 'Handshakes, pings and shutdowns refused because even their reserve was used up.',
  refusedHeld: 'Frames refused because too many were held.',
  refusedBuffer: 'Requests refused because their reader is slow and its buffer is full.',
  refusedListen: 'Subscriptions refused because too many were open.',
  refusedQuestions:
    'Requests of the server refused because too many that servers asked were waiting, in the session or in the process.',
  refusedLabels: 'Labels that were not set: too long, or one too many.',
  upstreamLosses: 'Times that the server went away.',
  recoveries: 'Times that the session went on with a server that came back.',
  'outcome.result': 'Requests of either side that ended so; see [outcomes](states-and-outcomes.md).',
  'outcome.error': 'Requests that ended so.',
  'outcome.cancelled': 'Requests that ended so.',
  'outcome.timeout': 'Requests that ended so.',
  'outcome.upstream-lost': 'Requests that ended so.',
  'outcome.client-gone': 'Requests that ended so.',
  'outcome.refused': 'Requests that ended so.',
};

export function countersPage(): string {
  return [
    generatedFrom('src/session/counters.ts'),
    '# Counters',
    `A session counts these from its opening to its end; they appear as \`counts\` in its snapshot. \`runtime.totals()\` gives the
sums over all sessions, those that have ended included. Gauges, such as the number of waiting requests, are not counted: they
are read from the sessions when somebody asks.`,
    table(
      ['counter', 'what is counted'],
      counterNames.map((name) => [code(name), sentences[name]]),
    ),
  ].join('\n\n');
}
