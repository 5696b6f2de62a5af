/** What the adapters for transports of the SDKs cost beside a session that is fed with ready bytes. */

import { InMemoryTransport as PairV2 } from '@modelcontextprotocol/client';
import { InMemoryTransport as PairV1 } from '@modelcontextprotocol/sdk/inMemory.js';
import {
  type PeerLink,
  type Runtime,
  type SdkTransport,
  openSession,
  sdkTransport,
  wrapTransport,
} from '../../src/index.ts';
import { benchRuntime, call, callResult, initialize, initializeResult, initialized, openServing } from './in-memory.ts';
import { type Bench, cpuMicros, inRounds, perRound, ratios } from './measure.ts';

const pairs = 1000;
const actsPerRound = 30;
const warmUpActs = 30;

const asValue = (bytes: Uint8Array): object => JSON.parse(new TextDecoder().decode(bytes)) as object;
const ids = Array.from({ length: pairs }, (_, index) => index + 1);
const [requests, responses] = [ids.map(call), ids.map(callResult)];
const [requestValues, responseValues] = [requests.map(asValue), responses.map(asValue)];

/** A transport that sends nothing anywhere, and whose far end is the bench. */
class Nowhere implements SdkTransport {
  onmessage?: SdkTransport['onmessage'];
  onclose?: (() => void) | undefined;
  async start(): Promise<void> {}
  async send(): Promise<void> {}
  async close(): Promise<void> {
    this.onclose?.();
  }
}

/** Both directions of a conversation, message by message, with a turn of the microtasks after each pair. */
async function converse(
  ask: (index: number) => unknown,
  answer: (index: number) => unknown,
  times = 1,
): Promise<number> {
  const before = cpuMicros();
  for (let time = 0; time < times; time += 1) {
    for (let index = 0; index < pairs; index += 1) {
      ask(index);
      answer(index);
      await Promise.resolve();
    }
  }
  return (cpuMicros() - before) / times / pairs / 2;
}

type Act = (times: number) => Promise<number>;

function rawFeed(runtime: Runtime): Act {
  const { client, server } = openServing(runtime);
  return (times) =>
    converse(
      (index) => client.receive(requests[index]!),
      (index) => server.receive(responses[index]!),
      times,
    );
}

/** A link that takes values, and nothing else: what of the cost is the session's own. */
const valueSink: PeerLink = { write: () => true, writeValue: () => true, pause: () => {}, close: () => {} };

function valueFeed(runtime: Runtime): Act {
  const opened = runtime.open({ transportType: 'in-memory', client: valueSink, server: valueSink });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  const { client, server } = opened.session;
  shakeHands(
    (message) => client.receiveValue(message),
    (message) => server.receiveValue(message),
  );
  return (times) =>
    converse(
      (index) => client.receiveValue(requestValues[index]),
      (index) => server.receiveValue(responseValues[index]),
      times,
    );
}

function shakeHands(ask: (message: object) => unknown, answer: (message: object) => unknown): void {
  ask(asValue(initialize));
  answer(asValue(initializeResult));
  ask(asValue(initialized));
}

async function betweenTransports(runtime: Runtime): Promise<Act> {
  const [client, server] = [new Nowhere(), new Nowhere()];
  openSession(runtime, { client: sdkTransport(client), server: sdkTransport(server) });
  await Promise.resolve();
  shakeHands(
    (message) => client.onmessage!(message, {}),
    (message) => server.onmessage!(message, {}),
  );
  return (times) =>
    converse(
      (index) => client.onmessage!(requestValues[index]!, {}),
      (index) => server.onmessage!(responseValues[index]!, {}),
      times,
    );
}

async function wrapped(runtime: Runtime): Promise<Act> {
  const far = new Nowhere();
  const near = wrapTransport(far, { runtime, peer: 'client' });
  near.onmessage = () => {};
  await near.start();
  const ask = (message: object): void => far.onmessage!(message, {});
  shakeHands(ask, (message) => void near.send(message));
  return (times) =>
    converse(
      (index) => ask(requestValues[index]!),
      (index) => near.send(responseValues[index]!),
      times,
    );
}

/** The SDK's own transports in memory, and nothing between them. */
async function plainPair([client, server]: readonly [SdkTransport, SdkTransport]): Promise<Act> {
  for (const end of [client, server]) {
    end.onmessage = () => {};
    await end.start();
  }
  return (times) =>
    converse(
      (index) => client.send(requestValues[index]!),
      (index) => server.send(responseValues[index]!),
      times,
    );
}

export const adapter: Bench = {
  name: 'adapter',
  title: 'A frame through the adapters for SDK transports',
  about: `The same \`tools/call\` of 117 bytes and result of 89 bytes as in \`frame\`, a frame being half of the pair, each pair followed by
a turn of the microtasks. *Raw feed* hands ready bytes to a session whose links drop what they get; *values* is the same with
parsed messages, which a session passes on without writing them. *sdkTransport* is a session between two transports that send
nowhere, with the promise that each \`send\` gives; *wrapTransport* one between such a transport and a protocol object's handlers.
The SDKs' own pairs in memory stand without us, from \`send\` to \`onmessage\`. Differences and ratios are taken within a round.`,

  async measure(options) {
    const runtime = benchRuntime();
    const acts = {
      raw: rawFeed(runtime),
      values: valueFeed(runtime),
      sdkTransport: await betweenTransports(runtime),
      wrapTransport: await wrapped(runtime),
      pairV1: await plainPair(PairV1.createLinkedPair()),
      pairV2: await plainPair(PairV2.createLinkedPair()),
    };
    for (const act of Object.values(acts)) await act(warmUpActs);
    const micros = await inRounds(options, {
      raw: () => acts.raw(actsPerRound),
      values: () => acts.values(actsPerRound),
      sdkTransport: () => acts.sdkTransport(actsPerRound),
      wrapTransport: () => acts.wrapTransport(actsPerRound),
      pairV1: () => acts.pairV1(actsPerRound),
      pairV2: () => acts.pairV2(actsPerRound),
    });
    const over = (values: readonly number[]): readonly number[] =>
      values.map((value, round) => value - micros.raw[round]!);
    const measures = [
      perRound('raw feed, a frame', 'us', micros.raw),
      perRound('values, a frame', 'us', micros.values),
      perRound('sdkTransport, a frame', 'us', micros.sdkTransport),
      perRound('wrapTransport, a frame', 'us', micros.wrapTransport),
      perRound('floor: pair in memory of SDK v1, a frame', 'us', micros.pairV1),
      perRound('floor: pair in memory of SDK v2, a frame', 'us', micros.pairV2),
      perRound('values, over raw feed', 'us', over(micros.values)),
      perRound('sdkTransport, over raw feed', 'us', over(micros.sdkTransport), { most: 1 }),
      perRound('wrapTransport, over raw feed', 'us', over(micros.wrapTransport), { most: 1 }),
      perRound('sdkTransport, by raw feed', 'x', ratios(micros.sdkTransport, micros.raw)),
      perRound('wrapTransport, by raw feed', 'x', ratios(micros.wrapTransport, micros.raw)),
    ];
    await runtime.stop();
    return measures;
  },
};
