/** How long it takes to end everything at once, and whether anybody else gets a turn meanwhile. */

import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime, RuntimeSession } from '../../src/index.ts';
import { benchRuntime, call, openServing } from './in-memory.ts';
import { type Bench, bytesKept, cpuMicros, inRounds, perRound, ratios } from './measure.ts';
import { median, quantile } from './statistics.ts';

const many = 10_000;
const few = 10;
/** Requests that wait in each session. */
const waitingEach = 2;
const closesPerRound = 301;

/** What stopping once was like for everybody else. */
interface Stop extends Turns {
  readonly totalMs: number;
  readonly cpuMs: number;
}

export const stop: Bench = {
  name: 'stop',
  title: 'Ending many sessions at once',
  about: `A runtime with 10 000 sessions, each with 2 requests that wait for an answer, is stopped: every one of the 20 000 requests gets
its outcome and its error. A chain of \`setImmediate\` callbacks runs beside it; the time between two of them is a slice in which
nothing else would have been served. On a shared machine a slice also contains the time in which somebody else had the core,
so the longest one is given in processor time too (of the whole process: the collector's helpers count, which work at the
same time); the same chain without any work beside it shows how much waiting that is. Slices are 2 ms of our own work; longer
ones contain a pause of the collector, whose longest is given. A session among 10 000 and a session among 10 are closed in the same rounds; a new one takes its place each
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
    const column = (of: keyof Stop): readonly number[] => stopping.map((stopped) => stopped[of]);
    return [
      perRound('`stop()` with 10 000 sessions and 20 000 requests', 'ms', column('totalMs'), { most: 200 }),
      perRound('its processor time', 'ms', column('cpuMs')),
      perRound('95 of 100 slices are shorter than', 'ms', column('p95Ms'), { most: 5 }),
      perRound('longest slice', 'ms', column('longestMs'), { most: 5 }),
      perRound('processor time of the longest slice', 'ms', column('longestCpuMs')),
      perRound('longest pause of the collector', 'ms', column('collectorMs')),
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
  // What is left of that collection is swept in the background.
  await sleep(200);
  const probe = new Probe();
  const cpuBefore = cpuMicros();
  const before = performance.now();
  await runtime.stop();
  const totalMs = performance.now() - before;
  const cpuMs = (cpuMicros() - cpuBefore) / 1000;
  const turns = await probe.end();
  if (runtime.totals().pending.ordinary !== 0) throw new Error('A request outlived its session');
  return { totalMs, cpuMs, ...turns };
}

async function idleProbe(): Promise<number> {
  const probe = new Probe();
  await sleep(200);
  return (await probe.end()).longestMs;
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

interface Turns {
  readonly p95Ms: number;
  readonly longestMs: number;
  readonly longestCpuMs: number;
  readonly collectorMs: number;
}

/** Looks once in every turn of the event loop how long the last turn was. */
class Probe {
  readonly #slicesMs: number[] = [];
  #longestCpuMs = 0;
  #collectorMs = 0;
  #lastMs = performance.now();
  #lastCpu = cpuMicros();
  #next: NodeJS.Immediate;
  readonly #collector = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#collectorMs = Math.max(this.#collectorMs, duration);
  });

  constructor() {
    this.#collector.observe({ entryTypes: ['gc'] });
    this.#next = setImmediate(this.#look);
  }

  readonly #look = (): void => {
    const now = performance.now();
    const cpu = cpuMicros();
    this.#slicesMs.push(now - this.#lastMs);
    this.#longestCpuMs = Math.max(this.#longestCpuMs, (cpu - this.#lastCpu) / 1000);
    this.#lastMs = now;
    this.#lastCpu = cpu;
    this.#next = setImmediate(this.#look);
  };

  async end(): Promise<Turns> {
    clearImmediate(this.#next);
    this.#look();
    clearImmediate(this.#next);
    // The observer is told in a later turn.
    await sleep(10);
    this.#collector.disconnect();
    return {
      p95Ms: quantile(this.#slicesMs, 0.95),
      longestMs: Math.max(...this.#slicesMs),
      longestCpuMs: this.#longestCpuMs,
      collectorMs: this.#collectorMs,
    };
  }
}
