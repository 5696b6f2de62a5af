/** Forwarding a message under other ids (R8). Knows where a message names requests, not why they are called otherwise. */

import type { Frame, RequestId } from './envelope.ts';
import { idTokenOf } from './encode.ts';
import { spliceId } from './ids.ts';
import { decodeText, encodeText } from './text.ts';

/** The names to put in; a member that the message does not have is not added. */
export interface NameChanges {
  readonly id?: RequestId;
  readonly progressToken?: RequestId;
  readonly cancels?: RequestId;
  readonly subscriptionId?: RequestId;
}

const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';

type Json = { [key: string]: Json } & object;

export function rewriteFrame(frame: Frame, changes: NameChanges): readonly Uint8Array[] {
  const { id, progressToken, cancels, subscriptionId } = changes;
  if (progressToken === undefined && cancels === undefined && subscriptionId === undefined) {
    return id === undefined ? [frame.bytes] : spliceId(frame, encodeText(idTokenOf(id)));
  }
  const message = JSON.parse(decodeText(frame.bytes)) as Json;
  const { params, result } = message;
  if (id !== undefined) replace(message, 'id', id);
  if (progressToken !== undefined) {
    replace(frame.envelope.kind === 'request' ? params?.['_meta'] : params, 'progressToken', progressToken);
  }
  if (cancels !== undefined) replace(params, 'requestId', cancels);
  if (subscriptionId !== undefined) replace((params ?? result)?.['_meta'], subscriptionKey, subscriptionId);
  return [encodeText(JSON.stringify(message))];
}

function replace(object: Json | undefined, key: string, value: RequestId): void {
  if (object !== undefined && Object.hasOwn(object, key)) Object.assign(object, { [key]: value });
}

/** The stream that a notification or a closing result is tagged with. */
export function subscriptionIdOf(frame: Frame): RequestId | undefined {
  const text = decodeText(frame.bytes);
  if (!text.includes(subscriptionKey)) return undefined;
  const { params, result } = JSON.parse(text) as Json;
  const id: unknown = (params ?? result)?.['_meta']?.[subscriptionKey];
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
