/** Fronts from HTTP to standard streams with the server behind them that makes trouble: the floor and ninelives. */

import { fileURLToPath } from 'node:url';
import { contentOf } from './exchange.ts';
import { FrontProcess, stopFronts, withVitals } from './front-process.ts';
import { HttpSession } from './http-session.ts';
import { type Load, run } from './load.ts';
import { type Start, type Wanted, floors, ninelivesOn } from './http-starts.ts';

const troubleServer: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('./trouble-server.js', import.meta.url)),
];

export type Troubled = 'floor' | 'ninelives';
export const troubled: readonly Troubled[] = ['floor', 'ninelives'];

const warmUp: Load = { tool: 'echo', args: contentOf('hello world'), concurrency: 32, calls: 3000 };

const starts: Readonly<Record<Troubled, (wanted: Wanted) => Start>> = {
  floor: (wanted) => floors['http-stdio']['scan']!(wanted),
  ninelives: (wanted) => ninelivesOn('http-stdio', wanted, ['--log-level', 'error']),
};

/** Runs `act` with a proxy of its own, which has answered calls enough to have been compiled, and leaves nothing behind. */
export async function withTroubledFront<T>(name: Troubled, act: (front: FrontProcess) => Promise<T>): Promise<T> {
  const startOf = (port: string): Start => starts[name]({ port, server: troubleServer, upstream: '', folder: '' });
  const front = await FrontProcess.started(startOf, { nodeFlags: withVitals });
  try {
    const session = await openedSession(front);
    await run(session, warmUp);
    await session.delete();
    await session.stop();
    return await act(front);
  } finally {
    await stopFronts();
  }
}

export async function openedSession({ place }: FrontProcess): Promise<HttpSession> {
  const session = new HttpSession(place);
  await session.initialize();
  return session;
}

/** A call of the troublesome server's tool, with a new id. */
export function troubleOf(id: number, tool: string, args: object = {}): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool}","arguments":${JSON.stringify(args)}}}`;
}
