/** A response reaches its own request, under its own id, and nobody sees what is for somebody else. */

import type { Sent, WireMessage } from '../play/history.ts';
import { seqOf } from '../play/marks.ts';
import type { TargetFacts } from '../play/target.ts';
import { type Line, type Reading, originOf } from './reading.ts';
import { law, spelled } from './verdict.ts';

export const ownResponse = law(
  {
    id: 'own-response',
    text: 'A response has the id of its own request, to the letter and with its type; on HTTP it is in the response to it.',
    source: '2025-11-25, basic, Responses',
    of: ['server', 'proxy', 'client'],
  },
  (reading, verdict) => {
    for (const one of reading.ours) {
      // What becomes of two under one id is a law of its own.
      if (one.hasTwin) continue;
      for (const response of one.responses) {
        verdict.tried();
        const origin = originOf(response.message, reading);
        if (origin !== undefined && origin !== one) {
          verdict.broken(
            `${one.method} ${spelled(one.id)} was answered with the response to ${origin.method} ${spelled(origin.id)}`,
            one.event.seq,
            origin.event.seq,
            response.seq,
          );
        } else if (response.via !== undefined && response.via !== one.event.seq && !one.isDuplicated) {
          verdict.broken(
            `The response to ${one.method} ${spelled(one.id)} came in the HTTP response to another message`,
            one.event.seq,
            response.via,
            response.seq,
          );
        }
      }
    }
    for (const stray of reading.strayResponses) {
      verdict.tried();
      verdict.broken(
        `A response came under ${spelled(stray.message.id)}, and nothing was asked under that id`,
        stray.seq,
      );
    }
  },
);

export const noCrossing = law(
  {
    id: 'no-crossing',
    text: 'Nobody sees what is for somebody else.',
    source: '2025-11-25, basic/security_best_practices, Session Hijacking; basic/transports, Multiple Connections',
    of: ['proxy'],
  },
  (reading, verdict, facts) => {
    const pairs = facts.sharesServers === true ? undefined : pairsOf(reading);
    for (const event of reading.received) {
      const mark = seqOf(event.message);
      const said = mark === undefined ? undefined : reading.sentAt(mark);
      const line = reading.lines.get(event.connection);
      if (said === undefined || line === undefined) continue;
      const own = ownerOf(said, reading);
      const isTried = own !== undefined || pairs !== undefined;
      if (isTried) verdict.tried();
      if (own !== undefined && own !== line) {
        verdict.broken(
          `What is for connection ${own.connection} came on connection ${line.connection}`,
          said.seq,
          event.seq,
        );
      } else if (
        own === undefined &&
        pairs !== undefined &&
        isStranger(reading.lines.get(said.connection), line, pairs)
      ) {
        verdict.broken(
          `What was said on connection ${said.connection} came on connection ${line.connection}, which has nothing to do with it`,
          said.seq,
          event.seq,
        );
      }
    }
    for (const { connection, message, seq } of reading.leftovers) {
      verdict.tried();
      if (isForNobodyHere(connection, message, reading, facts)) {
        verdict.broken(
          `What was said on another connection, which has ended since, came on connection ${connection}`,
          seq,
        );
      }
    }
  },
);

/**
 * A server may come late, and hear what its client has said before it left. But a client that comes later hears nothing of that, nor does
 * a server that has another client; and whose response it is, or progress, is gone in any case. Servers that are shared may tell everybody.
 */
function isForNobodyHere(
  connection: number,
  { method }: WireMessage,
  { lines, theirs }: Reading,
  { sharesServers = false }: TargetFacts,
): boolean {
  if (method === undefined || method === 'notifications/progress') return true;
  if (sharesServers) return false;
  const isServer = lines.get(connection)?.role === 'server';
  return !isServer || theirs.some(({ line, origin }) => line.connection === connection && origin !== undefined);
}

/** On which connection what we said has to come out: that of the request that it is about. */
function ownerOf({ about, message }: Sent, { theirsAt }: Reading): Line | undefined {
  if (about === undefined || message.method === 'notifications/cancelled') return undefined;
  return theirsAt(about)?.origin?.line;
}

/** With which connections of the other side each connection has had to do. */
type Pairs = ReadonlyMap<Line, ReadonlySet<Line>>;

function pairsOf({ theirs }: Reading): Pairs {
  const pairs = new Map<Line, Set<Line>>();
  const add = (from: Line, to: Line): void => {
    const known = pairs.get(from);
    if (known === undefined) pairs.set(from, new Set([to]));
    else known.add(to);
  };
  for (const { line, origin } of theirs) {
    if (origin === undefined) continue;
    add(line, origin.line);
    add(origin.line, line);
  }
  return pairs;
}

/** Both have had to do with others, and never with each other. */
function isStranger(from: Line | undefined, to: Line, pairs: Pairs): boolean {
  if (from === undefined || from === to) return false;
  if (from.role === to.role) return true;
  const [known, others] = [pairs.get(from), pairs.get(to)];
  return known !== undefined && others !== undefined && !known.has(to);
}
