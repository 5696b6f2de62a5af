/**
 * One request of a tape, to be said alone and perhaps otherwise: what has to be said before it, and what was said while it waited. Pure.
 */

import { isJsonObject } from '../protocol/derive.ts';
import type { PathPattern } from '../path-pattern.ts';
import type { Conversation, MessageValue, Taped, TapedRequest } from './replay-conversation.ts';
import { withMember } from './replay-carried.ts';

export interface ExchangeEdits {
  /** In the place of the request's own. */
  readonly params?: unknown;
  /** Then these, one after the other: the place, and what is to be there. */
  readonly set: readonly (readonly [path: PathPattern, value: unknown])[];
}

export interface ExchangePlan {
  /** The handshake as it is on the tape, and the request. */
  readonly conversation: Conversation;
  readonly request: TapedRequest;
}

/**
 * @param line of the request, or of its answer.
 * @returns undefined where no request of a client stands.
 */
export function exchangeAt(
  conversations: readonly Conversation[],
  line: number,
  edits: ExchangeEdits,
): ExchangePlan | undefined {
  for (const { session, messages } of conversations) {
    const found = messages.find((message) => message.line === line);
    if (found === undefined) continue;
    const taped = found.kind === 'response' ? found.request : found;
    if (taped.kind !== 'request' || taped.from !== 'client') return undefined;
    const before =
      taped.method === 'initialize'
        ? []
        : messages.filter((message) => isHandshake(message) && message.line < taped.line);
    const request = { ...taped, message: edited(taped.message ?? {}, edits) };
    return { conversation: { session, messages: [...before, request, ...during(messages, taped)] }, request };
  }
  return undefined;
}

function edited(message: MessageValue, { params, set }: ExchangeEdits): MessageValue {
  const whole: MessageValue = params === undefined ? message : { ...message, params };
  const changed = set.reduce<unknown>((value, [path, member]) => withMember(value, path, member), whole);
  return isJsonObject(changed) ? changed : whole;
}

function isHandshake(message: Taped): boolean {
  return (
    message.method === 'initialize' || (message.from === 'client' && message.method === 'notifications/initialized')
  );
}

/** What the server asked while the request waited, what the client said to that, and the answer. */
function during(messages: readonly Taped[], taped: TapedRequest): readonly Taped[] {
  const { answer } = taped;
  const end = answer?.line ?? Infinity;
  return messages.flatMap((message): readonly Taped[] => {
    if (message === answer) return [answer];
    if (message.line < taped.line || message.line > end || message === taped) return [];
    if (message.kind === 'notification') return [];
    const asked = message.kind === 'response' ? message.request : message;
    return asked.from === 'server' && asked.line > taped.line ? [message] : [];
  });
}
