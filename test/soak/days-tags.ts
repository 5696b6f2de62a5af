/** A session that grows old enough for a tag: from that moment on, and no earlier, it has the limit of the tag. */

import type { Playbook } from '../../src/testing/playbook.ts';
import type { Chance } from './random.ts';

const longRunningMs = 300_000;

/** What a runtime has to be told for this lane. */
export const tagSettings = { 'long-running': { limits: { pendingPerSession: 1 } } } as const;

/** Two requests at once while it is young, and one only when it runs for long. */
export function growsOld(play: Playbook, day: number, chance: Chance, idleMs: number): void {
  const { client, server, session, handshake, endedWith } = play.open();
  handshake();
  const youngMs = chance.between(0, longRunningMs - 2000);
  play.timePasses(youngMs);
  for (const id of [1, 2]) {
    client.asks(id, 'tools/list');
    server.receivesRequest(id, 'tools/list');
  }
  for (const id of [1, 2]) {
    server.answers(id);
    client.receivesResult(id);
  }
  play.timePasses(longRunningMs - youngMs - 1);
  if (session.snapshot().tags.includes('long-running')) throw new Error(`day ${day}: the tag came too early`);
  play.timePasses(1001);
  if (!session.snapshot().tags.includes('long-running')) throw new Error(`day ${day}: the tag did not come`);
  client.asks(3, 'tools/list');
  server.receivesRequest(3, 'tools/list');
  client.asks(4, 'tools/list');
  server.receivesNothing();
  const refused = client.takesAll();
  if (refused.length !== 1 || refused[0]!['id'] !== 4 || refused[0]!['error'] === undefined)
    throw new Error(`day ${day}: ${JSON.stringify(refused)} in place of a refusal`);
  server.answers(3);
  client.receivesResult(3);
  play.timePasses(2 * idleMs);
  if (endedWith.join(' ') !== 'idle') throw new Error(`day ${day}: the session ended with '${endedWith.join(' ')}'`);
}
