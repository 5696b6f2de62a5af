/** Peers that are slow, or do not read: whoever writes to them is slowed down, and nothing fills the process between them. */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { type Client, ask, call, callOf, newId, report, text, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { type Exchange, HttpClient } from './http-client.ts';
import type { Stage } from './stage.ts';
import type { StdioClient } from './stdio-client.ts';
import { WebSocketClient } from './websocket-client.ts';
import { httpFronts } from './ways.ts';

const mebibyte = 1024 * 1024;
const growthMax = 10 * mebibyte;

/** In milliseconds. A call that is silent for the first is given up; one that shows progress may take longer. */
const [requestIdleMs, gapMs, steps] = [1500, 250, 12] as const;

const faults: readonly Fault[] = [
  {
    name: 'calls that take longer than a request may be idle, with progress and without',
    verdicts: {
      ...everywhere('with: result, without: 5040 REQUEST_TIMEOUT'),
      ...everywhere('with: result, without: HTTP 504, 5040 REQUEST_TIMEOUT', httpFronts),
    },
    alone: { flags: ['--request-idle-ms', String(requestIdleMs)], hasNoBystander: true },
    // Deadlines are the business of sessions, whatever carries their messages.
    long: ['stdio to stdio', 'ws to stdio', 'http to http', 'stdio to http'],
    run: async (stage) => {
      const session = await stage.session();
      const progressing = call(session, 'progress', { count: steps, gapMs }, { meta: { progressToken: 'slow' } });
      const silent = call(session, 'never');
      return `with: ${told(await progressing)}, without: ${told(await silent)}`;
    },
  },
  {
    name: '64 MB of log messages to a client that does not read',
    verdicts: everywhere('grows by less than 10 MB, then all of it arrives'),
    alone: { hook: 'tells held bytes', hasNoBystander: true },
    // What reads from servers, and what writes to clients, is at work on the other ways; test/e2e/memory.test.ts has the first,
    // test/e2e/websocket.test.ts the third.
    long: ['stdio to stdio', 'http to stdio', 'ws to stdio', 'stdio to http'],
    run: async (stage) => {
      const session = await stage.session();
      await warmUp(session);
      const before = await stage.heldBytes();
      const id = newId();
      const heard = session.heard().length;
      const reader = await unread(session, callOf(id, 'notify', { count: 640, bytes: 100_000 }));
      await standstill(stage);
      const grown = (await stage.heldBytes()) - before;
      reader.resume();
      await session.until(() => session.heard().find((message) => message.id === id), 'the answer');
      const all = session.heard().length - heard === 641;
      return `grows by ${amount(grown)}, then ${all ? 'all' : 'not all'} of it arrives`;
    },
  },
  {
    name: '50 MB to a server that does not read',
    verdicts: everywhere('grows by less than 10 MB, then all of it arrives'),
    alone: { hook: 'tells held bytes', hasNoBystander: true },
    // Writing to a server's pipe is at work in test/e2e/memory.test.ts, too; reading from the other fronts in the fault above.
    long: ['stdio to stdio', 'http to stdio', 'ws to stdio', 'stdio to http'],
    run: async (stage) => {
      const session = await stage.session();
      await warmUp(session);
      const { pid } = await report<{ readonly pid: number }>(session, 'info');
      const before = await stage.heldBytes();
      session.send(callOf(newId(), 'stall'));
      const filler = 'x'.repeat(mebibyte);
      for (let sent = 0; sent < 50; sent += 1) session.send({ method: 'notifications/filler', params: { filler } });
      await standstill(stage);
      const grown = (await stage.heldBytes()) - before;
      process.kill(pid, 'SIGUSR1');
      const all = await fillersAt(session);
      return `grows by ${amount(grown)}, then ${all ? 'all' : 'not all'} of it arrives`;
    },
  },
];

export const slow: Theme = { name: 'slow peers', faults };

const amount = (bytes: number): string =>
  bytes < growthMax ? 'less than 10 MB' : `${Math.round(bytes / mebibyte)} MB`;

/** What is measured afterwards is growth and not the first use of everything. */
async function warmUp(session: Client): Promise<void> {
  for (let round = 0; round < 4; round += 1) await call(session, 'echo', { text: 'x'.repeat(mebibyte) });
}

/** Sends a request, and reads no more. */
async function unread(session: Client, message: object): Promise<{ readonly resume: () => unknown }> {
  if (session instanceof HttpClient) {
    const exchange: Exchange = session.post(text(message));
    await exchange.head();
    return exchange.response!.pause();
  }
  const stream = session instanceof WebSocketClient ? session.socket : (session as StdioClient).program.process.stdout!;
  stream.pause();
  session.send(message);
  return { resume: () => stream.resume() };
}

/** What was to flow has flowed, or is held up: the proxy has read nothing for half a second. */
async function standstill(stage: Stage): Promise<void> {
  const readSoFar = (): string | undefined =>
    /^rchar: (\d+)$/m.exec(readFileSync(`/proc/${stage.proxy.pid}/io`, 'utf8'))?.[1];
  let before = readSoFar();
  for (let still = 0; still < 5;) {
    await pause(100);
    const now = readSoFar();
    still = now === before ? still + 1 : 0;
    before = now;
  }
}

/** The server has all that was sent to it. */
async function fillersAt(session: Client): Promise<boolean> {
  await ask(session, 'ping');
  for (;;) {
    const { order } = await report<{ readonly order: readonly string[] }>(session, 'seen', { only: 'order' });
    if (order.filter((line) => line === 'notifications/filler').length === 50) return true;
  }
}
