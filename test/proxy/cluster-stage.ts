/**
 * Fronts of several nodes in one process, on real sockets, with an engine in memory and a clock that the test moves. A client asks
 * whichever node it likes; what is true of one node has to be true of all.
 */
import { MemoryEngine, MemoryHub } from '../../src/cluster/memory-engine.ts';
import { defaultTimes } from '../../src/cluster/settings.ts';
import type { Backend } from '../../src/proxy/backend.ts';
import { type ClusterSeat, takeSeat } from '../../src/proxy/cluster-seat.ts';
import { forwardHttp } from '../../src/proxy/http.ts';
import type { ListeningForward } from '../../src/proxy/listening.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { notification } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Client, type Reply, TestServer, usual } from '../transports/http-stage.ts';

export class TestNode {
  readonly servers: TestServer[] = [];
  readonly ended: EndReason[] = [];
  seat!: ClusterSeat;
  engine!: MemoryEngine;
  forward!: ListeningForward;
  fencings = 0;

  get server(): TestServer {
    return this.servers.at(-1)!;
  }

  get port(): number {
    return Number(new URL(this.forward.url).port);
  }
}

export class Cluster {
  readonly clock = new VirtualClock();
  readonly hub = new MemoryHub();
  readonly nodes: TestNode[] = [];
  readonly clients: Client[] = [];

  async node({
    frameBytesMax = 10_000_000,
    pendingTotal = 1000,
    isReachedElsewhere = false,
    path = '/mcp',
  } = {}): Promise<TestNode> {
    const node = new TestNode();
    const { clock } = this;
    const log = silentLog;
    const engine = new MemoryEngine(this.hub);
    node.engine = engine;
    node.seat = await takeSeat({
      ...{ engine, node: `node-${this.nodes.length + 1}`, clock, log, times: defaultTimes, pendingTotal },
      onFenced: () => (node.fencings += 1),
    });
    const backend: Backend = {
      name: 'test',
      restart: neverRestart,
      servesSessionless: false,
      isReachedElsewhere,
      open: () => {
        node.servers.push(new TestServer(usual));
        return { connector: node.server, release: () => {} };
      },
      problem: () => undefined,
      stop: async () => {},
      hurry: () => {},
      kill: () => {},
    };
    const identify = (asked: { header(name: string): string | undefined }) => {
      const principal = asked.header('x-who') ?? 'ada';
      return { principal, route: undefined, key: principal };
    };
    const refused = { refusal: { status: 403, body: '' } };
    node.forward = await forwardHttp({
      ...{ backend, clock, log, cluster: node.seat, checksInvariants: true, limits: { frameBytesMax } },
      listen: { host: '127.0.0.1', port: 0, path },
      guard: { identify, documents: new Map(), admitUpgrade: () => refused, close: async () => {} },
      observer: (observation) => {
        if (observation.type === 'session-ended') node.ended.push(observation.reason);
      },
    });
    this.nodes.push(node);
    return node;
  }

  async threeNodes(options: Parameters<Cluster['node']>[0] = {}): Promise<readonly [TestNode, TestNode, TestNode]> {
    return [await this.node(options), await this.node(options), await this.node(options)];
  }

  client(node: TestNode, headers: Client['headers'] = {}): Client {
    const client = new Client(node.port, headers as Record<string, string>);
    this.clients.push(client);
    return client;
  }

  /** The same client, at another node. */
  at(node: TestNode, client: Client): Client {
    return this.client(node, client.headers);
  }

  /** Time passes in small steps, and what was promised is kept in between. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What comes when time passes meanwhile. */
  async during<T>(awaited: Promise<T>): Promise<T> {
    const waiting = { isOver: false };
    const there = awaited.finally(() => (waiting.isOver = true));
    while (!waiting.isOver) await this.pass(100);
    return there;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.leaves();
    await this.during(Promise.all(this.nodes.map(async ({ forward }) => forward.close())));
  }
}

export async function errorOf(reply: Reply): Promise<Readonly<Record<string, unknown>>> {
  const { error } = (await reply.json()) as unknown as { readonly error: { readonly data: Record<string, unknown> } };
  return error.data;
}

export const news = notification('notifications/message', { level: 'info', data: 'news' });
