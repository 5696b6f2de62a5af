/**
 * What clients and servers of a play say where its steps leave the words open: handshakes, the metadata of requests of 2026-07-28,
 * and results that are valid for their method. Knows no connections.
 */

import type { RequestId } from '../../protocol/envelope.ts';
import type { WireMessage } from './history.ts';
import type { TargetFacts } from './target.ts';

type Era = TargetFacts['era'];
type Members = Readonly<Record<string, unknown>>;

const revisionOf: Readonly<Record<Era, string>> = { session: '2025-11-25', stateless: '2026-07-28' };
const clientInfo = { name: 'ninelives-play', version: '1.0.0' };
const serverInfo = { name: 'ninelives-played-server', version: '1.0.0' };
const clientCapabilities = { sampling: {}, elicitation: {}, roots: { listChanged: true } };
const serverCapabilities = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
};

/** How a client begins a session (2025-11-25, basic/lifecycle). */
export function hello(id: RequestId): WireMessage {
  const params = { protocolVersion: revisionOf.session, capabilities: clientCapabilities, clientInfo };
  return { jsonrpc: '2.0', id, method: 'initialize', params };
}

export const initialized: WireMessage = { jsonrpc: '2.0', method: 'notifications/initialized' };

/** `_meta` of a request: what 2026-07-28 asks of each (basic, `_meta`), and the wish for progress. */
export function metaOf(era: Era, progressToken: RequestId | undefined): Members | undefined {
  const progress = progressToken === undefined ? {} : { progressToken };
  if (era === 'session') return progressToken === undefined ? undefined : progress;
  return {
    'io.modelcontextprotocol/protocolVersion': revisionOf.stateless,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
    ...progress,
  };
}

/** A result that is valid for the method, of whichever side answers it. `offered`: the revision that `initialize` asked for. */
export function resultOf(method: string, era: Era, offered?: unknown): Members {
  const result = bodies[method] ?? (() => ({}));
  const body = result(offered);
  if (era === 'session') return body;
  const isKept = method.endsWith('/list') || method === 'resources/read' || method === 'server/discover';
  return { resultType: 'complete', ...(isKept ? { ttlMs: 0, cacheScope: 'private' } : {}), ...body };
}

const bodies: Readonly<Record<string, (offered: unknown) => Members>> = {
  initialize: (offered) => ({
    protocolVersion: typeof offered === 'string' ? offered : revisionOf.session,
    capabilities: serverCapabilities,
    serverInfo,
  }),
  'server/discover': () => ({
    supportedVersions: [revisionOf.stateless],
    capabilities: serverCapabilities,
    serverInfo,
  }),
  'tools/list': () => ({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'done' }] }),
  'prompts/list': () => ({ prompts: [{ name: 'greeting' }] }),
  'prompts/get': () => ({ messages: [] }),
  'resources/list': () => ({ resources: [{ uri: 'test://one', name: 'one' }] }),
  'resources/templates/list': () => ({ resourceTemplates: [] }),
  'resources/read': () => ({ contents: [] }),
  'completion/complete': () => ({ completion: { values: [] } }),
  'sampling/createMessage': () => ({
    model: 'played',
    role: 'assistant',
    content: { type: 'text', text: 'done' },
  }),
  'elicitation/create': () => ({ action: 'decline' }),
  'roots/list': () => ({ roots: [] }),
};

/** Parameters that are valid for a method that cannot go without. */
export function paramsOf(method: string): Members | undefined {
  return parameters[method];
}

const parameters: Readonly<Record<string, Members>> = {
  'tools/call': { name: 'echo', arguments: {} },
  'prompts/get': { name: 'greeting' },
  'resources/read': { uri: 'test://one' },
  'resources/subscribe': { uri: 'test://one' },
  'resources/unsubscribe': { uri: 'test://one' },
  'logging/setLevel': { level: 'info' },
  'completion/complete': {
    ref: { type: 'ref/prompt', name: 'greeting' },
    argument: { name: 'name', value: 'a' },
  },
  'subscriptions/listen': { notifications: { toolsListChanged: true } },
  'sampling/createMessage': {
    messages: [{ role: 'user', content: { type: 'text', text: 'say it' } }],
    maxTokens: 10,
  },
  'elicitation/create': { message: 'Go on?', requestedSchema: { type: 'object', properties: {} } },
  'notifications/message': { level: 'info', data: 'said' },
  'notifications/resources/updated': { uri: 'test://one' },
};
