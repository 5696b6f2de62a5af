/** What a stateless message says in headers, and which request a message belongs to. Knows no HTTP. */

import type { RequestId } from '../../protocol/envelope.ts';
import { encodeHeaderValue } from '../../protocol/http-headers.ts';
import type { WireMessage } from '../play/history.ts';

const revisionKey = 'io.modelcontextprotocol/protocolVersion';

/** Members that `Mcp-Name` repeats (2026-07-28, basic/transports). */
const nameMembers: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

export function isRequest({ method, id }: WireMessage): boolean {
  return method !== undefined && id !== undefined;
}

export function isResponse({ method, result, error }: WireMessage): boolean {
  return method === undefined && (result !== undefined || error !== undefined);
}

/** Headers of a message that stands alone; none for a message of a session. */
export function statelessHeaders({ method, params }: WireMessage): Readonly<Record<string, string>> {
  const revision = metaOf(params)?.[revisionKey];
  if (method === undefined || typeof revision !== 'string') return {};
  const member = Object.hasOwn(nameMembers, method) ? nameMembers[method] : undefined;
  const name = member === undefined ? undefined : params?.[member];
  return {
    'mcp-protocol-version': revision,
    'mcp-method': encodeHeaderValue(method),
    ...(typeof name === 'string' ? { 'mcp-name': encodeHeaderValue(name) } : {}),
  };
}

/** The token under which a request wants to hear of its progress. */
export function progressTokenOf({ params }: WireMessage): RequestId | undefined {
  return idIn(metaOf(params)?.['progressToken']);
}

/** The token of a notification about progress. */
export function progressOf({ method, params }: WireMessage): RequestId | undefined {
  return method === 'notifications/progress' ? idIn(params?.['progressToken']) : undefined;
}

/** The request that a notification cancels. */
export function cancelledBy({ method, params }: WireMessage): RequestId | undefined {
  return method === 'notifications/cancelled' ? idIn(params?.['requestId']) : undefined;
}

function idIn(value: unknown): RequestId | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function metaOf(params: WireMessage['params']): Readonly<Record<string, unknown>> | undefined {
  const meta = params?.['_meta'];
  return typeof meta === 'object' && meta !== null ? (meta as Readonly<Record<string, unknown>>) : undefined;
}
