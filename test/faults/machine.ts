/** The machine fails, not the peers: no room, no descriptors, a clock that jumps, processes that stand still; and clients that dawdle. */

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { call, report, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import type { Stage } from './stage.ts';
import { type Way, isHttpFront, listening, ways } from './ways.ts';

const requestIdleMs = 1000;
const dayMs = 86_400_000;
const allBut = (...tested: readonly Way[]): readonly Way[] => ways.filter((way) => !tested.includes(way));
const idle = ['--request-idle-ms', String(requestIdleMs)];

/** The clock on the wall is set while a call is under way. */
function clockSet(name: string, byMs: number, tested: Way): Fault {
  return {
    name,
    verdicts: everywhere('under way: result; later: result'),
    alone: { hook: 'can be disturbed' },
    long: allBut(tested),
    run: async (stage) => {
      const session = await stage.session();
      const underWay = call(session, 'delay', { ms: 300 });
      await stage.disturb('clock', byMs);
      return `under way: ${told(await underWay)}; later: ${told(await call(session, 'echo'))}`;
    },
  };
}

/** The proxy does nothing for longer than a request may be idle, and the answer comes meanwhile. */
function standstill(name: string, tested: Way, stop: (stage: Stage, ms: number) => Promise<void>): Fault {
  return {
    name,
    verdicts: everywhere('result'),
    alone: { hook: 'can be disturbed', flags: idle },
    long: allBut(tested),
    run: async (stage) => {
      const session = await stage.session();
      const answer = call(session, 'delay', { ms: 400 });
      // The server has it, when it has answered what came after it.
      await call(session, 'echo');
      await stop(stage, 2 * requestIdleMs);
      return told(await answer);
    },
  };
}

const faults: readonly Fault[] = [
  {
    name: 'the server stands still for longer than a request may be idle',
    verdicts: {
      ...everywhere('meanwhile: 5040 REQUEST_TIMEOUT; later: result'),
      ...everywhere('meanwhile: HTTP 504, 5040 REQUEST_TIMEOUT; later: result', ways.filter(isHttpFront)),
    },
    alone: { flags: idle, hasNoBystander: true },
    long: allBut('ws to stdio'),
    run: async (stage) => {
      const session = await stage.session();
      const { pid } = await report<{ readonly pid: number }>(session, 'info');
      process.kill(pid, 'SIGSTOP');
      const meanwhile = told(await call(session, 'echo'));
      process.kill(pid, 'SIGCONT');
      return `meanwhile: ${meanwhile}; later: ${told(await call(session, 'echo'))}`;
    },
  },
  standstill('the proxy is stopped and goes on (SIGSTOP, SIGCONT)', 'http to stdio', async ({ proxy }, ms) => {
    proxy.signal('SIGSTOP');
    await pause(ms);
    proxy.signal('SIGCONT');
  }),
  standstill('the event loop of the proxy stands still', 'stdio to http', async (stage, ms) =>
    stage.disturb('stall', ms),
  ),
  clockSet('the clock is set forward by 400 days', 400 * dayMs, 'http to stdio'),
  clockSet('the clock is set back by 400 days', -400 * dayMs, 'stdio to stdio'),
  {
    name: 'the disk is full while sessions are recorded',
    verdicts: everywhere('meanwhile: result; later: result'),
    alone: { isRecorded: true },
    long: allBut('http to stdio'),
    run: async (stage) => {
      const session = await stage.session();
      const giveBack = stage.limit('fsize', 0);
      const meanwhile = told(await call(session, 'echo'));
      await stage.proxy.until(
        () => stage.proxy.log().find(({ message }) => String(message).includes('tape')),
        'saying that the tape cannot be written',
      );
      giveBack();
      return `meanwhile: ${meanwhile}; later: ${told(await call(session, 'echo'))}`;
    },
  },
  {
    name: 'nothing can be written to the log',
    elsewhere: '_the same log_',
    verdicts: everywhere('result', ['stdio to stdio', 'stdio to http']),
    alone: { wrapper: ['sh', '-c', 'exec "$0" "$@" 2>/dev/full'] },
    long: ['stdio to http'],
    run: async (stage) => told(await call(await stage.session(), 'echo')),
  },
  {
    name: 'no descriptor is free for another client',
    verdicts: everywhere('nobody comes in; who is there: result; later: result', listening),
    alone: {},
    long: allBut('http to stdio'),
    run: async (stage) => {
      const session = await stage.session();
      const giveBack = stage.limit('nofile', stage.vitals().descriptors);
      const isIn = await Promise.race([attempts(stage), pause(500, false)]);
      const meanwhile = told(await call(session, 'echo'));
      giveBack();
      const later = told(await call(await stage.another(), 'echo'));
      return `${isIn ? 'somebody comes' : 'nobody comes'} in; who is there: ${meanwhile}; later: ${later}`;
    },
  },
  {
    name: 'no descriptor is free for another server',
    verdicts: {
      'http to stdio': 'a new one: HTTP 502, 5020 UPSTREAM_LOST; who is there: result; later: result',
      // The server is started when the connection opens, and that fails before the client has said anything.
      'ws to stdio':
        'a new one: an end without answer, the connection ends (1011 upstream-exhausted); who is there: result; later: result',
    },
    alone: {},
    long: allBut('http to stdio'),
    run: async (stage) => {
      const session = await stage.session();
      const giveBack = stage.limit('nofile', stage.vitals().descriptors + 2);
      const { answer, end } = await stage.attempt();
      const meanwhile = told(await call(session, 'echo'));
      giveBack();
      const later = told(await call(await stage.another(), 'echo'));
      return `a new one: ${told(answer)}${end}; who is there: ${meanwhile}; later: ${later}`;
    },
  },
  {
    name: 'a client that never ends the headers of its request',
    verdicts: everywhere('HTTP/1.1 408 Request Timeout, the connection ends', listening),
    alone: { flags: ['--headers-ms', '300'] },
    long: allBut('ws to stdio'),
    run: async (stage) => dawdle(stage, `POST /mcp HTTP/1.1\r\nHost: ${new URL(stage.url).host}\r\n`, 'X: y\r\n'),
  },
  {
    name: 'a client that never ends the body of its request',
    verdicts: everywhere('HTTP/1.1 408 Request Timeout, the connection ends', listening.filter(isHttpFront)),
    alone: { flags: ['--request-ms', '500', '--headers-ms', '300'] },
    long: allBut('http to http'),
    run: async (stage) => {
      const head = `POST /mcp HTTP/1.1\r\nHost: ${new URL(stage.url).host}\r\nContent-Type: application/json\r\n`;
      return dawdle(
        stage,
        `${head}Accept: application/json, text/event-stream\r\nContent-Length: 100000\r\n\r\n{`,
        ' ',
      );
    },
  },
];

export const machine: Theme = { name: 'the machine, and clients that dawdle', faults };

async function attempts(stage: Stage): Promise<boolean> {
  const { answer } = await stage.attempt();
  return answer.message?.result !== undefined;
}

/** What a client hears that writes one piece after the other, and never the last. */
async function dawdle(stage: Stage, first: string, piece: string): Promise<string> {
  const { hostname, port } = new URL(stage.url);
  const socket = connect(Number(port), hostname);
  socket.write(first);
  const writing = setInterval(() => socket.write(piece), 50);
  const heard: string[] = [];
  socket.setEncoding('utf8').on('data', (text: string) => heard.push(text));
  await new Promise<void>((resolve) => {
    socket.on('error', () => {}).on('close', () => resolve());
  });
  clearInterval(writing);
  return `${heard.join('').split('\r\n')[0]}, the connection ends`;
}
