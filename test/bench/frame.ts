/** What one request and its response cost inside the runtime, beside the least that any proxy in JavaScript could do. */

import { defaultReadLimits, readMessage } from '../../src/protocol/read.ts';
import { LineFramer } from '../../src/protocol/lines.ts';
import { isUtf8 } from 'node:buffer';
import { benchRuntime, call, callResult, openServing } from './in-memory.ts';
import { type Bench, bytesAllocatedBy, cpuMicrosOf, inRounds, perRound, ratios } from './measure.ts';

/** Pairs of a request and its response in one act; their ids differ, as they do on a wire. */
const pairs = 1000;
const actsPerRound = 30;
const warmUpActs = 20;
/** Beside the one that is answered, in the variant with a full table. */
const waiting = 1000;
const manySessions = 1000;

export const frame: Bench = {
  name: 'frame',
  title: 'One request and its response, in memory',
  about: `A \`tools/call\` of 117 bytes and its result of 89 bytes, from bytes in to bytes out. The floors do less, with the same bytes:
*framing* cuts chunks of 64 KiB into lines and nothing else; *reading* is our own reader of one message without a session
around it; *parse and stringify* is what a proxy does that takes each message apart and writes it again, and it keeps no
account of anything. Ratios are taken within a round.`,

  async measure(options) {
    const ids = Array.from({ length: pairs }, (_, index) => index + 1);
    const requests = ids.map(call);
    const responses = ids.map(callResult);
    const runtimes = [benchRuntime(), benchRuntime(), benchRuntime()] as const;

    const alone = openServing(runtimes[0]);
    const oneSession = (): void => {
      for (let index = 0; index < pairs; index += 1) {
        alone.client.receive(requests[index]!);
        alone.server.receive(responses[index]!);
      }
    };

    const laden = openServing(runtimes[1]);
    for (let id = 0; id < waiting; id += 1) laden.client.receive(call(pairs + 1 + id));
    const fullTable = (): void => {
      for (let index = 0; index < pairs; index += 1) {
        laden.client.receive(requests[index]!);
        laden.server.receive(responses[index]!);
      }
    };

    const many = Array.from({ length: manySessions }, () => openServing(runtimes[2]));
    const roundRobin = (): void => {
      for (let index = 0; index < pairs; index += 1) {
        const session = many[index % manySessions]!;
        session.client.receive(requests[index]!);
        session.server.receive(responses[index]!);
      }
    };

    const chunks = chunksOf([...requests, ...responses]);
    const framer = new LineFramer({ lineBytesMax: 10 * 1024 * 1024 });
    const framing = (): void => {
      for (const chunk of chunks) framer.push(chunk, keep, keep);
    };

    const limits = { ...defaultReadLimits, isUtf8 };
    const reading = (): void => {
      for (let index = 0; index < pairs; index += 1) {
        kept = readMessage(requests[index]!, limits);
        kept = readMessage(responses[index]!, limits);
      }
    };

    const parsing = (): void => {
      for (let index = 0; index < pairs; index += 1) {
        kept = parseAndStringify(requests[index]!);
        kept = parseAndStringify(responses[index]!);
      }
    };

    const variants = { oneSession, fullTable, roundRobin, framing, reading, parsing };
    for (const act of Object.values(variants)) cpuMicrosOf(act, warmUpActs);
    const timed = (act: () => void) => (): number => cpuMicrosOf(act, actsPerRound) / pairs;
    const micros = await inRounds(options, {
      oneSession: timed(oneSession),
      fullTable: timed(fullTable),
      roundRobin: timed(roundRobin),
      framing: timed(framing),
      reading: timed(reading),
      parsing: timed(parsing),
    });
    const allocated = (act: () => void): readonly number[] =>
      Array.from({ length: options.rounds }, () => bytesAllocatedBy(act, 1) / pairs);
    const measures = [
      perRound('one session', 'us', micros.oneSession),
      perRound(`${waiting} other requests waiting`, 'us', micros.fullTable),
      perRound(`${manySessions} sessions in turn`, 'us', micros.roundRobin),
      perRound('floor: framing', 'us', micros.framing),
      perRound('floor: reading', 'us', micros.reading),
      perRound('floor: parse and stringify', 'us', micros.parsing),
      perRound('one session, by parse and stringify', 'x', ratios(micros.oneSession, micros.parsing)),
      perRound('full table, by one session', 'x', ratios(micros.fullTable, micros.oneSession)),
      perRound(`${manySessions} sessions, by one session`, 'x', ratios(micros.roundRobin, micros.oneSession)),
      perRound('allocated: one session', 'B', allocated(oneSession)),
      perRound('allocated: floor, framing', 'B', allocated(framing)),
      perRound('allocated: floor, reading', 'B', allocated(reading)),
      perRound('allocated: floor, parse and stringify', 'B', allocated(parsing)),
    ];
    for (const runtime of runtimes) await runtime.stop();
    if (kept === undefined) throw new Error('Nothing was measured');
    return measures;
  },
};

/** What a floor made last. Without anybody to keep it, the compiler would leave it unmade. */
let kept: unknown;

const keep = (line: unknown): void => {
  kept = line;
};

function parseAndStringify(message: Uint8Array): Buffer {
  const text = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString();
  return Buffer.from(JSON.stringify(JSON.parse(text)));
}

/** The messages as lines, in chunks as a pipe hands them over: cut where the chunk is full, not where a line ends. */
function chunksOf(messages: readonly Uint8Array[]): readonly Uint8Array[] {
  const chunkBytes = 65_536;
  const stream = Buffer.concat(messages.flatMap((message) => [message, Buffer.from('\n')]));
  const count = Math.ceil(stream.length / chunkBytes);
  return Array.from({ length: count }, (_, index) => stream.subarray(index * chunkBytes, (index + 1) * chunkBytes));
}
