/** Proxies that are told to stop, or killed, and servers that do not want to end: what is under way finishes, nothing is left. */

import { lasting } from '../e2e/survivors.ts';
import { type Client, ask, call, newId, text, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { HttpClient } from './http-client.ts';
import type { Stage } from './stage.ts';
import { children, hasChild, httpFronts, isStdioFront, listening, stdioFronts } from './ways.ts';

const stubborn = { server: ['--stubborn'], hasNoBystander: true };

const faults: readonly Fault[] = [
  {
    name: 'SIGTERM with three requests under way',
    verdicts: {
      ...everywhere('a new one: 5031 DRAINING, the three: result, exit 0'),
      ...everywhere('a new one: HTTP 503, 5031 DRAINING, the three: result, exit 0', httpFronts),
    },
    alone: {},
    long: ['stdio to stdio', 'http to http'],
    run: async (stage) => {
      const session = await stage.session();
      const { answers, finish } = await underWay(session, 3);
      stage.proxy.signal('SIGTERM');
      await stage.proxy.logged('draining');
      const late = told(await ask(session, 'tools/list'));
      finish();
      const three = new Set((await Promise.all(answers)).map((answer) => told(answer)));
      return `a new one: ${late}, the three: ${[...three].join('; ')}, ${await exitOf(stage)}`;
    },
  },
  {
    name: 'SIGTERM with a request under way that is never answered',
    verdicts: everywhere('at the drain deadline: 5040 REQUEST_TIMEOUT, exit 0'),
    alone: { flags: ['--drain-ms', '500'], hasNoBystander: true },
    long: ['http to stdio', 'ws to stdio', 'stdio to http'],
    run: async (stage) => {
      const session = await stage.session();
      const { answers } = await underWay(session, 1);
      stage.proxy.signal('SIGTERM');
      return `at the drain deadline: ${told(await answers[0]!)}, ${await exitOf(stage)}`;
    },
  },
  {
    name: 'SIGTERM twice with a request under way',
    verdicts: everywhere('exit 143'),
    alone: { hasNoBystander: true },
    long: ['stdio to stdio', 'ws to stdio', 'http to http', 'stdio to http'],
    run: async (stage) => {
      await underWay(await stage.session(), 1);
      stage.proxy.signal('SIGTERM');
      await stage.proxy.logged('draining');
      stage.proxy.signal('SIGTERM');
      return exitOf(stage, 'at once');
    },
  },
  {
    name: 'SIGTERM in front of a server that ignores it, and the end of its input',
    verdicts: everywhere('exit 0, 0 processes left', children),
    alone: stubborn,
    // Twice five seconds of waiting where a session was opened and left before; the ladder by which servers are stopped is one.
    long: ['http to stdio', 'ws to stdio'],
    run: async (stage) => {
      await call(await stage.session(), 'echo');
      stage.proxy.signal('SIGTERM');
      const exit = await exitOf(stage);
      return `${exit}, ${(await lasting(stage.marker)).length} processes left`;
    },
  },
  {
    name: 'the client leaves a server that ignores SIGTERM, and the end of its input',
    verdicts: {
      ...everywhere('the server is gone, the proxy goes on', listening.filter(hasChild)),
      'stdio to stdio': 'the server is gone, the proxy exits with 0',
    },
    alone: stubborn,
    long: ['stdio to stdio', 'ws to stdio'],
    run: async (stage) => {
      const session = await stage.session();
      await call(session, 'echo');
      if (isStdioFront(stage.way)) {
        stage.proxy.endInput();
        const exit = await exitOf(stage);
        return `${await isGone(stage)}, the proxy exits with ${exit.replace('exit ', '')}`;
      }
      const { children: before } = stage.vitals();
      await stage.leaveSession();
      return `the server is ${(await stage.untilChildren(before - 1)) ? 'gone' : 'left'}, the proxy goes on`;
    },
  },
  {
    name: 'SIGKILL with a request under way',
    verdicts: everywhere('the client sees the end, 0 processes left', children),
    alone: { hasNoBystander: true },
    long: ['ws to stdio'],
    run: async (stage) => {
      const { answers } = await underWay(await stage.session(), 1);
      stage.proxy.signal('SIGKILL');
      await exitOf(stage, 'at once');
      const seen = told(await answers[0]!).endsWith('an end without answer') ? 'the client sees the end' : 'an answer';
      return `${seen}, ${(await lasting(stage.marker)).length} processes left`;
    },
  },
  {
    name: 'the client closes its input with a request under way',
    verdicts: everywhere('result, exit 0', stdioFronts),
    alone: { server: ['--finishes'] },
    run: async (stage) => {
      const session = await stage.session();
      const id = newId();
      const answer = session.askBytes(
        [text({ id, method: 'tools/call', params: { name: 'delay', arguments: { ms: 300 } } })],
        id,
      );
      stage.proxy.endInput();
      return `${told(await answer)}, ${await exitOf(stage)}`;
    },
  },
];

export const signals: Theme = { name: 'signals', faults };

/** Calls that the server has, and that end when the client answers what it is asked meanwhile. */
async function underWay(
  session: Client,
  count: number,
): Promise<{ readonly answers: readonly ReturnType<typeof call>[]; readonly finish: () => void }> {
  // On a pipe nothing says which of several calls a question belongs to: it comes on the stream that belongs to none.
  if (session instanceof HttpClient) await session.listen().head();
  const before = session.heard().length;
  const questions = () =>
    session
      .heard()
      .slice(before)
      .filter(({ method }) => method === 'roots/list');
  const answers = Array.from({ length: count }, async () => call(session, 'ask'));
  await session.until(() => (questions().length === count ? true : undefined), 'the questions');
  const finish = (): void => {
    for (const { id } of questions()) session.send({ id: id ?? null, result: { roots: [] } });
  };
  return { answers, finish };
}

async function exitOf(stage: Stage, manner: 'in order' | 'at once' = 'in order'): Promise<string> {
  const { code, signal } = await stage.proxy.exit;
  stage.hasEnded(manner);
  return `exit ${signal ?? code}`;
}

async function isGone(stage: Stage): Promise<string> {
  return (await lasting(stage.marker)).length === 0 ? 'the server is gone' : 'the server is left';
}
