/**
 * Every metric, as data: its name, what it counts, which attributes it has, and how those that are read from the totals of a runtime
 * are read. Attributes have few values each, and none is an id. docs/reference/metrics.md is made of this table.
 */

import type { TotalsSnapshot } from '../runtime/totals.ts';
import type { CounterName } from '../session/counters.ts';
import { lossReasons } from '../session/events.ts';
import type { Limits } from '../session/limits.ts';
import { outcomes } from '../session/outcomes.ts';
import { attribute } from './semantic-names.ts';

export interface MetricRow {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** As UCUM writes it: `s`, `By`, `1`, or a word in braces for what is counted. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
}

/** What the numbers are read from: a runtime, or all that there was of one route of a gateway. */
export interface MeasuredPart {
  readonly route: string | undefined;
  readonly totals: TotalsSnapshot;
  /** Undefined where nothing is left that could fill up. */
  readonly limits: Limits | undefined;
}

export interface Reading {
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A metric that is read when somebody asks. */
export interface ReadRow extends MetricRow {
  readonly kind: 'counter' | 'gauge';
  read(part: MeasuredPart): readonly Reading[];
}

const operationAttributes = [
  attribute.methodName,
  attribute.operationName,
  attribute.errorType,
  attribute.statusCode,
  attribute.protocolVersion,
  attribute.networkTransport,
  attribute.networkProtocolName,
  'outcome',
  'route',
];
const sessionAttributes = [
  attribute.protocolVersion,
  attribute.errorType,
  attribute.networkTransport,
  attribute.networkProtocolName,
  'route',
];

/** Metrics that are recorded as things happen. */
export const durations = {
  serverOperation: {
    name: 'mcp.server.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Requests of either side, from when they arrived here until they had their outcome.',
    attributes: operationAttributes,
  },
  clientOperation: {
    name: 'mcp.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'The same requests, from when they were sent on until they had their outcome; none that were not sent on.',
    attributes: operationAttributes,
  },
  serverSession: {
    name: 'mcp.server.session.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Sessions that have ended, as their clients had them.',
    attributes: sessionAttributes,
  },
  clientSession: {
    name: 'mcp.client.session.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Sessions that have ended and whose peers had agreed on a revision, as their servers had them.',
    attributes: sessionAttributes.filter((name) => !name.startsWith('network.')),
  },
  state: {
    name: 'ninelives.session.state.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long sessions were in a state that they have left.',
    attributes: ['state', 'route'],
  },
} as const satisfies Record<string, MetricRow>;

/** One number of the totals. */
function whole(
  named: Pick<MetricRow, 'name' | 'unit' | 'description'>,
  of: (totals: TotalsSnapshot) => number,
): ReadRow {
  return {
    ...named,
    kind: 'counter',
    attributes: ['route'],
    read: ({ totals }) => [{ value: of(totals), attributes: {} }],
  };
}

/** Sums of what sessions count: each counter with what is special about it, under one attribute or none. */
function counted(
  { name, unit, description }: Pick<MetricRow, 'name' | 'unit' | 'description'>,
  by: string | undefined,
  counters: Readonly<Partial<Record<CounterName, string>>>,
): ReadRow & { readonly counters: readonly CounterName[] } {
  const rows = Object.entries(counters) as [CounterName, string][];
  return {
    name,
    kind: 'counter',
    unit,
    description,
    attributes: by === undefined ? ['route'] : [by, 'route'],
    counters: rows.map(([counter]) => counter),
    read: ({ totals }) =>
      rows.map(([counter, value]) => ({
        value: totals.counts[counter],
        attributes: by === undefined ? {} : { [by]: value },
      })),
  };
}

/** Metrics that are made of the counters of sessions. A test holds that every counter is in one of them. */
export const countedRows = [
  counted(
    {
      name: 'ninelives.requests.settled',
      unit: '{request}',
      description: 'Requests of either side, by their one outcome.',
    },
    'outcome',
    Object.fromEntries(outcomes.map((outcome) => [`outcome.${outcome}`, outcome])),
  ),
  counted(
    {
      name: 'ninelives.requests.refused',
      unit: '{request}',
      description: 'Requests and other things that a limit, or an id that was in use, left no room for.',
    },
    'reason',
    {
      refusedPerSession: 'session-full',
      refusedTotal: 'process-full',
      refusedReserved: 'reserve-full',
      refusedHeld: 'held-full',
      refusedBuffer: 'buffer-full',
      refusedListen: 'listens-full',
      refusedQuestions: 'questions-full',
      refusedLabels: 'labels-full',
      duplicateIds: 'duplicate-id',
    },
  ),
  counted(
    {
      name: 'ninelives.messages.client',
      unit: '{message}',
      description:
        'Messages that clients sent, by their kind; malformed ones are no messages, and counted all the same.',
    },
    'kind',
    {
      requestsFromClient: 'request',
      responsesFromClient: 'response',
      notificationsFromClient: 'notification',
      malformedFromClient: 'malformed',
    },
  ),
  counted({ name: 'ninelives.messages.server', unit: '{message}', description: 'The same of servers.' }, 'kind', {
    requestsFromServer: 'request',
    responsesFromServer: 'response',
    notificationsFromServer: 'notification',
    malformedFromServer: 'malformed',
  }),
  counted(
    { name: 'ninelives.messages.frames', unit: '{message}', description: 'Messages in all, by who sent them.' },
    'sender',
    { framesFromClient: 'client', framesFromServer: 'server' },
  ),
  counted(
    { name: 'ninelives.messages.size', unit: 'By', description: 'Bytes of those messages, without line endings.' },
    'sender',
    { bytesFromClient: 'client', bytesFromServer: 'server' },
  ),
  counted(
    {
      name: 'ninelives.messages.stray',
      unit: '{message}',
      description: 'Messages about a request that does not wait: answers that come late or twice, and the like.',
    },
    'kind',
    {
      lateResponses: 'late-response',
      duplicateResponses: 'duplicate-response',
      bogusResponses: 'unknown-response',
      lateProgress: 'late-progress',
      unattributedProgress: 'unattributed-progress',
      lateCancellations: 'late-cancellation',
      illegalCancellations: 'illegal-cancellation',
      ambiguousCancellations: 'ambiguous-cancellation',
      errorsWithoutId: 'error-without-id',
    },
  ),
  counted(
    {
      name: 'ninelives.messages.irregular',
      unit: '{message}',
      description: 'Messages that the protocol does not foresee where they came.',
    },
    'kind',
    {
      beforeInitialized: 'before-initialized',
      unknownMethods: 'unknown-method',
      wrongKind: 'wrong-kind',
      wrongSender: 'wrong-sender',
      notInRevision: 'not-in-revision',
    },
  ),
  counted(
    {
      name: 'ninelives.messages.decided',
      unit: '{message}',
      description: 'Messages that interceptors and rules did something to, or that had nobody to go to.',
    },
    'decision',
    {
      modified: 'modified',
      blocked: 'blocked',
      mocked: 'mocked',
      dropped: 'dropped',
      interceptorFailures: 'failed',
    },
  ),
  counted(
    { name: 'ninelives.messages.held', unit: '{message}', description: 'Messages that had to wait in their session.' },
    undefined,
    { held: '' },
  ),
  counted(
    { name: 'ninelives.messages.lost', unit: '{message}', description: 'Messages that did not reach their peer.' },
    'reason',
    { effectFailures: 'not-delivered', undeliverable: 'no-stream' },
  ),
  counted(
    { name: 'ninelives.upstream.losses', unit: '{loss}', description: 'Times that the server of a session went away.' },
    undefined,
    { upstreamLosses: '' },
  ),
  counted(
    {
      name: 'ninelives.upstream.recoveries',
      unit: '{recovery}',
      description: 'Times that a session went on with a server that came back.',
    },
    undefined,
    { recoveries: '' },
  ),
] as const;

/** Every metric that is read from totals. */
export const readRows: readonly ReadRow[] = [
  {
    name: 'ninelives.sessions',
    kind: 'gauge',
    unit: '{session}',
    description: 'Sessions that are open, by the state of their chart.',
    attributes: ['state', 'route'],
    read: ({ totals }) =>
      Object.entries(totals.sessionsByState).map(([state, value]) => ({ value, attributes: { state } })),
  },
  {
    name: 'ninelives.requests.pending',
    kind: 'gauge',
    unit: '{request}',
    description: 'Requests that wait for their answer, by the way that they went.',
    attributes: ['direction', 'route'],
    read: ({ totals: { pending } }) => [
      {
        value: pending.ordinary + pending.reserved + pending.listen,
        attributes: { direction: 'client-to-server' },
      },
      { value: pending.question, attributes: { direction: 'server-to-client' } },
    ],
  },
  {
    name: 'ninelives.table.fill',
    kind: 'gauge',
    unit: '1',
    description: 'How full what all sessions share is: 1 is as full as its limit allows, and 0 where the limit is off.',
    attributes: ['table', 'route'],
    read: fills,
  },
  whole(
    { name: 'ninelives.sessions.opened', unit: '{session}', description: 'Sessions that have been opened.' },
    ({ sessionsOpened }) => sessionsOpened,
  ),
  {
    name: 'ninelives.sessions.ended',
    kind: 'counter',
    unit: '{session}',
    description: 'Sessions that have ended, by the status that they ended with.',
    attributes: ['status', 'route'],
    read: ({ totals: { sessionsEnded } }) =>
      (['completed', 'failed', 'timeout'] as const).map((status) => ({
        value: sessionsEnded[status],
        attributes: { status },
      })),
  },
  {
    name: 'ninelives.session.transitions',
    kind: 'counter',
    unit: '{transition}',
    description: 'Transitions between states, by where they began and ended.',
    attributes: ['from', 'to', 'route'],
    read: ({ totals }) => totals.transitions.map(({ from, to, count }) => ({ value: count, attributes: { from, to } })),
  },
  {
    name: 'ninelives.upstream.restarts',
    kind: 'counter',
    unit: '{restart}',
    description: 'Times that the server of a session was started or reached again, by how it had gone away.',
    attributes: ['reason', 'route'],
    read: ({ totals }) =>
      lossReasons.map((reason) => ({ value: totals.upstreamRestarts[reason], attributes: { reason } })),
  },
  whole(
    {
      name: 'ninelives.events.unplaced',
      unit: '{event}',
      description: 'Events for sessions that were not there any more.',
    },
    ({ unplacedEvents }) => unplacedEvents,
  ),
  whole(
    {
      name: 'ninelives.events.rolled_back',
      unit: '{event}',
      description: 'Events that failed and of which nothing was left; the log says why.',
    },
    ({ rolledBackEvents }) => rolledBackEvents,
  ),
  whole(
    {
      name: 'ninelives.messages.foreign',
      unit: '{message}',
      description: 'Messages from somebody else than whom their session belongs to.',
    },
    ({ foreignMessages }) => foreignMessages,
  ),
  ...countedRows,
];

export const metricRows: readonly MetricRow[] = [...Object.values(durations), ...readRows];

function fills({ totals, limits }: MeasuredPart): readonly Reading[] {
  const open = Object.values(totals.sessionsByState).reduce((sum, count) => sum + count, 0);
  const { ordinary, reserved, listen, question } = totals.pending;
  const tables: readonly (readonly [string, number, number])[] = [
    ['sessions', open, limits?.sessions ?? Infinity],
    ['pending', ordinary, limits?.pendingTotal ?? Infinity],
    ['reserved', reserved, limits?.reservedTotal ?? Infinity],
    ['listens', listen, limits?.listensTotal ?? Infinity],
    ['buffers', totals.bufferedBytes, limits?.bufferBytesTotal ?? Infinity],
    ['questions', question, limits?.questionsTotal ?? Infinity],
  ];
  // Always one for each: an SDK goes on telling the last value of what is not told any more.
  return tables.map(([table, used, limit]) => ({ value: limit > 0 ? used / limit : 0, attributes: { table } }));
}
