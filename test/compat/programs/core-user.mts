/**
 * A program of somebody else on the entry `./core`: it reads a message, walks the chart of a session, and runs a session.
 * Prints what happened as one line of JSON.
 */
import {
  type Envelope,
  type Frame,
  LineFramer,
  type PeerLink,
  type ReadFault,
  type ReadLimits,
  type Runtime,
  classifyFrame,
  createRuntime,
  defaultReadLimits,
  methodRow,
  readMessage,
  revisionRow,
  sessionEventTypes,
  sessionMachine,
  statusOf,
  supervisorMachine,
  upstreamMachine,
} from 'ninelives/core';

const limits: ReadLimits = { ...defaultReadLimits, depthMax: 8 };
const read: Frame | ReadFault = readMessage(
  new TextEncoder().encode('{"jsonrpc":"2.0","id":7,"method":"ping"}'),
  limits,
);
if ('fault' in read) throw new Error(read.fault);
const envelope: Envelope = read.envelope;

const lines: number[] = [];
const framer = new LineFramer({ lineBytesMax: 100 });
framer.push(
  new TextEncoder().encode('one\ntwo\n'),
  (line) => lines.push(line.byteLength),
  () => {},
);

const states: string[] = Object.keys(sessionMachine.states);
const charts: string[] = [sessionMachine.id, supervisorMachine.id, upstreamMachine.id];

const written: string[] = [];
const link: PeerLink = {
  write: (message) => written.push(message.map((slice) => new TextDecoder().decode(slice)).join('')) > 0,
  pause: () => {},
  close: () => {},
};
const runtime: Runtime = createRuntime();
const opened = runtime.open({ transportType: 'in-memory', client: link, server: link });
if ('refusal' in opened) throw new Error(opened.refusal.code);
opened.session.client.receive(read.bytes);

void runtime.stop().then(() => {
  // oxlint-disable-next-line no-console -- it is what the test reads
  console.log(
    JSON.stringify({
      kind: envelope.kind,
      legality: classifyFrame(envelope, 'client-to-server'),
      method: methodRow('ping') !== undefined,
      revision: revisionRow('2025-06-18') !== undefined,
      events: sessionEventTypes.length > 0,
      status: statusOf('active.serving', undefined),
      lines,
      states,
      charts,
      written: written.length,
    }),
  );
});
