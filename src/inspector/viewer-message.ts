/** What a viewer says, read from a text of the wire that may be anything. */

import type { ViewerMessage } from './feed-messages.ts';

type Member = Readonly<Record<string, unknown>>;

/** Undefined: it is none. What is said besides is not looked at. */
export function viewerMessageIn(text: string): ViewerMessage | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null) return undefined;
  const message = said as Member;
  const { type, sessionId, after, request, seq, from, max } = message;
  switch (type) {
    case 'watch-overview':
    case 'unwatch-overview':
      return { type };
    case 'watch-session':
      if (typeof sessionId !== 'string' || !(after === undefined || isCount(after))) return undefined;
      return { type, sessionId, ...(after === undefined ? {} : { after }) };
    case 'unwatch-session':
      return typeof sessionId === 'string' ? { type, sessionId } : undefined;
    case 'read-body':
      if (!isCount(request) || !isCount(seq) || !(from === undefined || isCount(from))) return undefined;
      return { type, request, seq, ...(from === undefined ? {} : { from }) };
    case 'read-events':
      if (!isCount(request) || typeof sessionId !== 'string' || !isCount(from) || !isCount(max)) return undefined;
      return { type, request, sessionId, from, max };
    case 'read-moment':
      if (!isCount(request) || typeof sessionId !== 'string' || !isCount(seq)) return undefined;
      return { type, request, sessionId, seq };
    default:
      return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
