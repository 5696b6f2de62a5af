/** What one request and its response cost inside the runtime, beside the least that any proxy in JavaScript could do. */

import { framing, leaveWaiting, made, pairs, parsing, passBytes, passEvents, plainTable, reading } from './acts.ts';
import { benchRuntime, openServing } from './in-memory.ts';
import { type Bench, bytesAllocatedBy, cpuMicrosOf, inRounds, perRound, ratios } from './measure.ts';

/** Acts in a round of each variant: enough for some 100 ms of processor time. */
const actsPerRound = 30;
const actsOfEvents = 100;
const actsOfPlainTable = 1000;
const warmUpActs = 20;
/** Requests beside the one that is answered, in the variants with a full table. */
const waiting = 1000;
const manySessions = 1000;

export const frame: Bench = {
  name: 'frame',
  title: 'One request and its response, in memory',
  about: `A \`tools/call\` of 117 bytes and its result of 89 bytes, from bytes in to bytes out; where a row says *event*, it is half of
that. *Ready-made events* are the same pairs after they were read: what is left is that the runtime brings each to its session,
which puts the request into its table with its deadline, or takes it out, checks what must stay true, commits, and sends. The
floors do less. *Framing* cuts chunks of 64 KiB into lines and nothing else; *reading* is our own reader of one message without
a session around it; *parse and stringify* is what a proxy does that takes each message apart and writes it again, and it keeps
no account of anything; *switch and Map* takes the ready-made events and is a class that does no more than keep what waits in
a \`Map\`. Ratios are taken within a round.`,

  async measure(options) {
    const runtimes = [benchRuntime(), benchRuntime(), benchRuntime()] as const;
    const oneSession = passBytes([openServing(runtimes[0])]);
    const full = openServing(runtimes[1]);
    leaveWaiting(full, waiting);
    const many = Array.from({ length: manySessions }, () => openServing(runtimes[2]));
    const acts = {
      oneSession,
      fullTable: passBytes([full]),
      roundRobin: passBytes(many),
      events: passEvents(full),
      framing: framing(),
      reading: reading(),
      parsing: parsing(),
      plainTable: plainTable(full, waiting),
    };
    for (const act of Object.values(acts)) cpuMicrosOf(act, warmUpActs);
    const timed = (act: () => void, count: number) => (): number => cpuMicrosOf(act, count) / pairs;
    const micros = await inRounds(options, {
      oneSession: timed(acts.oneSession, actsPerRound),
      fullTable: timed(acts.fullTable, actsPerRound),
      roundRobin: timed(acts.roundRobin, actsPerRound),
      events: timed(acts.events, actsOfEvents),
      framing: timed(acts.framing, actsPerRound),
      reading: timed(acts.reading, actsPerRound),
      parsing: timed(acts.parsing, actsPerRound),
      plainTable: timed(acts.plainTable, actsOfPlainTable),
    });
    const allocated = (act: () => void): readonly number[] =>
      Array.from({ length: options.rounds }, () => bytesAllocatedBy(act, 1) / pairs);
    const half = (values: readonly number[]): readonly number[] => values.map((value) => value / 2);
    const [bytesOfPair, bytesOfEvents] = [allocated(acts.oneSession), allocated(acts.events)];
    const measures = [
      perRound('one session', 'us', micros.oneSession),
      perRound('one session, an event', 'us', half(micros.oneSession)),
      perRound(`${waiting} other requests waiting`, 'us', micros.fullTable),
      perRound(`${manySessions} sessions in turn`, 'us', micros.roundRobin),
      perRound(`ready-made events, ${waiting} other requests waiting`, 'us', micros.events),
      perRound('ready-made events, an event', 'us', half(micros.events)),
      perRound('floor: framing', 'us', micros.framing),
      perRound('floor: reading', 'us', micros.reading),
      perRound('floor: parse and stringify', 'us', micros.parsing),
      perRound(`floor: switch and Map, ${waiting} other requests waiting`, 'us', micros.plainTable),
      perRound('one session, by parse and stringify', 'x', ratios(micros.oneSession, micros.parsing)),
      perRound('ready-made events, by switch and Map', 'x', ratios(micros.events, micros.plainTable), { most: 8 }),
      perRound('full table, by one session', 'x', ratios(micros.fullTable, micros.oneSession)),
      perRound(`${manySessions} sessions, by one session`, 'x', ratios(micros.roundRobin, micros.oneSession)),
      perRound('allocated: one session', 'B', bytesOfPair),
      perRound('allocated: one session, an event', 'B', half(bytesOfPair)),
      perRound('allocated: ready-made events, an event', 'B', half(bytesOfEvents), { most: 450 }),
      perRound('allocated: floor, framing', 'B', allocated(acts.framing)),
      perRound('allocated: floor, reading', 'B', allocated(acts.reading)),
      perRound('allocated: floor, parse and stringify', 'B', allocated(acts.parsing)),
      perRound('allocated: floor, switch and Map, an event', 'B', half(allocated(acts.plainTable))),
    ];
    for (const runtime of runtimes) await runtime.stop();
    if (made.last === undefined) throw new Error('Nothing was measured');
    return measures;
  },
};
