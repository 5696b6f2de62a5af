/** Clients and servers that do not read what is sent to them, and what the proxy holds for them meanwhile. */

import { setTimeout as sleep } from 'node:timers/promises';
import { noticed } from './bystander.ts';
import { nextId } from './exchange.ts';
import type { FrontProcess } from './front-process.ts';
import type { HttpSession } from './http-session.ts';
import { type Bench, type Measure, inRounds, perRound } from './measure.ts';
import { forgetPeak, peakBytesOf, residentBytesOf } from './process-vitals.ts';
import { type Troubled, openedSession, troubleOf, troubled, withTroubledFront } from './troubled-fronts.ts';

const mebibyte = 1024 ** 2;
const kibibyte = 1024;
/** For what is on its way to arrive wherever it comes to rest. */
const restMs = 3000;
const parallel = 32;
const patienceMs = 25;

export const httpSlowReaders: Bench = {
  name: 'http-slow-readers',
  title: 'Peers that do not read',
  about: `64 MB of notifications during a call of a client that reads neither the answer nor its open stream, in messages of 32 KB and of 1 MB, and 1000 calls
of 50 KB for a server that has stopped reading. *Grown* is the resident memory of the proxy's process at its highest, less what it was
before, and *in use* what a collection leaves of its heap at the end, less the same before; each time is the first of a process that has answered small calls enough to have been compiled. Another session with a server of its own
makes small calls meanwhile. The floor is *scan* of the hop from HTTP to standard streams, which never waits for a reader.`,

  async measure(options) {
    const measures: Measure[] = [];
    for (const [what, trouble] of troubles) {
      const seen = await inRounds(options, {
        floor: async () => withTroubledFront('floor', async (front) => troubledBy(front, trouble)),
        ninelives: async () => withTroubledFront('ninelives', async (front) => troubledBy(front, trouble)),
      });
      measures.push(...troubled.flatMap((name) => rows(what, name, seen[name])));
    }
    return measures;
  },
};

type Trouble = (session: HttpSession) => Promise<void>;

const torrent =
  (count: number, bytes: number): Trouble =>
  async (session) => {
    (await session.listen()).pause();
    const { connection, reply } = session.postAlone(troubleOf(nextId(), 'torrent', { count, bytes }));
    reply.catch(() => {});
    connection.pause();
    await sleep(restMs);
  };

const troubles: readonly (readonly [what: string, trouble: Trouble])[] = [
  ['64 MB in messages of 32 KB', torrent(2000, 32 * kibibyte)],
  ['64 MB in messages of 1 MB', torrent(64, mebibyte)],
  [
    '50 MB for a server',
    async (session) => {
      session.postAlone(troubleOf(nextId(), 'deaf')).reply.catch(() => {});
      await sleep(restMs / 10);
      const text = 'y'.repeat(50 * kibibyte);
      let sent = 0;
      const sendOneAfterAnother = async (): Promise<void> => {
        while (sent < 1000) {
          sent += 1;
          const { reply } = session.postAlone(troubleOf(nextId(), 'echo', { text }));
          await Promise.race([reply.catch(() => {}), sleep(patienceMs)]);
        }
      };
      await Promise.all(Array.from({ length: parallel }, sendOneAfterAnother));
      await sleep(restMs);
    },
  ],
];

interface Seen {
  readonly grownMib: number;
  /** Of which so much is in use at the end. */
  readonly keptMib: number;
  readonly worstMs: number;
}

async function troubledBy(front: FrontProcess, trouble: Trouble): Promise<Seen> {
  const [session, other] = [await openedSession(front), await openedSession(front)];
  const { heapBytes } = await front.vitals();
  const resident = residentBytesOf(front.pid);
  forgetPeak(front.pid);
  const { worstMs } = await noticed(other, async () => trouble(session));
  const grownMib = (peakBytesOf(front.pid) - resident) / mebibyte;
  const keptMib = ((await front.vitals()).heapBytes - heapBytes) / mebibyte;
  await session.stop();
  await other.stop();
  return { grownMib, keptMib, worstMs };
}

function rows(what: string, name: Troubled, seen: readonly Seen[]): readonly Measure[] {
  const column = (of: keyof Seen): readonly number[] => seen.map((one) => one[of]);
  return [
    perRound(`${what}: grown, ${name}`, 'MiB', column('grownMib'), name === 'ninelives' ? { most: 10 } : undefined),
    perRound(`${what}: in use, ${name}`, 'MiB', column('keptMib')),
    perRound(`${what}: slowest call of another, ${name}`, 'ms', column('worstMs')),
  ];
}
