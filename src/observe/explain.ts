/**
 * Why a session is as it is, in sentences for people: what each request waits for and until when, whether the server is there, what
 * holds frames back. Says only what the snapshot shows, and where it does not show something, that too.
 */

import type { PendingSnapshot, SessionSnapshot } from '../session/snapshot.ts';

/** One line each, in the order in which they are to be read. */
export function explain(session: SessionSnapshot): readonly string[] {
  const { pending, held } = session;
  return [
    whereItStands(session),
    ...whoIsThere(session),
    ...(pending.length === 0
      ? ['Nothing waits for an answer.']
      : [
          `${counted(pending.length, 'request')} without an answer:`,
          ...pending.map((entry) => `  ${waiting(entry, session)}`),
        ]),
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

function whoIsThere({ state, protocolVersion, clientName, serverName, counts }: SessionSnapshot): readonly string[] {
  const client = clientName === undefined ? 'The client has not said its name' : `The client is ${clientName}`;
  const server = serverName === undefined ? 'the server has not said its name' : `the server is ${serverName}`;
  const revision = protocolVersion === undefined ? 'no revision is agreed on' : `they agreed on ${protocolVersion}`;
  const losses = counts.upstreamLosses;
  const isSilent = state === 'active.serving' && counts.framesFromServer === 0;
  return [
    `${client}, ${server}; ${revision}.`,
    ...(losses === 0
      ? []
      : [
          `The server went away ${counted(losses, 'time')} and was reached again ${counted(counts.recoveries, 'time')}.`,
        ]),
    ...(isSilent ? ['The server has said nothing so far: whether it is there shows when it is asked something.'] : []),
  ];
}

function waiting(
  { id, direction, method, state, ageMs, dueInMs, budget }: PendingSnapshot,
  session: SessionSnapshot,
): string {
  const asker = direction === 'client-to-server' ? 'client' : 'server';
  const answerer = direction === 'client-to-server' ? 'server' : 'client';
  const about = `${JSON.stringify(id)} ${method}, asked by the ${asker} ${spoken(ageMs)} ago`;
  return `${about}: ${cause(state, answerer, session)}; ${deadline(dueInMs, budget)}.`;
}

function cause(state: PendingSnapshot['state'], answerer: 'client' | 'server', session: SessionSnapshot): string {
  switch (state) {
    case 'open':
      return `sent to the ${answerer}, which has not answered`;
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

function deadline(dueInMs: number | null, budget: PendingSnapshot['budget']): string {
  if (dueInMs !== null)
    return dueInMs <= 0 ? 'its deadline is now' : `given up in ${spoken(dueInMs)} unless there is progress`;
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

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
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
