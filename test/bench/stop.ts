/** How long it takes to end everything at once, and whether anybody else gets a turn meanwhile. */

import type { Runtime, RuntimeSession } from '../../src/index.ts';
import { benchRuntime, call, openServing } from './in-memory.ts';
import { type Bench, bytesKept, cpuMicros, inRounds, perRound, ratios } from './measure.ts';
import { median } from './statistics.ts';

const many = 10_000;
const few = 10;
/** Requests that wait in each session. */
const waitingEach = 2;
const closesPerRound = 301;

interface Stop {
  readonly totalMs: number;
  readonly cpuMs: number;
  readonly longestMs: number;
  readonly longestCpuMs: number;
}

export const stop: Bench = {
  name: 'stop',
  title: 'Ending many sessions at once',
  about: `A runtime with 10 000 sessions, each with 2 requests that wait for an answer, is stopped: every one of the 20 000 requests gets
its outcome and its error. A chain of \`setImmediate\` callbacks runs beside it; the longest time between two of them is the
longest slice in which nothing else would have been served. On a shared machine a slice also contains the time in which
somebody else had the core, so its processor time is given too; the same chain without any work beside it shows how much
that is. A session among 10 000 and a session among 10 are closed in the same rounds; a new one takes its place each
time, so that the number stays.`,

  async measure(options) {
    const crowd = await standing(many);
    const handful = await standing(few);
    await stopAll();
    const { stopping, idle, among, alone } = await inRounds(options, {
      stopping: stopAll,
      idle: idleProbe,
      among: () => closeMicros(crowd),
      alone: () => closeMicros(handful),
    });
    await crowd.runtime.stop();
    await handful.runtime.stop();
    const totals = stopping.map(({ totalMs }) => totalMs);
    const slices = stopping.map(({ longestMs }) => longestMs);
    return [
      perRound('`stop()` with 10 000 sessions and 20 000 requests', 'ms', totals, { most: 200 }),
      perRound(
        'its processor time',
        'ms',
        stopping.map(({ cpuMs }) => cpuMs),
      ),
      perRound('longest slice', 'ms', slices, { most: 5 }),
      perRound(
        'processor time of the longest slice',
        'ms',
        stopping.map(({ longestCpuMs }) => longestCpuMs),
        { most: 5 },
      ),
      perRound('longest slice of an idle process', 'ms', idle),
      perRound('closing one session among 10 000', 'us', among),
      perRound('closing one session among 10', 'us', alone),
      perRound('among 10 000, by among 10', 'x', ratios(among, alone)),
    ];
  },
};

function openWaiting(runtime: Runtime): RuntimeSession {
  const session = openServing(runtime);
  for (let id = 1; id <= waitingEach; id += 1) session.client.receive(call(id));
  return session;
}

interface Standing {
  readonly runtime: Runtime;
  readonly sessions: RuntimeSession[];
}

async function standing(count: number): Promise<Standing> {
  const runtime = benchRuntime();
  return { runtime, sessions: Array.from({ length: count }, () => openWaiting(runtime)) };
}

async function stopAll(): Promise<Stop> {
  const { runtime } = await standing(many);
  bytesKept();
  const probe = new Probe();
  const cpuBefore = cpuMicros();
  const before = performance.now();
  await runtime.stop();
  const totalMs = performance.now() - before;
  const cpuMs = (cpuMicros() - cpuBefore) / 1000;
  const { longestMs, longestCpuMs } = probe.end();
  if (runtime.totals().pending.ordinary !== 0) throw new Error('A request outlived its session');
  return { totalMs, cpuMs, longestMs, longestCpuMs };
}

async function idleProbe(): Promise<number> {
  const probe = new Probe();
  await new Promise((resolve) => setTimeout(resolve, 200));
  return probe.end().longestMs;
}

/** Microseconds to close one session: the median, since each is closed alone and some are closed while others work here. */
async function closeMicros({ runtime, sessions }: Standing): Promise<number> {
  const micros: number[] = [];
  for (let index = 0; index < closesPerRound; index += 1) {
    const place = (index * 7919) % sessions.length;
    const session = sessions[place]!;
    const before = process.hrtime.bigint();
    session.close();
    micros.push(Number(process.hrtime.bigint() - before) / 1000);
    sessions[place] = openWaiting(runtime);
  }
  return median(micros);
}

/** Looks once in every turn of the event loop how long the last turn was. */
class Probe {
  #longestMs = 0;
  #longestCpuMs = 0;
  #lastMs = performance.now();
  #lastCpu = cpuMicros();
  #next: NodeJS.Immediate;

  constructor() {
    this.#next = setImmediate(this.#look);
  }

  readonly #look = (): void => {
    const now = performance.now();
    const cpu = cpuMicros();
    this.#longestMs = Math.max(this.#longestMs, now - this.#lastMs);
    this.#longestCpuMs = Math.max(this.#longestCpuMs, (cpu - this.#lastCpu) / 1000);
    this.#lastMs = now;
    this.#lastCpu = cpu;
    this.#next = setImmediate(this.#look);
  };

  end(): { readonly longestMs: number; readonly longestCpuMs: number } {
    clearImmediate(this.#next);
    this.#look();
    clearImmediate(this.#next);
    return { longestMs: this.#longestMs, longestCpuMs: this.#longestCpuMs };
  }
}
