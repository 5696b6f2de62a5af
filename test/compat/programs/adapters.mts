/**
 * A program of somebody else with the adapters that need no platform: a session over Web Streams, the fetch-style handler in
 * front of a server of its own, and what is seen of both. Prints what happened as one line of JSON.
 */
import {
  type FetchHandler,
  type Observation,
  type PeerAdapter,
  type UpstreamConnector,
  createFetchHandler,
  createRuntime,
  observationTarget,
  observations,
  openSession,
  webStreams,
} from 'ninelives';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const runtime = createRuntime();
const seen: string[] = [];
observationTarget(runtime).addEventListener('request-settled', ({ detail }) => {
  seen.push(`${detail.method} ${detail.outcome}`);
});
const opened: AsyncIterable<Observation | { readonly type: string }> = observations(runtime);

const toServer = new TransformStream<Uint8Array, Uint8Array>();
const fromServer = new TransformStream<Uint8Array, Uint8Array>();
const server: PeerAdapter = webStreams({ readable: fromServer.readable, writable: toServer.writable });
const answered: string[] = [];
const client: PeerAdapter = {
  link: {
    write: (slices) => answered.push(slices.map((slice) => decoder.decode(slice)).join('')) > 0,
    pause: () => {},
    close: () => {},
  },
  start: (reports) => reports.message(encoder.encode('{"jsonrpc":"2.0","id":1,"method":"ping"}')),
};

async function overStreams(): Promise<void> {
  const session = openSession(runtime, { client, server });
  const asked = toServer.readable.getReader();
  const { value } = await asked.read();
  const { id } = JSON.parse(decoder.decode(value)) as { id: number };
  const answer = fromServer.writable.getWriter();
  await answer.write(encoder.encode(`${JSON.stringify({ jsonrpc: '2.0', id, result: {} })}\n`));
  for await (const { type } of opened) if (type === 'request-settled') break;
  session.close();
}

const echo: UpstreamConnector = {
  connect(events) {
    queueMicrotask(() => events.ready());
    return {
      write(slices) {
        const { id } = JSON.parse(slices.map((slice) => decoder.decode(slice)).join('')) as { id?: number };
        const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'echo', version: '1' } };
        queueMicrotask(() => events.message(encoder.encode(JSON.stringify({ jsonrpc: '2.0', id, result }))));
        return true;
      },
      pause: () => {},
      closeInput: () => {},
      close: () => queueMicrotask(() => events.lost({ reason: 'closed', exitCode: 0, signal: null, lastStderr: [] })),
    };
  },
};

async function overFetch(): Promise<string> {
  const handler: FetchHandler = createFetchHandler({ runtime, server: echo });
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
  const response: Response = await handler.fetch(
    new Request('http://localhost/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
    }),
  );
  const text = await response.text();
  return `${response.status} ${text.includes('echo')} ${response.headers.get('mcp-session-id') !== null}`;
}

void overStreams()
  .then(overFetch)
  .then(async (response) => {
    await runtime.stop();
    // oxlint-disable-next-line no-console -- it is what the test reads
    console.log(JSON.stringify({ answered, response, seen }));
  });
