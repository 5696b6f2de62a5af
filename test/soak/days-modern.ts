/** A day of a client of 2026-07-28: no handshake, a request, and a listener for hours, with which no session is idle. */

import type { Playbook } from '../../src/testing/playbook.ts';
import type { Chance } from './random.ts';

const hourMs = 3_600_000;
const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };

/** The listener outlives every deadline of requests; once it has ended, the session ends when it was idle for long enough. */
export function listens(play: Playbook, day: number, chance: Chance, idleMs: number): void {
  const { client, server, endedWith } = play.open();
  client.asks('list', 'tools/list', params);
  server.receivesRequest('list', 'tools/list', params);
  server.answers('list');
  client.receivesResult('list');
  client.asks('listen', 'subscriptions/listen', params);
  server.receivesRequest('listen', 'subscriptions/listen', params);
  play.timePasses(3 * hourMs + chance.between(0, hourMs));
  client.receivesNothing();
  if (endedWith.length > 0) throw new Error(`day ${day}: a session with a listener ended: ${endedWith.join(' ')}`);
  server.answers('listen');
  client.receivesResult('listen');
  play.timePasses(idleMs - 1);
  if (endedWith.length > 0) throw new Error(`day ${day}: the session ended too early, ${endedWith.join(' ')}`);
  play.timePasses(1001);
  if (endedWith.join(' ') !== 'idle') throw new Error(`day ${day}: the session ended with '${endedWith.join(' ')}'`);
}
