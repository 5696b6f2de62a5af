/** Builds the messages of JSON-RPC that a test lets its peers say. Knows their shape, not what they mean. */

import type { RequestId } from '../protocol/envelope.ts';

/** A message as an object, before it is encoded and after it was parsed. */
export type Message = { readonly [member: string]: unknown };

export function request(id: RequestId, method: string, params?: object): Message {
  return { jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) };
}

export function notification(method: string, params?: object): Message {
  return { jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) };
}

export function result(id: RequestId, value: unknown = {}): Message {
  return { jsonrpc: '2.0', id, result: value };
}

export function failure(id: RequestId | null, code: number, message: string, data?: unknown): Message {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

export function progress(progressToken: RequestId, value: number): Message {
  return notification('notifications/progress', { progressToken, progress: value });
}

export function cancelled(requestId: RequestId): Message {
  return notification('notifications/cancelled', { requestId });
}

/** `initialize` as a client of this revision begins with it. */
export function initialize(id: RequestId, protocolVersion = '2025-11-25'): Message {
  const clientInfo = { name: 'test-client', version: '1.0.0' };
  return request(id, 'initialize', { protocolVersion, capabilities: {}, clientInfo });
}

/** What a server of this revision says to `initialize`. */
export function initializeResult(protocolVersion = '2025-11-25', capabilities: object = {}): Message {
  return { protocolVersion, capabilities, serverInfo: { name: 'test-server', version: '1.0.0' } };
}
