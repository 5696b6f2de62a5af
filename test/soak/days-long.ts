/** Sessions that live for months: their times are longer than the 2^31 ms for which a timer of the platform can be set. */

import { Playbook } from '../../src/testing/playbook.ts';
import type { Chance } from './random.ts';

const dayMs = 86_400_000;
const times = { sessionIdleMs: 30 * dayMs, sessionAgeMs: 70 * dayMs } as const;
/** What one of each takes together. */
const roundDays = 105;

/**
 * One session is left alone, and one used now and then until it is too old, in turn.
 * @returns how many sessions ended.
 */
export async function liveForMonths(days: number, chance: Chance): Promise<number> {
  const play = new Playbook({ times });
  const rounds = Math.floor(days / roundDays);
  for (let round = 0; round < rounds; round += 1) {
    endsAfter(play, 'idle', [0, times.sessionIdleMs]);
    const [first, second] = [chance.between(20 * dayMs, 29 * dayMs), chance.between(20 * dayMs, 29 * dayMs)];
    const third = chance.between(1, times.sessionAgeMs - first - second - 1);
    endsAfter(play, 'age', [first, second, third, times.sessionAgeMs - first - second - third]);
  }
  play.timePasses(days * dayMs - play.clock.now());
  await play.ends();
  return 2 * rounds;
}

/** @param pausesMs what passes before each request; the last is followed by the end. */
function endsAfter(play: Playbook, reason: string, pausesMs: readonly number[]): void {
  const { client, server, handshake, endedWith } = play.open();
  handshake();
  for (const [id, pauseMs] of pausesMs.slice(0, -1).entries()) {
    play.timePasses(pauseMs);
    client.asks(id, 'tools/list');
    server.receivesRequest(id, 'tools/list');
    server.answers(id);
    client.receivesResult(id);
  }
  play.timePasses(pausesMs.at(-1)! - 1);
  if (endedWith.length > 0) throw new Error(`a session of months ended too early, ${endedWith.join(' ')}`);
  // The wheel turns once a second.
  play.timePasses(1001);
  if (endedWith.join(' ') !== reason) throw new Error(`a session of months ended with '${endedWith.join(' ')}'`);
}
