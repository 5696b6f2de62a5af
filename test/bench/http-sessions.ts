/** What a session over HTTP keeps while nobody uses it, and what is left of those that were abandoned: nothing. */

import { setTimeout as sleep } from 'node:timers/promises';
import { agreement, answerOf, callOf, contentOf, nextId } from './exchange.ts';
import { FrontProcess, stopFronts, withVitals } from './front-process.ts';
import { HttpPool } from './http-connection.ts';
import { HttpSession } from './http-session.ts';
import { type HttpPath, type Start, echoHttpServer, floors, ninelivesOn } from './http-starts.ts';
import { type Bench, type Measure, perRound, ratios, single } from './measure.ts';
import { echoServer } from './peer-process.ts';
import { slope } from './statistics.ts';
import { childrenOf, cpuMicrosOfProcess, openFilesOf } from './process-vitals.ts';

const cycles = 5;
const many = 1000;
/** With a process for each. */
const few = 300;
/** Bytes: of compiled code and of chance. A session that stayed would keep a hundred times as many. */
const leftMost = 300;
/** A stream to the client and one to the server, and a share of the connections that all of them use. */
const filesMost = 2.05;
/** Sessions that are opened at the same time. */
const openers = 16;
/** Until most code is compiled. */
const warmUpCycles = 2;
/** So long sessions are left alone before they end. */
const idleMs = 3000;
/** Until what a burst set off has come to rest. */
const settleMs = 500;
/** For timers that come late, and for as many ends as there are sessions. */
const reapingMs = 4000;

export const httpSessions: Bench = {
  name: 'http-sessions',
  title: 'Idle and abandoned sessions over HTTP',
  about: `A session is \`initialize\`, one call, and an open stream for what the server may say; its client then says nothing more. Other
requests go through ${openers} connections that all sessions share. *Kept* is the heap after a collection and the files that the proxy's process
has open, for each of ${many} sessions, a stream to a client among them: in front of one server over HTTP, which has a stream of
its own for each session, and in front of one child process that all sessions share (\`--share shared\`). The floor is the one
of the hop from HTTP to HTTP that hands bodies through. Then the clients go without a word, and after \`--session-idle-ms\` all
is to be as it was: ${cycles} times in one process, after ${warmUpCycles} that are not counted, and with a child process for each of ${few}
sessions, which is a single \`sed\`. *Left* is the slope of the heap over those times, for each session; compiled code is in it, of which there
is still a little more each time. Other things left are what there is more of after the last time than after the first.`,

  async measure({ say }) {
    try {
      const server = await FrontProcess.started(echoHttpServer);
      const flags = ['--session-idle-ms', String(idleMs), '--sessions-max', String(2 * many), '--log-level', 'warn'];
      const ours =
        (path: HttpPath, more: readonly string[] = [], command = echoServer) =>
        (port: string): Start =>
          ninelivesOn(path, { port, server: command, upstream: server.url, folder: '' }, [...flags, ...more]);
      const floor = await lived(many, say, (port) =>
        floors['http-http']['pipe']!({ port, server: echoServer, upstream: server.url, folder: '' }),
      );
      const remote = await lived(many, say, ours('http-http'));
      const shared = await lived(many, say, ours('http-stdio', ['--share', 'shared']));
      const isolated = await lived(few, say, ours('http-stdio', [], smallServer));
      return [
        ...kept('the floor', floor),
        ...kept('in front of a server over HTTP', remote, floor),
        ...kept('in front of a shared child', shared, floor),
        ...kept('with a child for each', isolated),
        ...left('in front of a server over HTTP', remote),
        ...left('in front of a shared child', shared),
        ...left('with a child for each', isolated),
      ];
    } finally {
      await stopFronts();
    }
  },
};

/** The result of a call and of a handshake, for a server that knows one. */
const onlyResult = JSON.stringify({ ...agreement, ...(JSON.parse(contentOf('hello world')) as object) });

/** One line of sed is a server, too, and a small one. */
const smallServer: readonly string[] = [
  'sed',
  '--unbuffered',
  '--quiet',
  `s/.*"id":\\([0-9]*\\).*/{"result":${onlyResult},"jsonrpc":"2.0","id":\\1}/p`,
];

