/**
 * Ids and tokens of a tape that are others now: what a message of the tape has to say instead of them. A message that is about something
 * that is not there now is not to be sent. Pure.
 */

import { isJsonObject, ownMember } from '../protocol/derive.ts';
import type { RequestId } from '../protocol/envelope.ts';
import type { MessageValue } from './replay-conversation.ts';

const subscription = 'io.modelcontextprotocol/subscriptionId';

/** As JSON: `1` and `"1"` are two. */
type Key = string;

/** What one side of a tape is called now. */
export class CurrentIds {
  readonly #ids = new Map<Key, RequestId>();
  readonly #tokens = new Map<Key, unknown>();

  /** @param token under which the request wants to hear of its progress now; undefined where it does not. */
  note(taped: RequestId, now: RequestId, tapedToken?: unknown, token?: unknown): void {
    this.#ids.set(keyOf(taped), now);
    if (tapedToken !== undefined) this.#tokens.set(keyOf(tapedToken), token);
  }

  idOf(taped: unknown): RequestId | undefined {
    return this.#ids.get(keyOf(taped));
  }

  /**
   * A message of the other side with what is meant now: the request that it cancels, whose progress it tells, of whose
   * subscription it is. Undefined where nobody would know what it is about.
   */
  inside(message: MessageValue): MessageValue | undefined {
    const method = ownMember(message, 'method');
    if (method === 'notifications/cancelled') {
      const requestId = this.idOf(ownMember(ownMember(message, 'params'), 'requestId'));
      return requestId === undefined ? undefined : withParams(message, { requestId });
    }
    if (method === 'notifications/progress') {
      const taped = keyOf(progressTokenIn(message));
      if (!this.#tokens.has(taped)) return undefined;
      const progressToken = this.#tokens.get(taped);
      return progressToken === undefined ? undefined : withParams(message, { progressToken });
    }
    return this.#withSubscription(message);
  }

  #withSubscription(message: MessageValue): MessageValue {
    const holder = 'result' in message ? 'result' : 'params';
    const held = ownMember(message, holder);
    const meta = ownMember(held, '_meta');
    const now = this.idOf(ownMember(meta, subscription));
    if (now === undefined || !isJsonObject(held) || !isJsonObject(meta)) return message;
    return { ...message, [holder]: { ...held, _meta: { ...meta, [subscription]: now } } };
  }
}

/** The token under which a request wants to hear of its progress. */
export function tokenIn(request: MessageValue | undefined): unknown {
  return ownMember(ownMember(ownMember(request, 'params'), '_meta'), 'progressToken');
}

export function withToken(request: MessageValue, progressToken: RequestId): MessageValue {
  const meta = ownMember(ownMember(request, 'params'), '_meta');
  return withParams(request, { _meta: { ...(isJsonObject(meta) ? meta : {}), progressToken } });
}

/** The token of a notification of progress; undefined in any other message. */
export function progressTokenIn(message: MessageValue | undefined): unknown {
  if (ownMember(message, 'method') !== 'notifications/progress') return undefined;
  return ownMember(ownMember(message, 'params'), 'progressToken');
}

function withParams(message: MessageValue, changed: MessageValue): MessageValue {
  const params = ownMember(message, 'params');
  return { ...message, params: { ...(isJsonObject(params) ? params : {}), ...changed } };
}

function keyOf(id: unknown): Key {
  return JSON.stringify(id) ?? '';
}
