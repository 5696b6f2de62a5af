/** docs/reference/states-and-outcomes.md: how sessions and requests stand and end, in the words that users see. */

import { sessionMachine } from '../../machines/session.ts';
import { type EndReason, type Outcome, outcomes, sessionStates, statusOf } from '../../src/session/outcomes.ts';
import { stateDescription } from './chart-page.ts';
import { code, generatedFrom, table } from './markdown.ts';

interface End {
  readonly state: 'closed' | 'failed';
  readonly sentence: string;
}

const ends: Readonly<Record<EndReason, End>> = {
  'client-closed': {
    state: 'closed',
    sentence: 'The client closed its sending half, and everything it had asked for got its outcome.',
  },
  'client-gone': { state: 'closed', sentence: 'Nobody is left to read: the client process or its connection is gone.' },
  drained: { state: 'closed', sentence: 'A stop was asked, and the last waiting request got its outcome in time.' },
  'closed-by-operator': { state: 'closed', sentence: 'The embedding code or an operator closed the session.' },
  'shutdown-agreed': {
    state: 'closed',
    sentence: 'The server answered a shutdown request of its dialect with a result (see [profiles](profiles.md)).',
  },
  evicted: { state: 'closed', sentence: 'The session was quiet and made room for a new one.' },
  'handed-over': {
    state: 'closed',
    sentence: 'This node of a cluster gave the session back: the next node that is asked about it goes on with it.',
  },
  'node-fenced': {
    state: 'closed',
    sentence: 'This node of a cluster may not serve the session any more: another one may have it by now.',
  },
  'initialize-timeout': { state: 'failed', sentence: 'The server did not answer `initialize` in time.' },
  idle: { state: 'failed', sentence: 'No frame, no waiting request and no open stream for `sessionIdleMs`.' },
  age: { state: 'failed', sentence: 'The session reached `sessionAgeMs`.' },
  'drain-deadline': { state: 'failed', sentence: 'Requests were still waiting when `drainMs` had passed.' },
  'upstream-lost': {
    state: 'failed',
    sentence:
      'The server went away while the session was shutting down; or it came back, and the handshake was too long to be kept for it.',
  },
  'upstream-exhausted': {
    state: 'failed',
    sentence:
      'The server went away and is not started again: its restarts are spent or switched off, or it cannot be started.',
  },
  'upstream-changed': {
    state: 'failed',
    sentence:
      'The server came back as another one: other protocol version or capabilities, or it refused the handshake.',
  },
  'recovery-deadline': { state: 'failed', sentence: 'The server was not back `recoveryMs` after it was lost.' },
  'buffer-full': {
    state: 'failed',
    sentence: 'A peer did not read, and its buffer had no room left for an answer or a notification.',
  },
  'internal-error': { state: 'failed', sentence: 'A defect in Ninelives ended the session; the log has it.' },
};

interface Ending {
  readonly when: string;
  readonly told: string;
}

const endings: Readonly<Record<Outcome, Ending>> = {
  result: { when: 'The peer answered with a result.', told: "the peer's own frame" },
  error: { when: 'The peer answered with an error.', told: "the peer's own frame" },
  cancelled: { when: 'The requester cancelled it.', told: 'nothing, as the protocol says' },
  timeout: { when: 'It ran into its idle or absolute deadline.', told: '`REQUEST_TIMEOUT`' },
  'upstream-lost': { when: 'The server went away before it answered.', told: '`UPSTREAM_LOST`' },
  'client-gone': {
    when: 'The client left before the answer came.',
    told: 'nobody is left to tell; a server that had asked the client is told `SESSION_NOT_FOUND`',
  },
  refused: {
    when: 'Ninelives did not take it on, or an interceptor blocked it.',
    told: 'one of the [errors in our own name](ERRORS)',
  },
};

export function outcomesPage(): string {
  return [
    generatedFrom('src/session/outcomes.ts', 'machines/session.ts'),
    '# States, statuses, outcomes',
    '## Outcomes of a request',
    `Every request that either peer sends ends in exactly one of these, once. The requester is told unless it cancelled or is
gone. What an interceptor answers in a peer's place counts as the peer's answer.`,
    outcomesTable('errors.md'),
    '## States of a session',
    `As [the chart](../charts/session.md) has them. The status is computed from the state and the reason of the end; it is stored
nowhere.`,
    table(
      ['state', 'status', 'what it means'],
      sessionStates.map((state) => [code(state), statusIn(state), stateDescription(sessionMachine, state)]),
    ),
    '## Reasons of an end',
    'A session ends once, for one reason. What ends it at last has the word.',
    table(
      ['reason', 'state', 'status', 'what happened'],
      (Object.entries(ends) as [EndReason, End][]).map(([reason, { state, sentence }]) => [
        code(reason),
        code(state),
        code(statusOf(state, reason)),
        sentence,
      ]),
    ),
  ].join('\n\n');
}

/** @param errors where the page about errors is, seen from the page that shows the table. */
export function outcomesTable(errors: string): string {
  return table(
    ['outcome', 'when', 'what the requester is told'],
    outcomes.map((outcome) => [code(outcome), endings[outcome].when, endings[outcome].told.replace('ERRORS', errors)]),
  );
}

function statusIn(state: (typeof sessionStates)[number]): string {
  return state === 'failed' ? '`failed` or `timeout`, by the reason' : code(statusOf(state, undefined));
}
