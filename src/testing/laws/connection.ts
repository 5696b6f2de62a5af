/** How connections begin and end: with a handshake, in silence, and with nothing left behind. */

import type { WireMessage } from '../play/history.ts';
import { seqOf } from '../play/marks.ts';
import type { Reading, Theirs } from './reading.ts';
import { law, spelled } from './verdict.ts';

export const handshakeFirst = law(
  {
    id: 'handshake-first',
    text: 'A connection to a server begins with the handshake, each time.',
    source: '2025-11-25, basic/lifecycle, Initialization',
    of: ['proxy', 'client'],
    appliesTo: ({ era }) => era === 'session',
  },
  (reading, verdict) => {
    const { received, lines } = reading;
    const begun = new Set<number>();
    const mayComeBefore = new Set(['initialize', 'ping', 'server/discover']);
    for (const { connection, message, seq } of received) {
      if (lines.get(connection)?.role !== 'server' || begun.has(connection)) continue;
      if (isOfUnshaken(message, reading)) continue;
      verdict.tried();
      const { method } = message;
      if (method === undefined || !mayComeBefore.has(method)) {
        verdict.broken(`${method ?? 'A response'} came before the handshake`, seq);
      }
      if (method !== 'ping' && method !== 'server/discover') begun.add(connection);
    }
  },
);

/** Its client has had no hand to shake: a proxy that passes on what it says all the same is not to blame. */
function isOfUnshaken(message: WireMessage, { sentAt, ours }: Reading): boolean {
  const said = sentAt(seqOf(message) ?? -1);
  if (said === undefined || message.method === 'initialize') return false;
  return !ours.some(
    ({ method, line, responses }) =>
      method === 'initialize' &&
      line.connection === said.connection &&
      responses.some((response) => response.message.result !== undefined && response.seq < said.seq),
  );
}

export const freshIds = law(
  {
    id: 'fresh-ids',
    text: 'A request has an id that its sender has not used before on the connection; in 2026-07-28 none that still waits.',
    source: '2025-11-25, basic, Requests; 2026-07-28, basic, Requests',
    of: ['server', 'proxy', 'client'],
  },
  ({ theirs }, verdict, { era }) => {
    const used = new Map<string, Theirs>();
    for (const asked of theirs) {
      verdict.tried();
      const { line, id, origin, event } = asked;
      const key = `${line.connection} ${spelled(id)}`;
      const before = used.get(key);
      used.set(key, asked);
      if (before === undefined) continue;
      const isOver = before.answers.some(({ seq }) => seq < event.seq) || before.cancels.length > 0;
      const isPassedOn = origin !== undefined && origin.line === before.origin?.line && origin.id === before.origin.id;
      if (isPassedOn || (era === 'stateless' && isOver)) continue;
      verdict.broken(`${asked.method} came under ${spelled(id)}, which was used before`, before.event.seq, event.seq);
    }
  },
);

export const silentAfterClose = law(
  {
    id: 'silent-after-close',
    text: 'Nothing is said on a connection that has ended.',
    source: '2025-11-25, basic/lifecycle, Shutdown',
    of: ['server', 'proxy', 'client'],
  },
  ({ received, lines }, verdict) => {
    for (const { endedAt } of lines.values()) if (endedAt < Infinity) verdict.tried();
    for (const { connection, seq } of received) {
      const endedAt = lines.get(connection)?.endedAt ?? Infinity;
      if (seq > endedAt) verdict.broken('Something was said on a connection that had ended', endedAt, seq);
    }
  },
);

export const nothingLeft = law(
  {
    id: 'nothing-left',
    text: 'When all connections have ended, nothing of them is held.',
    source: '2025-11-25, basic/lifecycle, Shutdown',
    of: ['server', 'proxy', 'client'],
  },
  ({ held }, verdict) => {
    if (held === undefined) return;
    verdict.tried();
    for (const [what, count] of Object.entries(held.what)) {
      if (count !== 0) verdict.broken(`${count} of ${what} are held when all connections have ended`, held.seq);
    }
  },
);

export const streamEnd = law(
  {
    id: 'stream-end',
    text: 'On HTTP the response to a request does not end without the answer, while the connection goes on.',
    source: '2025-11-25, basic/transports, Sending Messages to the Server',
    of: ['server', 'proxy'],
    appliesTo: ({ isHttp }) => isHttp,
  },
  ({ ours, settledAt, killedAt }, verdict) => {
    for (const { line, ended, responses, event, id, method, cancelledAt, hasTwin } of ours) {
      // Of two under one id the response of one may be in the other's: that is a law of its own.
      if (line.role !== 'client' || ended === undefined || hasTwin) continue;
      verdict.tried();
      const isExcused = Math.min(cancelledAt, line.endedAt, killedAt) < ended.seq;
      const isOk = ended.status >= 200 && ended.status < 300;
      if (isOk && responses.length === 0 && !isExcused && ended.seq < settledAt) {
        verdict.broken(`The HTTP response to ${method} ${spelled(id)} ended without an answer`, event.seq, ended.seq);
      }
    }
  },
);
