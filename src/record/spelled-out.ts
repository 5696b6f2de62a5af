/**
 * An event as its line spells it, and as everything that reads tapes knows it: what the line leaves to its message, or to the members
 * before, is put in its place. Lines that say all of it stay as they are, as those of tapes of version 1 do.
 */

import type { Direction, Frame, FrameKind } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { readMessage } from '../protocol/read.ts';
import type { EventLine, SentFact, SettledFact, Writable } from './tape-format.ts';

/** Without a direction: what was asked in the other one. Without an id: the id of the message. */
export type SpelledSettled = Omit<SettledFact, 'direction' | 'id'> & Partial<Pick<SettledFact, 'direction' | 'id'>>;

export interface SpelledEvent extends Omit<EventLine, 'settled' | 'sent'> {
  readonly settled?: readonly SpelledSettled[];
  /** A number: the message itself, for the same peer, in so many bytes. */
  readonly sent?: number | readonly SentFact[];
}

const kinds: Readonly<Partial<Record<string, FrameKind>>> = {
  'frame.request': 'request',
  'frame.response': 'response',
  'frame.notification': 'notification',
};

export interface SpelledOut {
  readonly line: EventLine;
  /** The message of the line, where the line leaves to it what it says: as it stands there, which is as it came. */
  readonly frame: Frame | undefined;
}

/**
 * @param spelled becomes the line that is returned: a copy of it would cost more than the rest of its reading.
 * @param body the bytes of the line's message, where it is there.
 * @returns what is missing, where the line does not say enough.
 */
export function spelledOut(
  spelled: SpelledEvent,
  body: Uint8Array | undefined,
): SpelledOut | { readonly missing: string } {
  const { settled, sent, direction } = spelled;
  const line: Writable<Omit<EventLine, 'settled' | 'sent'>> = spelled;
  const kind = kinds[spelled.event];
  if (kind === undefined || direction === undefined) {
    return typeof sent === 'number' || settled?.some((fact) => fact.direction === undefined) === true
      ? { missing: 'a direction' }
      : { line: Object.assign(line, listed(settled, sent, undefined, kind, undefined)), frame: undefined };
  }
  line.kind = kind;
  if (spelled.bytes !== undefined || body === undefined) {
    return { line: Object.assign(line, listed(settled, sent, direction, kind, line.id)), frame: undefined };
  }
  const frame = readMessage(body);
  if (isFault(frame)) return { missing: `a message in its body: ${frame.reason}` };
  const { id, method } = frame.envelope;
  if (id !== undefined) line.id = id;
  if (method !== '') line.method = method;
  line.bytes = body.length;
  return { line: Object.assign(line, listed(settled, sent, direction, kind, id)), frame };
}

function listed(
  settled: SpelledEvent['settled'],
  sent: SpelledEvent['sent'],
  direction: Direction | undefined,
  kind: FrameKind | undefined,
  id: EventLine['id'],
): Pick<EventLine, 'settled' | 'sent'> {
  const lists: Writable<Pick<EventLine, 'settled' | 'sent'>> = {};
  if (settled !== undefined) {
    const asked = direction === 'client-to-server' ? 'server-to-client' : 'client-to-server';
    lists.settled = settled.map((fact): SettledFact => ({ direction: asked, id: id ?? null, ...fact }));
  }
  if (sent !== undefined) {
    lists.sent = typeof sent === 'number' ? [{ direction: direction!, kind: kind!, bytes: sent }] : sent;
  }
  return lists;
}
