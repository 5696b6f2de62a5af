/** One client that sends request after request which nobody answers, and what is left for the others. */

import { setTimeout as sleep } from 'node:timers/promises';
import { noticed } from './bystander.ts';
import { nextId } from './exchange.ts';
import type { FrontProcess } from './front-process.ts';
import type { HttpSession } from './http-session.ts';
import { messageIn } from './http-reply.ts';
import { type Bench, type Measure, inRounds, perRound, single } from './measure.ts';
import { forgetPeak, peakBytesOf, residentBytesOf } from './process-vitals.ts';
import { type Troubled, openedSession, troubleOf, troubled, withTroubledFront } from './troubled-fronts.ts';

const requests = 50_000;
const parallel = 48;
/** Before the client gives up: long enough for a refusal. */
const patienceMs = 25;
const settleMs = 500;
/** Calls that fill a session. */
const enough = 1200;
const mebibyte = 1024 ** 2;
/** What may wait in one session by default. */
const letInMost = 1000;

export const httpFlood: Bench = {
  name: 'http-flood',
  title: 'A flood of requests that nobody answers',
  about: `One session over HTTP sends ${requests.toLocaleString('en')} calls of a tool that never answers, ${parallel} at a time, each on a connection that the client resets after
${patienceMs} ms or when it is refused. A reset is no cancellation before MCP 2026-07-28, so what was let in goes on waiting. Another session
with a server of its own makes small calls meanwhile; its slowest is given. That is done once. Then sessions with ${enough} such calls are
ended by DELETE, one in each round, and the slowest call of the other is given beside that of as much time without trouble. The floor is
*scan* of the hop from HTTP to standard streams, which forgets a request with its connection and knows no limit.`,

  async measure(options) {
    const floods = {
      floor: await withTroubledFront('floor', flooded),
      ninelives: await withTroubledFront('ninelives', flooded),
    };
    const deletions = await inRounds(options, {
      floor: async () => withTroubledFront('floor', deleted),
      ninelives: async () => withTroubledFront('ninelives', deleted),
    });
    return troubled.flatMap((name) => [...floodRows(name, floods[name]), ...deletionRows(name, deletions[name])]);
  },
};

interface Flood {
  readonly letIn: number;
  readonly microsEach: number;
  readonly heapGrown: number;
  readonly peakGrown: number;
  readonly worstMs: number;
  readonly heapLeft: number;
}

async function flooded(front: FrontProcess): Promise<Flood> {
  const [session, other] = [await openedSession(front), await openedSession(front)];
  const before = await front.vitals();
  const residentBefore = residentBytesOf(front.pid);
  forgetPeak(front.pid);
  const began = performance.now();
  const { worstMs } = await noticed(other, async () => sendAll(session, requests));
  const microsEach = ((performance.now() - began) * 1000) / requests;
  await sleep(settleMs);
  const peakGrown = peakBytesOf(front.pid) - residentBefore;
  const heapGrown = (await front.vitals()).heapBytes - before.heapBytes;
  const letIn = await heldIn(session);
  await session.delete();
  await session.stop();
  await sleep(settleMs);
  const heapLeft = (await front.vitals()).heapBytes - before.heapBytes;
  await other.delete();
  await other.stop();
  return { letIn, microsEach, heapGrown, peakGrown, worstMs, heapLeft };
}

interface Deletion {
  readonly calmMs: number;
  readonly worstMs: number;
  readonly tookMs: number;
}

async function deleted(front: FrontProcess): Promise<Deletion> {
  const [session, other] = [await openedSession(front), await openedSession(front)];
  await sendAll(session, enough);
  await sleep(settleMs);
  const calm = await noticed(other, async () => sleep(settleMs));
  const { worstMs, result } = await noticed(other, async () => {
    const start = performance.now();
    await session.delete();
    const took = performance.now() - start;
    await sleep(settleMs - took);
    return took;
  });
  await session.stop();
  await other.delete();
  await other.stop();
  return { calmMs: calm.worstMs, worstMs, tookMs: result };
}

async function sendAll(session: HttpSession, count: number): Promise<void> {
  let sent = 0;
  const sendOneAfterAnother = async (): Promise<void> => {
    while (sent < count) {
      sent += 1;
      let onHead = (): void => {};
      const answered = new Promise<void>((resolve) => (onHead = resolve));
      const message = troubleOf(nextId(), 'never', { text: 'z'.repeat(100) });
      const { connection, reply } = session.postAlone(message, { onHead: () => onHead() });
      reply.catch(onHead);
      await Promise.race([answered, sleep(patienceMs)]);
      session.leave(connection);
    }
  };
  await Promise.all(Array.from({ length: parallel }, sendOneAfterAnother));
}

/** How many calls the session's server has and has not answered. */
async function heldIn(session: HttpSession): Promise<number> {
  const reply = await session.post(`{"jsonrpc":"2.0","id":${nextId()},"method":"ping"}`);
  return (JSON.parse(messageIn(reply, reply.body)) as { readonly result: { readonly held: number } }).result.held;
}

function floodRows(name: Troubled, flood: Flood): readonly Measure[] {
  const held = (most: number): { readonly most: number } | undefined => (name === 'floor' ? undefined : { most });
  return [
    single(`${name}: calls let in`, '', flood.letIn, held(letInMost)),
    single(`${name}: time of a call, patience included`, 'us', flood.microsEach),
    single(`${name}: heap grown`, 'MiB', flood.heapGrown / mebibyte, held(10)),
    single(`${name}: resident memory grown, at most`, 'MiB', flood.peakGrown / mebibyte, held(100)),
    single(`${name}: slowest call of another meanwhile`, 'ms', flood.worstMs),
    single(`${name}: heap left after DELETE`, 'MiB', flood.heapLeft / mebibyte, held(2)),
  ];
}

function deletionRows(name: Troubled, deletions: readonly Deletion[]): readonly Measure[] {
  const column = (of: keyof Deletion): readonly number[] => deletions.map((one) => one[of]);
  return [
    perRound(`${name}: DELETE answered after`, 'ms', column('tookMs')),
    perRound(`${name}: slowest call of another without it`, 'ms', column('calmMs')),
    perRound(
      `${name}: slowest call of another during it`,
      'ms',
      column('worstMs'),
      name === 'floor' ? undefined : { most: 50 },
    ),
  ];
}
