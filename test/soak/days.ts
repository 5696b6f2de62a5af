/**
 * Days of virtual time in one runtime: sessions that are left alone, sessions that are used until they are too old, requests that run
 * into their deadlines, answers that come too late, servers that come back, listeners, limits by tag. Every day ends with nothing pending, no session and no timer.
 */

import type { Playbook } from '../../src/testing/playbook.ts';
import { listens } from './days-modern.ts';
import { recovers } from './days-recovery.ts';
import { growsOld } from './days-tags.ts';
import { Chance } from './random.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const requestIdleMs = 5 * minuteMs;

/** Those that the command line has by itself. */
export const usualTimes = { sessionIdleMs: 30 * minuteMs, sessionAgeMs: dayMs } as const;

/**
 * @param days rounds of two simulated days each.
 * @param old so often, in rounds, a session is used for as long as it may live.
 * @param seed of the moments at which things are said.
 * @returns how many requests were answered, and how many were given up.
 */
export function liveFor(
  play: Playbook,
  days: number,
  old: number,
  seed: number,
): { readonly answered: number; readonly lost: number } {
  const told = { answered: 0, lost: 0 };
  const chance = new Chance(seed, 'days');
  for (let day = 0; day < days; day += 1) {
    const until = (day + 1) * 2 * dayMs;
    leftAlone(play, day, chance, told);
    recovers(play, day, chance, usualTimes.sessionIdleMs);
    growsOld(play, day, chance, usualTimes.sessionIdleMs);
    listens(play, day, chance, usualTimes.sessionIdleMs);
    if (day % old === 0) usedUntilTooOld(play, told);
    // Whatever is left over would have to show within the rest of the time.
    play.timePasses(until - play.clock.now());
    atRest(play, day);
  }
  return told;
}

/** A request is answered, another is not, and its answer comes too late; then nobody says anything any more. */
function leftAlone(play: Playbook, day: number, chance: Chance, told: { answered: number; lost: number }): void {
  const { client, server, handshake, endedWith } = play.open();
  handshake();
  client.asks(1, 'tools/list');
  server.receivesRequest(1, 'tools/list');
  // Anywhere between two ticks of the wheel, and on any of its turns.
  play.timePasses(chance.between(0, requestIdleMs - 1001));
  server.answers(1);
  client.receivesResult(1);
  told.answered += 1;
  client.asks(2, 'tools/list');
  server.receivesRequest(2, 'tools/list');
  play.timePasses(requestIdleMs - 1);
  client.receivesNothing();
  play.timePasses(200);
  const [error] = client.takesAll() as readonly { readonly error?: { readonly code: number } }[];
  if (error?.error?.code !== 5040) throw new Error(`day ${day}: ${JSON.stringify(error)} in place of a timeout`);
  told.lost += 1;
  if (server.takesAll().length !== 1) throw new Error(`day ${day}: the server is not told that a request was given up`);
  server.answers(2);
  client.receivesNothing();
  play.timePasses(usualTimes.sessionIdleMs - 200);
  if (endedWith.length > 0) throw new Error(`day ${day}: the session ended too early, ${endedWith.join(' ')}`);
  play.timePasses(usualTimes.sessionIdleMs);
  if (endedWith.join(' ') !== 'idle') throw new Error(`day ${day}: the session ended with '${endedWith.join(' ')}'`);
}

/** A session that is used every 20 minutes lives for a day, and no longer. */
function usedUntilTooOld(play: Playbook, told: { answered: number }): void {
  const { client, server, handshake, endedWith } = play.open();
  handshake();
  const openedAt = play.clock.now();
  for (let id = 1; play.clock.now() + 20 * minuteMs < openedAt + dayMs; id += 1) {
    play.timePasses(20 * minuteMs);
    client.asks(id, 'tools/list');
    server.receivesRequest(id, 'tools/list');
    server.answers(id);
    client.receivesResult(id);
    told.answered += 1;
  }
  if (endedWith.length > 0) throw new Error(`a session that is used ended: ${endedWith.join(' ')}`);
  play.timePasses(21 * minuteMs);
  if (endedWith.join(' ') !== 'age') throw new Error(`a session of a day ended with '${endedWith.join(' ')}'`);
}

function atRest(play: Playbook, day: number): void {
  const { pending, sessionsByState } = play.runtime.totals();
  const owned = { pending, sessionsByState, timers: play.clock.pending };
  const open = { ...sessionsByState, closed: 0, failed: 0 };
  if ([...Object.values(pending), ...Object.values(open), play.clock.pending].some((count) => count !== 0))
    throw new Error(`day ${day} ends with ${JSON.stringify(owned)}`);
}
