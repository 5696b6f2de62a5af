/** What somebody said, as JSON-RPC messages; what is none of them is told as such. Knows nothing of what messages mean. */

import { decodeText } from '../../protocol/text.ts';
import { messageOf } from '../../reasons.ts';
import type { WireMessage } from '../play/history.ts';
import type { ConnectionEvents } from '../play/target.ts';

/** Of what cannot be read, so much is kept. */
const shownCharactersMax = 200;

/** @param via see ConnectionEvents. A batch is told message by message. */
export function hear(bytes: Uint8Array, events: ConnectionEvents, via?: number): void {
  const text = decodeText(bytes);
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (error) {
    events.unreadable(text.slice(0, shownCharactersMax), messageOf(error));
    return;
  }
  for (const one of Array.isArray(said) ? (said as readonly unknown[]) : [said]) {
    if (isMessage(one)) events.message(one, via);
    else events.unreadable(text.slice(0, shownCharactersMax), 'this is JSON and no JSON-RPC message');
  }
}

export function isMessage(value: unknown): value is WireMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ('method' in value && typeof value.method === 'string') || 'result' in value || 'error' in value;
}
