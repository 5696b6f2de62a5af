/** One session from its birth to its end, with something of everything that sessions usually carry. */

import type { Runtime } from '../../src/index.ts';
import { bytes, call, callResult, openServing } from './in-memory.ts';

const calls = 20;

const request = (id: number | string, method: string, params: object = {}): Uint8Array =>
  bytes({ jsonrpc: '2.0', id, method, params });
const notification = (method: string, params: object): Uint8Array => bytes({ method, params, jsonrpc: '2.0' });
const result = (id: number | string, value: object = {}): Uint8Array => bytes({ result: value, jsonrpc: '2.0', id });

/** Opens a session, has it serve calls, progress, log lines, a cancellation, pings and requests of the server, and closes it. */
export function converse(runtime: Runtime): void {
  const session = openServing(runtime);
  const { client, server } = session;
  client.receive(request('list', 'tools/list'));
  server.receive(result('list', { tools: [] }));
  for (let id = 1; id <= calls; id += 1) {
    client.receive(call(id));
    server.receive(callResult(id));
  }
  client.receive(request('slow', 'tools/call', { name: 'slow', arguments: {}, _meta: { progressToken: 'slow' } }));
  for (let progress = 1; progress <= calls; progress += 1) {
    server.receive(notification('notifications/progress', { progressToken: 'slow', progress }));
    server.receive(notification('notifications/message', { level: 'info', data: 'still at it' }));
  }
  server.receive(request('ask', 'roots/list'));
  client.receive(result('ask', { roots: [] }));
  server.receive(result('slow', { content: [] }));
  client.receive(request('given up', 'tools/call', { name: 'slow', arguments: {} }));
  client.receive(notification('notifications/cancelled', { requestId: 'given up' }));
  client.receive(request('ping', 'ping'));
  server.receive(result('ping'));
  server.receive(request('ping', 'ping'));
  client.receive(result('ping'));
  session.close();
}