interface State {
  readonly heapBytes: number;
  readonly handles: number;
  readonly files: number;
  readonly children: number;
}

/** One crowd of sessions, from before it came until all of it had gone. */
interface Cycle {
  readonly sessions: number;
  readonly before: State;
  readonly open: State;
  readonly after: State;
  readonly openingCpuMs: number;
}

async function lived(
  count: number,
  say: (text: string) => void,
  startOf: (port: string) => Start,
): Promise<readonly Cycle[]> {
  const front = await FrontProcess.started(startOf, { nodeFlags: withVitals });
  const pool = new HttpPool(new URL(front.url));
  const seen: Cycle[] = [];
  for (let cycle = 1; cycle <= warmUpCycles + cycles; cycle += 1) {
    say(`${front.place.url}: ${count} sessions, time ${cycle} of ${warmUpCycles + cycles}`);
    const before = await stateOf(front);
    const cpuBefore = cpuMicrosOfProcess(front.pid);
    const sessions = await crowd(front, pool, count);
    const openingCpuMs = (cpuMicrosOfProcess(front.pid) - cpuBefore) / 1000;
    await sleep(settleMs);
    const open = await stateOf(front);
    for (const session of sessions) session.abandon();
    await sleep(idleMs + reapingMs);
    seen.push({ sessions: count, before, open, after: await stateOf(front), openingCpuMs });
  }
  pool.reset();
  await front.stop();
  return seen.slice(warmUpCycles);
}

/** Sessions that have served one call and whose streams are open. */
async function crowd({ place }: FrontProcess, pool: HttpPool, count: number): Promise<readonly HttpSession[]> {
  const sessions = Array.from({ length: count }, () => new HttpSession(place, pool));
  const waiting = [...sessions];
  const openOneAfterAnother = async (): Promise<void> => {
    for (let session = waiting.pop(); session !== undefined; session = waiting.pop()) {
      await session.initialize();
      await session.listen();
      const id = nextId();
      await session.ask(callOf(id, 'echo', onlyResult), answerOf(id, onlyResult));
    }
  };
  await Promise.all(Array.from({ length: openers }, openOneAfterAnother));
  return sessions;
}

async function stateOf(front: FrontProcess): Promise<State> {
  const { heapBytes, handles } = await front.vitals();
  return { heapBytes, handles, files: openFilesOf(front.pid), children: childrenOf(front.pid) };
}

const each = (seen: readonly Cycle[], of: keyof State): readonly number[] =>
  seen.map(({ sessions, before, open }) => (open[of] - before[of]) / sessions);

function kept(where: string, seen: readonly Cycle[], floor?: readonly Cycle[]): readonly Measure[] {
  const heap = each(seen, 'heapBytes');
  return [
    perRound(`${where}: kept by a session`, 'B', heap),
    ...(floor === undefined
      ? []
      : [perRound(`${where}: kept, by the floor`, 'x', ratios(heap, each(floor, 'heapBytes')), { most: 1.25 })]),
    perRound(
      `${where}: files of a session`,
      'files',
      each(seen, 'files'),
      floor === undefined ? undefined : { most: filesMost },
    ),
    perRound(
      `${where}: processor time to open one`,
      'us',
      seen.map(({ sessions, openingCpuMs }) => (openingCpuMs * 1000) / sessions),
    ),
  ];
}

function left(where: string, seen: readonly Cycle[]): readonly Measure[] {
  const [first, last] = [seen[0]!, seen.at(-1)!];
  const more = (of: keyof State): number => last.after[of] - first.after[of];
  const heapAfter = seen.map(({ sessions, after }, cycle) => [cycle * sessions, after.heapBytes] as const);
  return [
    single(`${where}: left of a session that was abandoned`, 'B', slope(heapAfter), { most: leftMost }),
    single(`${where}: handles left`, '', more('handles'), { most: 0 }),
    single(`${where}: files left`, '', more('files'), { most: 0 }),
    single(`${where}: children left`, '', more('children'), { most: 0 }),
  ];
}
