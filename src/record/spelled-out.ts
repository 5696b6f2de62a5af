/**
 * An event as its line spells it, and as everything that reads tapes knows it: what the line leaves to its message, or to the members
 * before, is put in its place. Lines that say all of it stay as they are, as those of tapes of version 1 do.
 */

import type { Direction, FrameKind } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { readMessage } from '../protocol/read.ts';
import type { EventLine, SentFact, SettledFact } from './tape-format.ts';

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

/**
 * @param body the bytes of the line's message, where it is there.
 * @returns what is missing, where the line does not say enough.
 */
export function spelledOut(
  spelled: SpelledEvent,
  body: Uint8Array | undefined,
): EventLine | { readonly missing: string } {
  const { settled, sent, ...rest } = spelled;
  const kind = kinds[spelled.event];
  if (kind === undefined || spelled.direction === undefined) {
    return typeof sent === 'number' || settled?.some(({ direction }) => direction === undefined) === true
      ? { missing: 'a direction' }
      : { ...rest, ...listed(settled, sent, undefined, kind, undefined) };
  }
  if (spelled.bytes !== undefined || body === undefined) {
    const { direction, id } = spelled;
    return { ...rest, kind, ...listed(settled, sent, direction, kind, id) };
  }
  const frame = readMessage(body);
  if (isFault(frame)) return { missing: `a message in its body: ${frame.reason}` };
  const { id, method } = frame.envelope;
  return {
    ...rest,
    kind,
    ...(id === undefined ? {} : { id }),
    ...(method === '' ? {} : { method }),
    bytes: body.length,
    ...listed(settled, sent, spelled.direction, kind, id),
  };
}

function listed(
  settled: SpelledEvent['settled'],
  sent: SpelledEvent['sent'],
  direction: Direction | undefined,
  kind: FrameKind | undefined,
  id: EventLine['id'],
): Pick<EventLine, 'settled' | 'sent'> {
  const asked = direction === 'client-to-server' ? 'server-to-client' : 'client-to-server';
  return {
    ...(settled === undefined
      ? {}
      : { settled: settled.map((fact): SettledFact => ({ direction: asked, id: id ?? null, ...fact })) }),
    ...(sent === undefined
      ? {}
      : { sent: typeof sent === 'number' ? [{ direction: direction!, kind: kind!, bytes: sent }] : sent }),
  };
}
