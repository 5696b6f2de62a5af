/**
 * The server that the nodes of a cluster share goes away and comes back, or does not: in time a node's clients notice nothing of it;
 * later the node ends, and with it at once whatever is under way, since another node may act in its place.
 */

import { setTimeout as pause } from 'node:timers/promises';

import type { NatsServer } from '../cluster/nats-server.ts';
import { type Answer, type Client, call, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { type Way, httpFronts } from './ways.ts';

const elsewhere = '_no cluster_';

/** The broker is away for less than the 4 s for which a node may act without it. */
function outage(name: string, downMs: number, long: readonly Way[]): Fault {
  return {
    name,
    verdicts: everywhere(
      'under way: result; meanwhile: result; a new session: HTTP 503, 5021 OWNER_LOST, executed: no; later: result',
      httpFronts,
    ),
    alone: { hasBroker: true },
    elsewhere,
    long,
    run: async (stage) => {
      const { broker } = stage;
      const session = await stage.session();
      const underWay = call(session, 'delay', { ms: downMs / 2 });
      // The server has it, when it has answered what came after it.
      await call(session, 'echo');
      await broker!.kill();
      await stage.proxy.logged('the server of the cluster cannot be reached');
      const isOver = pause(downMs);
      const meanwhile = told(await call(session, 'echo'));
      const { answer } = await stage.attempt();
      await isOver;
      await broker!.begin();
      await stage.proxy.logged('the server of the cluster is there again');
      const clients = [session, await stage.another()];
      const later = new Set(await Promise.all(clients.map(async (client) => told(await call(client, 'echo')))));
      const before = `under way: ${told(await underWay)}; meanwhile: ${meanwhile}; a new session: ${failed(answer)}`;
      return `${before}; later: ${[...later].join('; ')}`;
    },
  };
}

/** The broker does not answer for longer than a node may act without it. */
function loss(name: string, long: readonly Way[], lose: (broker: NatsServer) => Promise<void>): Fault {
  return {
    name,
    verdicts: everywhere('both: HTTP 502, 5021 OWNER_LOST, executed: unknown; exit 1', httpFronts),
    alone: { hasBroker: true },
    elsewhere,
    long,
    run: async (stage) => {
      const sessions: readonly Client[] = [await stage.session(), stage.bystander!];
      const waiting = sessions.map(async (session) => call(session, 'never'));
      for (const session of sessions) await call(session, 'echo');
      await lose(stage.broker!);
      const both = new Set((await Promise.all(waiting)).map(failed));
      const { code, signal } = await stage.proxy.exit;
      stage.hasEnded('at once');
      return `both: ${[...both].join('; ')}; exit ${signal ?? code}`;
    },
  };
}

const faults: readonly Fault[] = [
  outage('the broker is killed, and there again after 1 s', 1000, ['http to http']),
  outage('the broker is killed, and there again after 2.5 s', 2500, ['http to stdio']),
  loss('the broker is killed, and does not come back', ['http to http'], async (broker) => broker.kill()),
  loss('the broker stands still (SIGSTOP)', ['http to stdio'], async ({ pid }) => void process.kill(pid, 'SIGSTOP')),
  {
    name: 'SIGTERM while the broker is away',
    verdicts: everywhere('under way: result, exit 0', httpFronts),
    alone: { hasBroker: true },
    elsewhere,
    long: ['http to http'],
    run: async (stage) => {
      const session = await stage.session();
      const underWay = call(session, 'delay', { ms: 500 });
      await call(session, 'echo');
      await stage.broker!.kill();
      await stage.proxy.logged('the server of the cluster cannot be reached');
      stage.proxy.signal('SIGTERM');
      const answer = told(await underWay);
      const { code, signal } = await stage.proxy.exit;
      // What a session has at a server stays there for the node that goes on with it.
      stage.hasEnded('at once');
      return `under way: ${answer}, exit ${signal ?? code}`;
    },
  },
];

export const broker: Theme = { name: 'the broker of a cluster', faults };

/** What was told, and whether the server may have done it all the same. */
const failed = (answer: Answer): string =>
  `${told(answer)}, executed: ${String(answer.message?.error?.data?.['executed'])}`;
