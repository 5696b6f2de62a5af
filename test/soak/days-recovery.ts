/** A day on which a server goes away twice: it is started again when its pause is over, and no earlier, and only once. */

import type { Playbook } from '../../src/testing/playbook.ts';
import { initializeResult, notification } from '../../src/testing/messages.ts';
import { defaultRestartPolicy } from '../../src/session/upstream.ts';
import type { Chance } from './random.ts';

const { backoffMs, withinMs } = defaultRestartPolicy;

/** The second pause is twice the first, as it comes within the window; on the next day the first is short again. */
export function recovers(play: Playbook, day: number, chance: Chance, idleMs: number): void {
  const { client, server, handshake, endedWith } = play.openWithRestarts();
  server.comesUp();
  handshake();
  play.timePasses(chance.between(0, 1_200_000));
  for (const pauseMs of [backoffMs, 2 * backoffMs]) {
    const { starts } = server;
    server.goesDown();
    play.timePasses(pauseMs - 1);
    if (server.starts !== starts) throw new Error(`day ${day}: the server is started before ${pauseMs} ms`);
    play.timePasses(1);
    if (server.starts !== starts + 1) throw new Error(`day ${day}: the server is not started after ${pauseMs} ms`);
    server.comesUp();
    const [hello] = server.takesAll();
    server.answers(hello!['id'] as string, initializeResult());
    server.receives(notification('notifications/initialized'));
    client.asks(pauseMs, 'tools/list');
    server.receivesRequest(pauseMs, 'tools/list');
    server.answers(pauseMs);
    client.receivesResult(pauseMs);
  }
  const { starts } = server;
  play.timePasses(withinMs);
  if (server.starts !== starts) throw new Error(`day ${day}: a server that runs is started again`);
  play.timePasses(idleMs - withinMs - 1);
  if (endedWith.length > 0) throw new Error(`day ${day}: the session ended too early, ${endedWith.join(' ')}`);
  play.timePasses(1001);
  if (endedWith.join(' ') !== 'idle') throw new Error(`day ${day}: the session ended with '${endedWith.join(' ')}'`);
  if (server.isRunning) server.goesDown();
}
