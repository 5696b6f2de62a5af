/**
 * The event that a line of a tape tells of, as the session took it. What was too long for the tape, or is hidden on it, is made up:
 * a message with the same envelope and as many bytes. Finds requests and exchanges by their numbers where it is told.
 */

import type { Frame } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { readMessage } from '../protocol/read.ts';
import { encodeText } from '../protocol/text.ts';
import { chartDeadline } from '../runtime/session-logic.ts';
import type { SendEffect } from '../session/effects.ts';
import type { SessionEvent } from '../session/events.ts';
import { factsFromJson } from '../session/facts-json.ts';
import type { Verdict } from '../session/interception.ts';
import type { Exchange, PendingEntry, Via } from '../session/pending.ts';
import type { EventLine, TapedVerdict } from './tape-format.ts';

/** What a line names by number. */
export interface Named {
  request(order: number): PendingEntry;
  exchange(number: number, params: EventLine['params']): Exchange;
  /** What was sent on for this request, if it is not known any more what that was. */
  sent(order: number): Frame | undefined;
  /** The frame that waits under this number. */
  held(ticket: number): Frame | undefined;
}

/** The line does not say what its event needs. */
export class BadLine extends Error {
  override readonly name = 'BadLine';
}

/**
 * @param body the text of the line's message, where it is there.
 * @param read the message, where it is as it came.
 * @throws BadLine
 */
export function readEvent(line: EventLine, body: string | undefined, named: Named, read?: Frame): SessionEvent {
  const { at } = line;
  switch (line.event) {
    case 'frame.request':
    case 'frame.response':
    case 'frame.notification': {
      const direction = needed(line, 'direction');
      const ticket = needed(line, 'ticket');
      const frame = read ?? (body === undefined ? madeUp(line) : messageOf(body, line.bytes ?? 0));
      if (`frame.${frame.envelope.kind}` !== line.event) throw new BadLine(`the body is a ${frame.envelope.kind}`);
      const { verdict } = line;
      const isAwaited = verdict === 'awaited';
      return {
        type: line.event,
        at,
        direction,
        frame,
        ticket,
        verdict: verdict === undefined || isAwaited ? verdict : verdictOf(verdict, frame),
        deliberation: isAwaited
          ? { interceptor: '', steps: [], ...(line.isAside === true ? { isAside: true } : {}) }
          : undefined,
        via: viaOf(line, named),
      };
    }
    case 'frame.decided': {
      const ticket = needed(line, 'ticket');
      const news = needed(line, 'news');
      return {
        type: line.event,
        at,
        ticket,
        news: typeof news === 'string' ? news : verdictOf(news, named.held(ticket)),
      };
    }
    case 'frame.malformed':
      return {
        type: line.event,
        at,
        direction: needed(line, 'direction'),
        fault: needed(line, 'fault'),
        bytes: needed(line, 'bytes'),
        via: viaOf(line, named),
      };
    case 'request.expired':
      return { type: line.event, at, entry: named.request(needed(line, 'request')) };
    case 'upstream.lost':
      return { type: line.event, at, loss: needed(line, 'loss') };
    case 'client.attached':
      return { type: line.event, at, hasOpenStream: needed(line, 'hasOpenStream') };
    case 'client.closed':
      return { type: line.event, at, isGone: needed(line, 'isGone') };
    case 'session.reopened': {
      const facts = factsFromJson(needed(line, 'facts'));
      if (facts === undefined) throw new BadLine('the facts hold something that is no message');
      return { type: line.event, at, facts };
    }
    case 'session.close':
      return { type: line.event, at, reason: oneOf(closeReasons, needed(line, 'reason')) };
    case 'session.expired':
      return { type: line.event, at, reason: oneOf(expiryReasons, needed(line, 'reason')) };
    case 'session.labelled':
      return { type: line.event, at, label: needed(line, 'label'), isSet: needed(line, 'isSet') };
    case 'exchange.closed':
      return { type: line.event, at, exchange: named.exchange(needed(line, 'exchange'), undefined) };
    case 'effect.failed':
      return failureOf(line, named);
    case 'upstream.ready':
      return { type: line.event, at, ...(line.goesOn === true ? { goesOn: true } : {}) };
    case 'session.drain':
    case 'session.ticked':
      return { type: line.event, at };
    default:
      // A deadline of the chart's own: XState knows it by its name alone.
      return chartDeadline(line.event);
  }
}

const closeReasons = ['client-closed', 'closed-by-operator', 'evicted', 'handed-over', 'node-fenced'] as const;
const expiryReasons = ['idle', 'age'] as const;

