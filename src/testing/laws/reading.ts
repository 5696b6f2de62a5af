/**
 * What a history shows, read once for all laws: which responses, copies and cancellations belong to which request, on both sides of
 * a proxy. Requests of ours are found again by their marks, wherever and under whatever id they come out. Judges nothing.
 */

import type { RequestId } from '../../protocol/envelope.ts';
import type {
  ExchangeEnded,
  Held,
  History,
  Leftover,
  Received,
  RuleFollowed,
  Sent,
  Unreadable,
  WireMessage,
} from '../play/history.ts';
import { seqOf } from '../play/marks.ts';
import { progressTokenOf } from '../play/model.ts';

export interface Line {
  readonly connection: number;
  readonly role: 'client' | 'server';
  readonly principal: string | undefined;
  readonly openedAt: number;
  /** When it ended; Infinity where it never did. */
  endedAt: number;
  endedBy: 'us' | 'target' | undefined;
}

/** A request that we made of the thing under test: as a client, or as a server that asks. */
export interface Ours {
  readonly event: Sent;
  readonly line: Line;
  readonly id: RequestId;
  readonly method: string;
  readonly token: RequestId | undefined;
  /** The request of a client that we, as its server, ask this for. */
  readonly cause: Theirs | undefined;
  isDropped: boolean;
  isDuplicated: boolean;
  /** Another request with the same id was under way on the connection at the same time. */
  hasTwin: boolean;
  /** When we said that we do not want the answer any more; Infinity where we never did. */
  cancelledAt: number;
  readonly responses: Received[];
  /** Where it came out at the other side of a proxy. */
  readonly copies: Theirs[];
  /** On HTTP. */
  ended: ExchangeEnded | undefined;
}

/** A request that the thing under test made of us. */
export interface Theirs {
  readonly event: Received;
  readonly line: Line;
  readonly id: RequestId;
  readonly method: string;
  readonly token: RequestId | undefined;
  /** The request of ours that it passes on; undefined where it is its own. */
  readonly origin: Ours | undefined;
  readonly answers: Sent[];
  readonly progress: Sent[];
  /** Its cancellations. */
  readonly cancels: Received[];
}

export interface Reading {
  readonly lines: ReadonlyMap<number, Line>;
  readonly ours: readonly Ours[];
  readonly theirs: readonly Theirs[];
  /** Responses to nothing that we asked on their connection. */
  readonly strayResponses: readonly Received[];
  /** Cancellations that name nothing that was asked of us on their connection. */
  readonly strayCancels: readonly Received[];
  readonly sent: readonly Sent[];
  readonly received: readonly Received[];
  /** Of earlier plays: none of it is in what was received. */
  readonly leftovers: readonly Leftover[];
  readonly unreadable: readonly Unreadable[];
  readonly rules: readonly RuleFollowed[];
  readonly held: Held | undefined;
  /** What the network has lost, by `seq`. */
  readonly dropped: ReadonlySet<number>;
  readonly duplicated: ReadonlySet<number>;
  /** The network did anything at all to anything. */
  readonly isDisturbed: boolean;
  /** When everybody had said what they had to say; -1 where the history ends before. */
  readonly settledAt: number;
  /** The same, when also whoever waited for something else had given up; -1 where nobody waited for that. */
  readonly patientAt: number;
  /** When the thing under test was killed; Infinity where it was not. */
  readonly killedAt: number;
  readonly oursAt: (seq: number) => Ours | undefined;
  readonly theirsAt: (seq: number) => Theirs | undefined;
  readonly sentAt: (seq: number) => Sent | undefined;
}

const readings = new WeakMap<History, Reading>();

/** The same reading for the same history. A history must not change once it was read. */
export function readingOf(history: History): Reading {
  const known = readings.get(history);
  if (known !== undefined) return known;
  const reading = read(history);
  readings.set(history, reading);
  return reading;
}

