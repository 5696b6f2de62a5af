/** A session that agrees, asks for one thing, is told that it cannot be had, and leaves: what most metrics tell something of. */
import type { Playbook } from '../../src/testing/playbook.ts';

export function callFails({ client, server, handshake }: ReturnType<Playbook['open']>): void {
  handshake();
  client.asks(1, 'tools/call');
  server.receivesRequest(1, 'tools/call');
  server.sends('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}');
  client.takesAll();
  client.leaves();
}
