/**
 * Why a session is as it is, in sentences for people: what each request waits for and until when, whether the peers are there, what
 * holds frames back. Says only what the snapshot shows, and where it does not show something, that too.
 */

import { counted } from '../counted.ts';
import type { PendingSnapshot, SessionSnapshot } from '../session/snapshot.ts';

/** One line each, in the order in which they are to be read; a question of the server stands below the request that caused it. */
export function explain(session: SessionSnapshot): readonly string[] {
  const { pending, held } = session;
  return [
    whereItStands(session),
    ...whoIsThere(session),
    ...(pending.length === 0
      ? ['Nothing waits for an answer.']
      : [`${counted(pending.length, 'request')} without an answer:`, ...tree(session)]),
    ...held.map(
      ({ ticket, direction, kind, method, bytes, isDecided }) =>
        `  Frame ${ticket}, a ${kind}${method === '' ? '' : ` (${method})`} ${wayOf(direction)}, ${bytes} bytes, is held: ${
          isDecided
            ? 'it is decided on, and waits for the frames before it'
            : 'an interceptor has not decided on it yet'
        }.`,
    ),
    ...pressure(session),
    ...past(session),
  ];
}

/**
 * Why one request waits: all that wait under this id, of either side, with what the server asked because of them.
 *
 * @param id as people type it: `7` is the number and the text.
 * @returns undefined where no such request waits.
 */
export function explainRequest(session: SessionSnapshot, id: string): readonly string[] | undefined {
  const meant = session.pending.filter((entry) => String(entry.id) === id || JSON.stringify(entry.id) === id);
  if (meant.length === 0) return undefined;
  const lines = meant.flatMap((entry) => [
    waiting(entry, session),
    ...childrenOf(entry, session).map((child) => `  ${waiting(child, session)}`),
  ]);
  return [...new Set(lines), lastHeard(session), ...pressure(session)];
}

function whereItStands({ state, endReason, ageMs, pending }: SessionSnapshot): string {
  const age = `It opened ${spoken(ageMs)} ago`;
  switch (state) {
    case 'initializing':
      return pending.some(({ method }) => method === 'initialize')
        ? `${age}; the handshake is not over: the server has not answered initialize.`
        : `${age}; the handshake has not begun: the client has not sent initialize.`;
    case 'active.serving':
      return `${age}, the handshake is over, and messages pass.`;
    case 'active.recovering':
      return `${age}. Its server went away and is being reached again: new messages are held until it has answered the handshake.`;
    case 'shuttingDown':
      return `${age}. It is ending: no new requests are taken, and it ends when those below have their outcome, or at the drain deadline.`;
    case 'closed':
    case 'failed':
      return `${age}, and it has ended: ${endReason ?? 'for a reason that is not known'}.`;
  }
}

function whoIsThere(session: SessionSnapshot): readonly string[] {
  const { protocolVersion, clientName, serverName, counts } = session;
  const client = clientName === undefined ? 'The client has not said its name' : `The client is ${clientName}`;
  const server = serverName === undefined ? 'the server has not said its name' : `the server is ${serverName}`;
  const revision = protocolVersion === undefined ? 'no revision is agreed on' : `they agreed on ${protocolVersion}`;
  const losses = counts.upstreamLosses;
  return [
    `${client}, ${server}; ${revision}.`,
    ...(losses === 0
      ? []
      : [
          `The server went away ${counted(losses, 'time')} and was reached again ${counted(counts.recoveries, 'time')}.`,
        ]),
    lastHeard(session),
  ];
}

/** A peer that says nothing may be there all the same; when it spoke last is all that can be known. */
function lastHeard({ sinceClientMs, sinceServerMs }: SessionSnapshot): string {
  const client =
    sinceClientMs === undefined
      ? 'the client has said nothing so far'
      : `the client spoke ${spoken(sinceClientMs)} ago`;
  return sinceServerMs === undefined
    ? `The server has said nothing so far: whether it is there shows when it is asked something; ${client}.`
    : `The server said something last ${spoken(sinceServerMs)} ago; ${client}.`;
}

/** Every request once: a question of the server below the first request that may have caused it. */
function tree(session: SessionSnapshot): readonly string[] {
  const placed = new Set<PendingSnapshot>();
  const lines: string[] = [];
  for (const entry of session.pending) {
    if (placed.has(entry) || parentOf(entry, session) !== undefined) continue;
    lines.push(`  ${waiting(entry, session)}`);
    for (const child of childrenOf(entry, session)) {
      placed.add(child);
      lines.push(`    ${waiting(child, session)}`);
    }
  }
  return lines;
}

