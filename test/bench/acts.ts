/**
 * What the benches in memory time: acts of so many requests, each followed by its response, through a session, or through
 * floors that do less with the same messages. Reads no clock.
 */

import { isUtf8 } from 'node:buffer';
import type { RuntimeSession } from '../../src/index.ts';
import type { RequestId } from '../../src/protocol/envelope.ts';
import { LineFramer } from '../../src/protocol/lines.ts';
import { defaultReadLimits, readMessage } from '../../src/protocol/read.ts';
import type { FrameArrived } from '../../src/session/events.ts';
import { call, callResult } from './in-memory.ts';
import { eventsDuring } from './taps.ts';

/** Pairs of a request and its response in one act; their ids differ, as they do on a wire. */
export const pairs = 1000;

const ids = Array.from({ length: pairs }, (_, index) => index + 1);
const requests = ids.map(call);
const responses = ids.map(callResult);

/** Leaves so many requests waiting in the session, beside those of an act. */
export function leaveWaiting(session: RuntimeSession, count: number): void {
  for (let id = 1; id <= count; id += 1) session.client.receive(call(pairs + id));
}

/** The pairs go to the sessions in turn, as bytes. An act goes on with the session after the one where the last act ended. */
export function passBytes(sessions: readonly RuntimeSession[]): () => void {
  let next = 0;
  return () => {
    for (let index = 0; index < pairs; index += 1) {
      const session = sessions[next]!;
      next = next + 1 === sessions.length ? 0 : next + 1;
      session.client.receive(requests[index]!);
      session.server.receive(responses[index]!);
    }
  };
}

/** The same for one session, as events that are read already: what its runtime does with them is left. */
export function passEvents(session: RuntimeSession): () => void {
  const events = eventsDuring(passBytes([session]));
  if (events.length !== 2 * pairs) throw new Error(`${events.length} events, not two for each of ${pairs} pairs`);
  return () => {
    for (const { again } of events) again();
  };
}

/** The floor of `passEvents`: the same events for a class that keeps what waits in a Map, beside `waiting` others. */
export function plainTable(session: RuntimeSession, waiting: number): () => void {
  const events = eventsDuring(passBytes([session]))
    .map(({ event }) => event)
    .filter((event) => 'frame' in event);
  const table = new PlainTable();
  for (let id = 1; id <= waiting; id += 1) table.put(pairs + id, 'tools/call', 0);
  return () => {
    for (const event of events) table.take(event);
  };
}

/** The floor that cuts chunks into lines and does nothing else. */
export function framing(): () => void {
  const chunks = chunksOf([...requests, ...responses]);
  const framer = new LineFramer({ lineBytesMax: 10 * 1024 * 1024 });
  return () => {
    for (const chunk of chunks) framer.push(chunk, keep, keep);
  };
}

/** The floor that reads single messages with our own reader. */
export function reading(): () => void {
  const limits = { ...defaultReadLimits, isUtf8 };
  return () => {
    for (let index = 0; index < pairs; index += 1) {
      keep(readMessage(requests[index]!, limits));
      keep(readMessage(responses[index]!, limits));
    }
  };
}

/** The floor that takes each message apart and writes it again. */
export function parsing(): () => void {
  return () => {
    for (let index = 0; index < pairs; index += 1) {
      keep(parseAndStringify(requests[index]!));
      keep(parseAndStringify(responses[index]!));
    }
  };
}

/** What a floor made last. Without anybody to keep it, the compiler would leave it unmade. */
export const made: { last: unknown } = { last: undefined };

const keep = (value: unknown): void => {
  made.last = value;
};

class PlainTable {
  readonly #pending = new Map<RequestId, { readonly method: string; readonly at: number }>();

  put(id: RequestId, method: string, at: number): void {
    this.#pending.set(id, { method, at });
  }

  take(event: FrameArrived): void {
    switch (event.type) {
      case 'frame.request': {
        const { id, method } = event.frame.envelope;
        this.put(id!, method, event.at);
        return;
      }
      case 'frame.response':
        if (!this.#pending.delete(event.frame.envelope.id!)) throw new Error('Nobody waits for this response');
        return;
      case 'frame.notification':
        return;
    }
  }
}

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
