/** Each request has one response: no more, and none is left waiting where a response is owed. */

import type { Received } from '../play/history.ts';
import type { TargetFacts } from '../play/target.ts';
import { isAnswered, owed } from './owed.ts';
import { type Ours, type Reading, originOf } from './reading.ts';
import { type Verdict, law, spelled } from './verdict.ts';

const oneResponse = 'JSON-RPC 2.0, section 5; 2025-11-25, basic, Responses';

export const oneOutcome = law(
  {
    id: 'one-outcome',
    text: 'A request has one response, and is not left waiting.',
    source: oneResponse,
    of: ['server', 'proxy', 'client'],
  },
  (reading, verdict, facts) => {
    const asker = facts.kind === 'client' ? 'server' : 'client';
    for (const one of reading.ours) {
      if (one.line.role === asker && !one.hasTwin && !isAfterLoss(one, reading)) judgeOne(one, reading, verdict, facts);
    }
  },
);

export const recovery = law(
  {
    id: 'recovery',
    text: 'When its server is lost, a client whose connection stays is served by the next one, or is told that it is not.',
    source: '2025-11-25, basic/lifecycle',
    of: ['proxy'],
  },
  (reading, verdict, facts) => {
    for (const one of reading.ours) {
      if (one.line.role === 'client' && !one.hasTwin && isAfterLoss(one, reading))
        judgeOne(one, reading, verdict, facts);
    }
  },
);

export const serverRequests = law(
  {
    id: 'server-requests',
    text: 'A request of a server reaches the client that it is for, and has one response.',
    source: '2025-11-25, basic/transports, Sending Messages to the Server',
    of: ['proxy'],
    appliesTo: ({ era }) => era === 'session',
  },
  (reading, verdict, facts) => {
    for (const one of reading.ours) {
      if (one.line.role === 'server' && !one.hasTwin) judgeOne(one, reading, verdict, facts);
    }
  },
);

export const duplicateIds = law(
  {
    id: 'duplicate-ids',
    text: 'Of two requests that wait under the same id neither is left waiting, nor has the response of the other.',
    source: 'No specification: clients in production do it, so that it must harm nobody',
    isNote: true,
    of: ['server', 'proxy'],
  },
  (reading, verdict, facts) => {
    const asker = facts.kind === 'client' ? 'server' : 'client';
    for (const one of reading.ours) {
      if (one.line.role !== asker || !one.hasTwin || hasCancelledTwin(one, reading)) continue;
      judgeOne(one, reading, verdict, facts);
      for (const response of one.responses) judgeAddressee(one, response, reading, verdict);
    }
  },
);

function judgeOne(one: Ours, reading: Reading, verdict: Verdict, facts: TargetFacts): void {
  const { id, method, event, responses, isDuplicated } = one;
  const why = owed(one, reading, facts);
  if (responses.length > 0 || why !== undefined) verdict.tried();
  const surplus = responses[isDuplicated ? 2 : 1];
  if (surplus !== undefined) {
    verdict.broken(
      `${method} ${spelled(id)} was answered more than once`,
      event.seq,
      ...responses.map(({ seq }) => seq),
    );
  } else if (why !== undefined && !isAnswered(one) && one.ended === undefined) {
    const until = Math.max(reading.settledAt, reading.patientAt);
    verdict.broken(`${method} ${spelled(id)} was never answered, though ${why}`, event.seq, until);
  }
}

/** On HTTP its response is the one in its exchange, whatever the id; elsewhere nobody can tell. */
function judgeAddressee(one: Ours, response: Received, reading: Reading, verdict: Verdict): void {
  const origin = originOf(response.message, reading);
  if (response.via !== one.event.seq || origin === undefined || origin === one) return;
  verdict.broken(
    `${one.method} ${spelled(one.id)} was answered with the response to ${origin.method} ${spelled(origin.id)}, which has the same id`,
    one.event.seq,
    origin.event.seq,
    response.seq,
  );
}

/** Who uses the id of what it has cancelled again cannot know which of the two a late response answers. */
function hasCancelledTwin({ line, id }: Ours, { ours }: Reading): boolean {
  return ours.some((other) => other.line === line && other.id === id && other.cancelledAt < Infinity);
}

/** It was made after a server was lost that its client had been connected with, or may have been. */
function isAfterLoss({ event }: Ours, { lines }: Reading): boolean {
  for (const { role, endedAt } of lines.values()) if (role === 'server' && endedAt < event.seq) return true;
  return false;
}