function read(history: History): Reading {
  const lines = new Map<number, Line>();
  const ours: Ours[] = [];
  const theirs: Theirs[] = [];
  const strayResponses: Received[] = [];
  const strayCancels: Received[] = [];
  const sent: Sent[] = [];
  const received: Received[] = [];
  const leftovers: Leftover[] = [];
  const unreadable: Unreadable[] = [];
  const rules: RuleFollowed[] = [];
  const dropped = new Set<number>();
  const duplicated = new Set<number>();
  const oursBySeq = new Map<number, Ours>();
  const theirsBySeq = new Map<number, Theirs>();
  const ofTwins: { readonly event: Received; readonly mayBe: readonly Ours[] }[] = [];
  let isDisturbed = false;
  let held: Held | undefined;
  let settledAt = -1;
  let patientAt = -1;
  let killedAt = Infinity;

  const lineOf = (connection: number, seq: number): Line => {
    const known = lines.get(connection);
    if (known !== undefined) return known;
    const line: Line = {
      connection,
      role: 'client',
      principal: undefined,
      openedAt: seq,
      endedAt: Infinity,
      endedBy: undefined,
    };
    lines.set(connection, line);
    return line;
  };
  const sentAt = (seq: number): Sent | undefined => {
    const event = history[seq];
    return event?.type === 'sent' ? event : undefined;
  };

  const takeSent = (event: Sent): void => {
    sent.push(event);
    const { message, connection, seq, about } = event;
    const { id, method } = message;
    const line = lineOf(connection, seq);
    if (method !== undefined && id !== undefined && id !== null) {
      const twins = ours.filter((one) => one.line === line && one.id === id && isOpen(one));
      const mine: Ours = {
        event,
        line,
        id,
        method,
        token: progressTokenOf(message),
        cause: about === undefined ? undefined : theirsBySeq.get(about),
        isDropped: false,
        isDuplicated: false,
        hasTwin: twins.length > 0,
        cancelledAt: Infinity,
        responses: [],
        copies: [],
        ended: undefined,
      };
      for (const twin of twins) twin.hasTwin = true;
      ours.push(mine);
      oursBySeq.set(seq, mine);
    } else if (about !== undefined) {
      const asked = theirsBySeq.get(about);
      const mine = oursBySeq.get(about);
      if (method === undefined) asked?.answers.push(event);
      else if (method === 'notifications/progress') asked?.progress.push(event);
      else if (method === 'notifications/cancelled' && mine !== undefined) {
        // It names an id: of several requests under the same one nobody can tell which is meant.
        for (const one of ours) {
          if (one.line === line && one.id === mine.id && isOpen(one)) one.cancelledAt = Math.min(one.cancelledAt, seq);
        }
      }
    }
  };

  /** By the exchange that it came in, as its client has to take it, or by its mark; undefined where only the rest of the history tells. */
  const answeredBy = ({ message, via }: Received, mayBe: readonly Ours[]): Ours | undefined => {
    if (mayBe.length === 1) return mayBe[0];
    const origin = originOf(message, { sentAt, theirsAt: (seq) => theirsBySeq.get(seq) });
    return mayBe.find((one) => one.event.seq === via) ?? mayBe.find((one) => one === origin);
  };

  const takeReceived = (event: Received): void => {
    received.push(event);
    const { message, connection, seq } = event;
    const { id, method } = message;
    const line = lineOf(connection, seq);
    if (method === undefined) {
      if (id === undefined || id === null) return;
      const mayBe = ours.filter((one) => one.line === line && one.id === id);
      const mine = answeredBy(event, mayBe);
      if (mayBe.length === 0) strayResponses.push(event);
      else if (mine === undefined) ofTwins.push({ event, mayBe });
      else mine.responses.push(event);
    } else if (id !== undefined && id !== null) {
      const mark = seqOf(message);
      const origin = mark === undefined ? undefined : oursBySeq.get(mark);
      const asked: Theirs = {
        event,
        line,
        id,
        method,
        token: progressTokenOf(message),
        origin,
        answers: [],
        progress: [],
        cancels: [],
      };
      origin?.copies.push(asked);
      theirs.push(asked);
      theirsBySeq.set(seq, asked);
    } else if (method === 'notifications/cancelled') {
      const named = message.params?.['requestId'];
      const asked = theirs.findLast((one) => one.line === line && one.id === named);
      if (asked === undefined) strayCancels.push(event);
      else asked.cancels.push(event);
    }
  };

  for (const event of history) {
    switch (event.type) {
      case 'connected': {
        const { connection, role, principal, seq } = event;
        const line: Line = { connection, role, principal, openedAt: seq, endedAt: Infinity, endedBy: undefined };
        lines.set(connection, line);
        break;
      }
      case 'disconnected': {
        const line = lineOf(event.connection, event.seq);
        if (line.endedAt === Infinity) {
          line.endedAt = event.seq;
          line.endedBy = event.by;
        }
        break;
      }
      case 'sent':
        takeSent(event);
        break;
      case 'received':
        takeReceived(event);
        break;
      case 'leftover':
        leftovers.push(event);
        break;
      case 'unreadable':
        unreadable.push(event);
        break;
      case 'exchange-ended': {
        const mine = oursBySeq.get(event.of);
        if (mine !== undefined) mine.ended = event;
        break;
      }
      case 'abandoned': {
        const mine = oursBySeq.get(event.of);
        if (mine !== undefined) mine.cancelledAt = Math.min(mine.cancelledAt, event.seq);
        break;
      }
      case 'network': {
        isDisturbed = true;
        if (event.of === undefined) break;
        const mine = oursBySeq.get(event.of);
        if (event.deed === 'dropped') dropped.add(event.of);
        if (event.deed === 'duplicated') duplicated.add(event.of);
        if (mine !== undefined && event.deed === 'dropped') mine.isDropped = true;
        if (mine !== undefined && event.deed === 'duplicated') mine.isDuplicated = true;
        break;
      }
      case 'process':
        if (event.of === 'target' && event.deed === 'killed') killedAt = Math.min(killedAt, event.seq);
        break;
      case 'rule':
        rules.push(event);
        break;
      case 'settled':
        if (event.isPatient === true) patientAt = event.seq;
        else settledAt = event.seq;
        break;
      case 'held':
        held = event;
        break;
      case 'time':
        break;
    }
  }

  // A response without mark is a refusal: of what was not passed on, rather than of what was.
  for (const { event, mayBe } of ofTwins) {
    const open = mayBe.filter(isOpen);
    const wanted = open.filter(({ cancelledAt }) => cancelledAt === Infinity);
    const refused = wanted.find(({ copies }) => copies.length === 0) ?? wanted[0] ?? open[0] ?? mayBe.at(-1);
    refused?.responses.push(event);
  }

  return {
    lines,
    ours,
    theirs,
    strayResponses,
    strayCancels,
    sent,
    received,
    leftovers,
    unreadable,
    rules,
    held,
    dropped,
    duplicated,
    isDisturbed,
    settledAt,
    patientAt,
    killedAt,
    oursAt: (seq) => oursBySeq.get(seq),
    theirsAt: (seq) => theirsBySeq.get(seq),
    sentAt,
  };
}

/** It has neither been answered nor refused by its exchange. */
function isOpen({ responses, ended }: Ours): boolean {
  return responses.length === 0 && (ended === undefined || ended.status < 400);
}

/** The request of ours that an answer answers, and that other words of our server are about, by their mark. */
export function originOf(
  message: WireMessage,
  { sentAt, theirsAt }: Pick<Reading, 'sentAt' | 'theirsAt'>,
): Ours | undefined {
  const mark = seqOf(message);
  const about = mark === undefined ? undefined : sentAt(mark)?.about;
  return about === undefined ? undefined : theirsAt(about)?.origin;
}