function oneOf<T extends string>(known: readonly T[], said: string): T {
  const found = known.find((name) => name === said);
  if (found === undefined) throw new BadLine(`the reason ${JSON.stringify(said)} is not known`);
  return found;
}

function needed<K extends keyof EventLine>(line: EventLine, member: K): NonNullable<EventLine[K]> {
  const value = line[member];
  if (value === undefined || value === null) throw new BadLine(`${line.event} without ${member}`);
  return value;
}

function failureOf(line: EventLine, named: Named): SessionEvent {
  const { type, direction, kind } = needed(line, 'effect');
  const { at, request, cause, detail, status, ticket } = line;
  const entry = request === undefined ? undefined : named.request(request);
  const facts = {
    type: 'effect.failed',
    at,
    cause: cause ?? 'internal-error',
    reason: detail,
    ...(status === undefined ? {} : { status }),
    ...(ticket === undefined ? {} : { ticket }),
  } as const;
  if (type === 'cancel' && entry !== undefined) return { ...facts, effect: { type, entry, message: [] } };
  const effect: SendEffect = {
    type: 'send',
    direction,
    message: [],
    kind,
    entry,
    exchange: entry?.exchange,
    status: 0,
    frame: request === undefined ? undefined : named.sent(request),
  };
  return { ...facts, effect };
}

function viaOf(line: EventLine, named: Named): Via | undefined {
  const { exchange, params, viaRequest, viaStatus } = line;
  if (exchange !== undefined) return named.exchange(exchange, params);
  if (viaRequest === undefined && viaStatus === undefined) return undefined;
  const request = viaRequest === undefined ? undefined : named.request(viaRequest);
  return { exchange: undefined, request, status: viaStatus ?? 0 };
}

function verdictOf(taped: TapedVerdict, frame: Frame | undefined): Verdict {
  const decided = {
    delayMs: taped.delayMs ?? 0,
    steps: taped.steps ?? [],
    ...(taped.isAside === true ? { isAside: true } : {}),
    ...(taped.labels === undefined ? {} : { labels: taped.labels }),
  };
  switch (taped.kind) {
    case 'forward': {
      const forwarded = taped.message === undefined ? frame : messageOf(taped.message, 0);
      if (forwarded === undefined) throw new BadLine('a verdict about a frame that is not there');
      return { ...decided, kind: 'forward', frame: forwarded };
    }
    case 'refuse':
      if (taped.refusal === undefined) throw new BadLine('a refusal without its reason');
      return { ...decided, kind: 'refuse', refusal: taped.refusal };
    case 'answer':
      if (taped.answer === undefined) throw new BadLine('an answer without its content');
      return { ...decided, kind: 'answer', body: taped.answer };
    case 'drop':
      return { ...decided, kind: 'drop', fault: taped.fault };
  }
}

/** What is made up is not made longer than this, whatever the line says: anybody can have written it. */
const bytesMax = 256 * 1024 * 1024;

/**
 * As long as it was: hiding may have made it shorter, and space behind it does not change what it says; or longer, and then it says
 * what it said before it is cut.
 */
function messageOf(text: string, bytesWere: number): Frame {
  if (bytesWere > bytesMax) throw new BadLine(`a message of ${bytesWere} bytes is not made again`);
  const bytes = encodeText(text);
  const missing = bytesWere - bytes.length;
  const frame = readMessage(missing > 0 ? encodeText(text + ' '.repeat(missing)) : bytes);
  if (isFault(frame)) throw new BadLine(`the body is no message: ${frame.reason}`);
  if (missing >= 0 || bytesWere === 0) return frame;
  return { bytes: bytes.slice(0, bytesWere), envelope: frame.envelope };
}

/** A message that says of itself what this one did, and as long. */
function madeUp(line: EventLine): Frame {
  const { id, method, envelope = {}, kind, bytes = 0 } = line;
  const { isError, progressToken, cancels, revisionClaim, asksTask } = envelope;
  const meta = {
    ...(progressToken === undefined || kind !== 'request' ? {} : { progressToken }),
    ...(revisionClaim === undefined ? {} : { 'io.modelcontextprotocol/protocolVersion': revisionClaim }),
  };
  const params = {
    ...(Object.keys(meta).length === 0 ? {} : { _meta: meta }),
    ...(progressToken === undefined || kind === 'request' ? {} : { progressToken }),
    ...(cancels === undefined ? {} : { requestId: cancels }),
    ...(asksTask === true ? { task: {} } : {}),
  };
  const outcome = isError === true ? { error: { code: 0, message: '' } } : { result: {} };
  const message = {
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    ...(kind === 'response' ? outcome : { method, params }),
  };
  return messageOf(JSON.stringify(message), bytes);
}
