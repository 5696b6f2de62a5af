/**
 * The steady lane: one proxy for the whole run, under traffic of every kind, whose server is killed now and then. Every few
 * seconds the traffic pauses; then nothing may be waiting, and the proxy says how it is.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { forwarding, scriptedServer, withVitals } from './commands.ts';
import { Conversation } from './conversation.ts';
import { Gate } from './gate.ts';
import type { Run } from './run.ts';
import { commandOf, survivors } from './survivors.ts';
import { exchange } from './traffic.ts';
import { type Vitals, vitalsOf } from './vitals.ts';
import { within } from './within.ts';

const lane = 'steady';
const workers = 12;
/** The proxy restarts a server three times in a minute; it is killed less often than that. */
const killEveryMs = [30_000, 40_000] as const;
const samplesMax = 100;
const sampleEveryMsMin = 2000;
/** Far more than the slowest exchange takes on a busy machine. */
const patienceMs = 60_000;

export async function steadyLane(run: Run, onSample: (vitals: Vitals) => void): Promise<readonly Vitals[]> {
  const violation = run.violationIn(lane);
  const mark = run.mark(lane);
  const talk = new Conversation({ command: forwarding(scriptedServer, [], withVitals), mark, violation });
  const gate = new Gate();
  const samples: Vitals[] = [];
  const sampleEveryMs = Math.max(sampleEveryMsMin, run.leftMs / samplesMax);
  if ((await within(talk.initialize(), patienceMs)) !== true) violation('every request is answered', 'initialize');
  const traffic = Array.from({ length: workers }, async (_, worker) => {
    const chance = run.chance(`${lane} ${worker}`);
    while (!run.isOver && !talk.isOver) {
      const name = await gate.through(async () => exchange(talk, chance));
      run.count(lane, name);
      if (chance.happens(0.2)) await sleep(chance.between(0, 10));
    }
  });
  const kills = killServers(run, talk);
  const overdue = watchForOverdue(run, talk);
  while (!run.isOver && !talk.isOver) {
    await sleep(Math.min(sampleEveryMs, run.leftMs));
    const vitals = await pauseAndSample(run, talk, gate);
    if (vitals !== undefined) {
      samples.push(vitals);
      onSample(vitals);
    }
  }
  if ((await within(Promise.all([...traffic, kills]), patienceMs)) === 'too late') {
    violation('every request is answered', `${talk.ledger.waiting} requests wait at the end`);
  }
  clearInterval(overdue);
  await leave(run, talk, mark);
  return samples;
}

async function pauseAndSample(run: Run, talk: Conversation, gate: Gate): Promise<Vitals | undefined> {
  const violation = run.violationIn(lane);
  const isQuiet = (await within(gate.close(), patienceMs)) !== 'too late';
  if (isQuiet && talk.ledger.waiting + talk.ledger.namelessDue > 0) {
    violation('every request is answered', `${talk.ledger.waiting} requests wait although nobody waits for them`);
  }
  const said = talk.logged('vitals');
  talk.signal('SIGUSR2');
  const line = await within(said, patienceMs);
  gate.open();
  if (line === 'too late' || line === undefined) {
    if (!talk.isOver) violation('the proxy stays awake', `it says nothing for ${patienceMs} ms`);
    return undefined;
  }
  return vitalsOf(talk.pid, line, run.elapsedMs / 1000);
}

async function killServers(run: Run, talk: Conversation): Promise<void> {
  const chance = run.chance(`${lane} kills`);
  for (;;) {
    const until = run.elapsedMs + chance.between(...killEveryMs);
    while (run.elapsedMs < until && !run.isOver && !talk.isOver) await sleep(200);
    if (run.isOver || talk.isOver) return;
    const started = talk.logged('server started');
    talk.expectLoss();
    process.kill(talk.servers.at(-1)!, 'SIGKILL');
    run.count(lane, 'servers killed');
    const next = await within(started, patienceMs);
    if (next === undefined || next === 'too late') {
      run.violationIn(lane)('a lost server is started again', 'no server came after a kill');
      return;
    }
  }
}

/** A request that nobody answers is a violation at once, with its name, and ends the run. */
function watchForOverdue(run: Run, talk: Conversation): NodeJS.Timeout {
  const told = new Set<string>();
  return setInterval(() => {
    for (const id of talk.ledger.overdue(performance.now(), patienceMs)) {
      const key = JSON.stringify(id);
      if (told.has(key)) continue;
      told.add(key);
      run.violationIn(lane)('every request is answered', `request ${key} waits for more than ${patienceMs} ms`);
    }
  }, 5000);
}

async function leave(run: Run, talk: Conversation, mark: string): Promise<void> {
  const violation = run.violationIn(lane);
  if (talk.isOver) violation('the proxy lives as long as its client', 'the proxy went away by itself');
  talk.beginEnd();
  talk.endInput();
  const exit = await within(talk.exit, patienceMs);
  if (exit === 'too late') {
    violation('the proxy ends when its client leaves', `it runs after ${patienceMs} ms`);
    talk.signal('SIGKILL');
    await talk.exit;
  } else if (exit.code !== 0) violation('the proxy ends well', `it ended with ${exit.code ?? exit.signal}`);
  talk.close(true);
  for (const pid of await survivors(mark, 15_000)) violation('nothing is left behind', commandOf(pid));
}
