/** A server that writes far longer lines than anybody should, and what another session notices. */

import { setTimeout as sleep } from 'node:timers/promises';
import { noticed } from './bystander.ts';
import { nextId } from './exchange.ts';
import type { FrontProcess } from './front-process.ts';
import { type Bench, type Measure, inRounds, perRound } from './measure.ts';
import { forgetPeak, peakBytesOf, residentBytesOf } from './process-vitals.ts';
import { openedSession, troubleOf, troubled, withTroubledFront } from './troubled-fronts.ts';

const mebibyte = 1024 ** 2;
const lines = [
  ['a message of 40 MB', 'long', 40 * mebibyte],
  ['10 MB of garbage', 'garbage', 10 * mebibyte],
] as const;
const calmMs = 300;
/** After the answer, for what it set off. */
const settleMs = 300;

export const httpLongLines: Bench = {
  name: 'http-long-lines',
  title: 'A server that writes very long lines',
  about: `A call is answered with a line of 40 MB, four times what ninelives takes, or a line of 10 MB that is no message comes before its answer.
Another session with a server of its own makes small calls from before until ${settleMs} ms after the answer, which may be an error; its slowest
call is given, beside that of as much time without trouble. The floor is *scan* of the hop from HTTP to standard streams. Each time is
the first of a process. The machine has two cores, and the server that writes and the client that reads want them too.`,

  async measure(options) {
    const measures: Measure[] = [];
    for (const [what, tool, bytes] of lines) {
      const seen = await inRounds(options, {
        floor: async () => withTroubledFront('floor', async (front) => troubledBy(front, tool, bytes)),
        ninelives: async () => withTroubledFront('ninelives', async (front) => troubledBy(front, tool, bytes)),
      });
      for (const name of troubled) {
        const column = (of: keyof Seen): readonly number[] => seen[name].map((one) => one[of]);
        const target = name === 'ninelives' ? { most: 50 } : undefined;
        measures.push(
          perRound(`${what}: answered after, ${name}`, 'ms', column('answeredMs')),
          perRound(`${what}: slowest call of another without it, ${name}`, 'ms', column('calmMs')),
          perRound(`${what}: slowest call of another, ${name}`, 'ms', column('worstMs'), target),
          perRound(`${what}: resident memory grown, at most, ${name}`, 'MiB', column('grownMib')),
        );
      }
    }
    return measures;
  },
};

interface Seen {
  readonly answeredMs: number;
  readonly calmMs: number;
  readonly worstMs: number;
  readonly grownMib: number;
}

async function troubledBy(front: FrontProcess, tool: string, bytes: number): Promise<Seen> {
  const [session, other] = [await openedSession(front), await openedSession(front)];
  const calm = await noticed(other, async () => sleep(calmMs));
  const resident = residentBytesOf(front.pid);
  forgetPeak(front.pid);
  const { worstMs, result } = await noticed(other, async () => {
    const before = performance.now();
    await session.postAlone(troubleOf(nextId(), tool, { bytes }), { onData: () => {} }).reply;
    const answeredMs = performance.now() - before;
    await sleep(settleMs);
    return answeredMs;
  });
  const grownMib = (peakBytesOf(front.pid) - resident) / mebibyte;
  await session.stop();
  await other.stop();
  return { answeredMs: result, calmMs: calm.worstMs, worstMs, grownMib };
}
