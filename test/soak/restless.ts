/**
 * The restless lane: one short life after another, each with traffic and then an end of another kind. Nothing may be left of
 * any, and where the client still reads, every request has its answer first.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { forwarding, launched, scriptedServer } from './commands.ts';
import { Conversation, type Exit } from './conversation.ts';
import type { Ending } from './ledger.ts';
import type { Chance } from './random.ts';
import type { Run } from './run.ts';
import { commandOf, survivors } from './survivors.ts';
import { exchange } from './traffic.ts';
import { within } from './within.ts';

const lane = 'restless';
const workers = 6;
const patienceMs = 60_000;
/** The ladder by which a server is stopped takes five seconds; the rest is for a busy machine. */
const survivorsMs = 20_000;
/** A life that begins later than this would end after the run. */
const lastLifeMs = 8000;
const frameBytesMax = 65_536;

interface Life {
  readonly flags: readonly string[];
  readonly isTight?: boolean;
  readonly frameBytesMax?: number;
}

const lives: readonly Life[] = [
  { flags: [] },
  { flags: ['--check-invariants'] },
  { flags: ['--pending-max', '4'], isTight: true },
  { flags: ['--frame-bytes-max', String(frameBytesMax)], frameBytesMax },
];

interface End {
  readonly flags?: readonly string[];
  /** The client is a process of its own, so that it can be killed. */
  readonly isLaunched?: boolean;
  /** Not before the exchanges have ended: a cancellation that cannot be sent any more leaves a call that never ends. */
  readonly isAfterTraffic?: boolean;
  /** The client reads to the end, so every request has to be answered. */
  readonly owesAnswers: boolean;
  /** The exit codes that fit; none: whatever it is. */
  readonly codes?: readonly number[];
  happen(talk: Conversation, chance: Chance): Promise<void> | void;
}

const ends = {
  'input ends': {
    isAfterTraffic: true,
    owesAnswers: true,
    codes: [0],
    happen: (talk) => {
      askForSoon(talk);
      talk.beginEnd();
      talk.endInput();
    },
  },
  'input ends before an answer that never comes': {
    flags: ['--drain-ms', '300'],
    owesAnswers: true,
    codes: [0],
    happen: (talk) => {
      talk.beginEnd();
      void talk.ask('tools/call', { name: 'never', arguments: {} });
      talk.endInput();
    },
  },
  'proxy gets SIGTERM': {
    owesAnswers: true,
    codes: [0],
    happen: async (talk) => {
      askForSoon(talk);
      // What is still in a pipe when the signal arrives was never accepted by anybody.
      await talk.ask('ping');
      talk.beginEnd();
      talk.signal('SIGTERM');
    },
  },
  'proxy is killed': {
    owesAnswers: false,
    happen: (talk) => {
      askForSoon(talk);
      talk.signal('SIGKILL');
    },
  },
  'client is killed': {
    isLaunched: true,
    owesAnswers: false,
    happen: (talk) => {
      askForSoon(talk);
      talk.signal('SIGKILL');
    },
  },
  'server ends and is not started again': {
    flags: ['--restart', 'never'],
    owesAnswers: true,
    codes: [7],
    happen: async (talk) => {
      askForSoon(talk);
      talk.expectLoss();
      talk.beginEnd();
      let ending: Ending;
      do ending = await talk.ask('tools/call', { name: 'die', arguments: { code: 7 } });
      while (ending.kind === 'error' && ending.code === 4290);
    },
  },
  'server is killed once too often': {
    owesAnswers: true,
    codes: [137],
    happen: async (talk) => {
      talk.beginEnd();
      while (!talk.isOver) {
        const news = Promise.race([talk.logged('server started'), talk.exit]);
        askForSoon(talk);
        talk.expectLoss();
        kill(talk.servers.at(-1));
        await within(news, patienceMs);
      }
    },
  },
} as const satisfies Readonly<Record<string, End>>;

export type EndName = keyof typeof ends;
export const endNames = Object.keys(ends) as readonly EndName[];

export async function restlessLane(run: Run): Promise<void> {
  const chance = run.chance(lane);
  for (let number = 1; run.leftMs > lastLifeMs; number += 1) {
    // Each end once before chance decides: a short run meets all of them.
    const name = endNames[number - 1] ?? chance.pick(endNames);
    await live(run, number, chance.pick(lives), name, chance);
    run.count(lane, name);
  }
}

async function live(run: Run, number: number, life: Life, name: EndName, chance: Chance): Promise<void> {
  const end: End = ends[name];
  const mark = run.mark(`${lane} ${number}`);
  const violation = (law: string, details: string): void =>
    run.violationIn(lane)(law, `life ${number}, ${life.flags.join(' ') || 'no flags'}, ${name}: ${details}`);
  const command = forwarding(scriptedServer, [...life.flags, ...(end.flags ?? [])]);
  const talk = new Conversation({
    command: end.isLaunched === true ? launched(command) : command,
    mark,
    violation,
    isTight: life.isTight === true,
    ...(life.frameBytesMax === undefined ? {} : { frameBytesMax: life.frameBytesMax }),
  });
  if ((await within(talk.initialize(), patienceMs)) !== true) violation('every request is answered', 'initialize');

  const pause = new AbortController();
  const traffic = Array.from({ length: workers }, async (_, worker) => {
    const own = run.chance(`${lane} ${number} ${worker}`);
    while (!pause.signal.aborted && !talk.isOver) {
      run.count(lane, await exchange(talk, own));
      if (own.happens(0.3)) await sleep(own.between(0, 20));
    }
  });
  await sleep(chance.between(200, 2500));
  pause.abort();
  if (
    (end.isAfterTraffic === true || chance.happens(0.5)) &&
    (await within(Promise.all(traffic), patienceMs)) === 'too late'
  ) {
    violation('every request is answered', `${talk.ledger.waiting} requests wait`);
  }
  await within(Promise.resolve(end.happen(talk, chance)), patienceMs);
  const exit = await within(talk.exit, patienceMs);
  if (exit === 'too late') {
    violation('the proxy ends', `it runs after ${patienceMs} ms`);
    talk.signal('SIGKILL');
    await talk.exit;
  } else checkExit(exit, end, violation);
  talk.close(end.owesAnswers);
  await within(Promise.all(traffic), patienceMs);
  run.count(lane, 'requests answered', talk.ledger.answered);
  for (const pid of await survivors(mark, survivorsMs)) violation('nothing is left behind', commandOf(pid));
}

function checkExit(exit: Exit, { codes }: End, violation: (law: string, details: string) => void): void {
  if (codes === undefined || codes.some((code) => code === exit.code)) return;
  violation('the exit code says how it ended', `${exit.code ?? exit.signal}, not ${codes.join(' or ')}`);
}

/** A few requests that are under way when the end begins, and are answered soon after. */
function askForSoon(talk: Conversation): void {
  for (let index = 1; index <= 3; index += 1) {
    void talk.ask('tools/call', { name: 'delay', arguments: { ms: 40 * index } });
  }
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}
