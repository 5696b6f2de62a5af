/**
 * Holds a change to what the hot path costs, with numbers that do not depend on how busy the machine is, or little:
 * `npm run bench:gate`. Exits with 1 when a limit is broken.
 */

import { leaveWaiting, made, pairs, parsing, passBytes, passEvents, plainTable } from './acts.ts';
import { converse } from './conversation.ts';
import { broken, type Gate, limits } from './gate-limits.ts';
import { benchRuntime, openServing } from './in-memory.ts';
import { RecordedInMemory } from './recorded-in-memory.ts';
import { TraceRing, defaultEventsUnseenMax } from '../../src/observe/trace-ring.ts';
import type { Tracer } from '../../src/runtime/tracer.ts';
import { type Measure, bytesAllocatedBy, bytesKept, cpuMicrosOf, inRounds, ratios, single } from './measure.ts';
import { terminalTable } from './page.ts';
import { openIdle } from './scale.ts';
import { median } from './statistics.ts';
import { eventsDuring, interpretedDuring } from './taps.ts';

const rounds = 9;
const warmUpActs = 20;
/** Requests beside those that are answered. */
const waiting = 1000;
const idleSessions = 5000;
const conversations = 20;

const runtime = benchRuntime();
const full = openServing(runtime);
leaveWaiting(full, waiting);
const acts = {
  bytes: passBytes([openServing(runtime)]),
  events: passEvents(full),
  parsing: parsing(),
  table: plainTable(full, waiting),
};
for (const act of Object.values(acts)) cpuMicrosOf(act, warmUpActs);
const recorded = new RecordedInMemory();
const plainBytes = bytesAllocatedBy(acts.bytes, 1);
/** What an event allocates besides under the eyes of a tracer. */
const besides = (tracer: Tracer): number => {
  const watched = benchRuntime(undefined, tracer);
  const act = passBytes([openServing(watched)]);
  cpuMicrosOf(act, warmUpActs);
  return (bytesAllocatedBy(act, 1) - plainBytes) / (2 * pairs);
};
const silent = { rounds, say: () => {} };
const micros = await inRounds(silent, {
  bytes: () => cpuMicrosOf(acts.bytes, 20),
  events: () => cpuMicrosOf(acts.events, 40),
  parsing: () => cpuMicrosOf(acts.parsing, 20),
  table: () => cpuMicrosOf(acts.table, 500),
});
const measured: Record<Gate, number> = {
  allocatedByEvent: plainBytes / (2 * pairs),
  allocatedByReadEvent: bytesAllocatedBy(acts.events, 1) / (2 * pairs),
  allocatedByInspecting: besides(new TraceRing({ eventsUnseenMax: defaultEventsUnseenMax })),
  allocatedByRecording: besides(recorded.tracer),
  tapeBytesOfPair: recorded.bytesOfLine() * 2,
  keptByIdleSession: keptByIdleSession(),
  decidedByPlan: decidedByPlan() * 100,
  pairByParsing: median(ratios(micros.bytes, micros.parsing)),
  eventsByTable: median(ratios(micros.events, micros.table)),
};
await runtime.stop();
if (made.last === undefined) throw new Error('Nothing was measured');

const names = Object.keys(limits) as Gate[];
console.log(
  terminalTable(
    names.map((name): Measure => single(limits[name].what, limits[name].unit, measured[name], limits[name].limit)),
  ),
);
const complaints = broken(measured);
for (const complaint of complaints) console.error(`\nbench:gate: ${complaint}`);
if (complaints.length > 0) {
  console.error(
    '\nThe limits stand in test/bench/gate-limits.ts. `npm run bench -- --only frame scale` measures more.',
  );
  process.exitCode = 1;
}

function keptByIdleSession(): number {
  const crowd = benchRuntime();
  openIdle(crowd);
  const before = bytesKept();
  const sessions = Array.from({ length: idleSessions }, () => openIdle(crowd));
  return (bytesKept() - before) / sessions.length;
}

/** The share of events, as 0 to 1, that needs no interpreter once each kind of event has been met. */
function decidedByPlan(): number {
  const fresh = benchRuntime();
  // A runtime that is never empty: what the supervisor does then is no event of a session.
  openServing(fresh);
  converse(fresh);
  let events = 0;
  const interpreted = interpretedDuring(() => {
    events = eventsDuring(() => {
      for (let count = 0; count < conversations; count += 1) converse(fresh);
    }).length;
  });
  return (events - interpreted) / events;
}
