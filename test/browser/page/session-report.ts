/**
 * What becomes of the calls of one session between two message ports: answered, given up, refused, too late, left behind.
 * Knows no platform; the same report is asked for in Node, in a page and in a worker.
 */

import { createRuntime, openSession } from '../../../src/core.ts';
import { portPeer } from '../../docs/browser/port-peer.example.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly requestId?: number };
  readonly result?: { readonly text?: string };
  readonly error?: { readonly data: { readonly code: string } };
}

export interface SessionReport {
  /** By the id of the request: its result, or the code of its error. */
  readonly answers: Readonly<Record<number, string>>;
  /** What reached the server, in order. */
  readonly served: readonly string[];
  readonly outcomes: readonly string[];
  readonly pending: number;
  readonly isUuid: boolean;
  readonly endReason: string;
}

const encode = (message: object): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', ...message }));
const decode = (data: unknown): Message => JSON.parse(new TextDecoder().decode(data as Uint8Array)) as Message;

export async function sessionReport(): Promise<SessionReport> {
  const runtime = createRuntime({ limits: { pendingPerSession: 2 }, times: { requestIdleMs: 150 } });
  const outcomes: string[] = [];
  runtime.observe((seen) => {
    if (seen.type === 'request-settled') outcomes.push(`${seen.method} ${seen.outcome}`);
  });

  const server = new MessageChannel();
  const served: string[] = [];
  server.port2.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === null) return;
    const { id, method = '', params = {} } = decode(data);
    served.push([method, params.name ?? params.requestId ?? ''].join(' ').trim());
    if (method === 'initialize') {
      server.port2.postMessage(
        encode({ id, result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} } }),
      );
    } else if (params.name === 'echo') server.port2.postMessage(encode({ id, result: { text: 'hallo Ψ' } }));
  });
  server.port2.start();

  const client = new MessageChannel();
  const answers: Record<number, string> = {};
  const waiting = new Map<number, () => void>();
  client.port2.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === null) return;
    const { id = 0, result, error } = decode(data);
    answers[id] = error?.data.code ?? result?.text ?? 'result';
    waiting.get(id)?.();
  });
  client.port2.start();
  const say = (message: object): void => client.port2.postMessage(encode(message));
  const answered = async (id: number): Promise<void> => new Promise((resolve) => waiting.set(id, resolve));
  const ask = async (id: number, method: string, name?: string): Promise<void> => {
    say({ id, method, params: { name } });
    await answered(id);
  };

  let endReason = '';
  const ended = new Promise<void>((resolve) => {
    const { id } = openSession(runtime, {
      client: portPeer(client.port1),
      server: portPeer(server.port1),
      onEnded: (reason) => {
        endReason = reason;
        resolve();
      },
    });
    answers[0] = id;
  });
  await ask(1, 'initialize');
  say({ method: 'notifications/initialized' });
  await ask(2, 'tools/call', 'echo');
  const late = ask(3, 'tools/call', 'sleep');
  say({ id: 4, method: 'tools/call', params: { name: 'given up' } });
  await ask(5, 'tools/call', 'one too many');
  say({ method: 'notifications/cancelled', params: { requestId: 4 } });
  await late;
  say({ id: 6, method: 'tools/call', params: { name: 'left behind' } });
  await ask(7, 'tools/call', 'echo');
  const left = answered(6);
  server.port2.postMessage(null);
  await left;
  await ended;
  const { pending } = runtime.totals();
  await runtime.stop();
  for (const { port1, port2 } of [client, server]) [port1, port2].forEach((port) => port.close());

  const { 0: sessionId = '', ...others } = answers;
  return {
    answers: others,
    served,
    outcomes,
    pending: pending.ordinary,
    isUuid: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(sessionId),
    endReason,
  };
}