/** The request in whose course the server asked, while that still waits. */
function parentOf(entry: PendingSnapshot, { pending }: SessionSnapshot): PendingSnapshot | undefined {
  if (entry.parent === undefined) return undefined;
  return pending.find(
    (other) => other.direction === 'client-to-server' && other.id === entry.parent && other.ageMs >= entry.ageMs,
  );
}

function childrenOf(entry: PendingSnapshot, session: SessionSnapshot): readonly PendingSnapshot[] {
  return session.pending.filter((other) => other !== entry && parentOf(other, session) === entry);
}

function waiting(entry: PendingSnapshot, session: SessionSnapshot): string {
  const asker = entry.direction === 'client-to-server' ? 'client' : 'server';
  const about = `${nameOf(entry)}, asked by the ${asker} ${spoken(entry.ageMs)} ago`;
  return `${about}: ${cause(entry, session)}; ${deadline(entry)}.`;
}

function nameOf({ id, method }: PendingSnapshot): string {
  return `${method} ${JSON.stringify(id)}`;
}

function cause(entry: PendingSnapshot, session: SessionSnapshot): string {
  const answerer = entry.direction === 'client-to-server' ? 'server' : 'client';
  switch (entry.state) {
    case 'open': {
      const questions = childrenOf(entry, session);
      return questions.length === 0
        ? `sent to the ${answerer}, which has not answered${standingStill(entry, session)}`
        : `waits for the client's answer to ${questions.map(nameOf).join(', ')}, for ${spoken(longest(questions))}`;
    }
    case 'answering':
      return `the ${answerer} has answered, and the answer is held for a decision`;
    case 'dropped':
      return `an interceptor dropped it: the ${answerer} does not know of it`;
    case 'held':
      return session.state === 'active.recovering'
        ? `held until the ${answerer} is there again`
        : `not sent on yet: it waits for a decision, for its turn, or for the ${answerer} to be ready`;
  }
}

function longest(questions: readonly PendingSnapshot[]): number {
  return Math.max(...questions.map(({ ageMs }) => ageMs));
}

/** A server behind a pipe does not say which request made it ask: each may be the one. */
function standingStill(entry: PendingSnapshot, { pending }: SessionSnapshot): string {
  if (entry.direction === 'server-to-client') return '';
  const questions = pending.filter(({ direction, parent }) => direction === 'server-to-client' && parent === undefined);
  return questions.length === 0
    ? ''
    : `, and may be waiting for the client's answer to ${questions.map(nameOf).join(', ')}`;
}

function deadline({ dueInMs, dueBy, budget }: PendingSnapshot): string {
  if (dueInMs !== null) {
    if (dueInMs <= 0) return 'its deadline is now';
    return `next deadline in ${spoken(dueInMs)}, ${dueBy === 'absolute' ? 'whatever happens' : 'unless there is progress'}`;
  }
  return budget === 'listen' ? 'a stream that may stay open as long as it likes' : 'no deadline runs';
}

function pressure({ tags }: SessionSnapshot): readonly string[] {
  return tags.includes('saturated') ? ['It is close to the limit of requests that may wait at once.'] : [];
}

/** What has gone wrong before, where anything has. */
function past({ counts }: SessionSnapshot): readonly string[] {
  const rows: readonly (readonly [string, number])[] = [
    ['refused for want of room', counts.refusedPerSession + counts.refusedTotal + counts.refusedReserved],
    ['blocked by an interceptor', counts.blocked],
    ['failed in an interceptor', counts.interceptorFailures],
    ['with an id that was in use', counts.duplicateIds],
    ['answered too late', counts.lateResponses],
  ];
  const said = rows.filter(([, number]) => number > 0).map(([what, number]) => `${number} ${what}`);
  return said.length === 0 ? [] : [`So far: ${said.join(', ')}.`];
}

function wayOf(direction: PendingSnapshot['direction']): string {
  return direction === 'client-to-server' ? 'on its way to the server' : 'on its way to the client';
}

/** A time span in the two largest units that say something: `3 min 5 s`. */
export function spoken(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([amount]) => amount > 0);
  return units
    .slice(first, first + 2)
    .flatMap(([amount, unit]) => (amount === 0 ? [] : [`${amount} ${unit}`]))
    .join(' ');
}
