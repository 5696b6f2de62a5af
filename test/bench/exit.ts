/** How long a client waits for its errors when the server dies in the middle of its calls. Real processes. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, type Measure, single } from './measure.ts';
import { PeerProcess, holdingServer, ninelives, stopAll } from './peer-process.ts';
import { quantile } from './statistics.ts';

const runs = 30;

interface Loss {
  /** From the signal to the last error: contains the time that the system takes to end the process. */
  readonly fromKillMs: number;
  /** From the moment in which a third process sees the server gone. */
  readonly fromExitMs: number;
}

export const exit: Bench = {
  name: 'exit',
  title: 'A server that dies in the middle of calls',
  about: `A client has 1 or 100 calls under way through \`ninelives forward stdio\` when the server gets SIGKILL; measured is the time
until it holds an error for the last of them. *From the exit* begins when the system closes a socket that the dead server
held; *from the signal* also contains what the system takes to end the process. The floor is a parent that starts the same
server directly and does nothing but notice its end. 30 runs each, each with a proxy of its own, in turns; with so many the
p99 is the slowest.`,

  async measure({ say }) {
    const losses: Record<1 | 100, Loss[]> = { 1: [], 100: [] };
    const noticed: number[] = [];
    const watch = await Watch.open();
    try {
      for (let run = 0; run < runs; run += 1) {
        say(`run ${run + 1} of ${runs}`);
        for (const calls of run % 2 === 0 ? ([1, 100] as const) : ([100, 1] as const)) {
          losses[calls].push(await loseServer(calls, watch));
        }
        noticed.push(await noticeEnd(watch));
      }
    } finally {
      await stopAll();
      watch.close();
    }
    return [
      ...measuresOf(1, losses[1]),
      ...measuresOf(100, losses[100]),
      single('floor: the end noticed, from the exit: p50', 'ms', quantile(noticed, 0.5)),
      single('floor: the end noticed, from the exit: p99', 'ms', quantile(noticed, 0.99)),
    ];
  },
};

function measuresOf(calls: number, losses: readonly Loss[]): readonly Measure[] {
  const what = calls === 1 ? '1 call' : `${calls} calls`;
  const fromExit = losses.map(({ fromExitMs }) => fromExitMs);
  const fromKill = losses.map(({ fromKillMs }) => fromKillMs);
  return [
    single(`${what}, from the exit: p50`, 'ms', quantile(fromExit, 0.5), { most: 10 }),
    single(`${what}, from the exit: p99`, 'ms', quantile(fromExit, 0.99), { most: 25 }),
    single(`${what}, from the signal: p50`, 'ms', quantile(fromKill, 0.5)),
    single(`${what}, from the signal: p99`, 'ms', quantile(fromKill, 0.99)),
  ];
}

async function loseServer(calls: number, watch: Watch): Promise<Loss> {
  const peer = new PeerProcess(ninelives(holdingServer(watch.path)));
  const socketOpened = watch.next();
  const server = await shakeHands(peer);
  const socket = await socketOpened;
  const errors = new Set<number>();
  const lost = new Promise<number>((resolve) => {
    peer.onStray = (line) => {
      const { id, error } = JSON.parse(line) as { readonly id: number; readonly error?: { readonly code: number } };
      if (error?.code !== 5020) throw new Error(`Not what a lost server is told by: ${line}`);
      errors.add(id);
      if (errors.size === calls) resolve(performance.now());
    };
  });
  const held = bytesFrom(socket, calls);
  for (let id = 1; id <= calls; id += 1) {
    peer.send(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"echo","arguments":{}}}`);
  }
  await held;
  const exited = timeOf(once(socket, 'close'));
  const killedAt = performance.now();
  process.kill(server, 'SIGKILL');
  const [exitedAt, lostAt] = await Promise.all([exited, lost]);
  await peer.stop();
  return { fromKillMs: lostAt - killedAt, fromExitMs: Math.max(0, lostAt - exitedAt) };
}

/** Milliseconds from the exit of a child of our own until Node tells that it is gone. */
async function noticeEnd(watch: Watch): Promise<number> {
  const peer = new PeerProcess(holdingServer(watch.path));
  const socketOpened = watch.next();
  const server = await shakeHands(peer);
  const exited = timeOf(once(await socketOpened, 'close'));
  const closed = timeOf(peer.closed);
  process.kill(server, 'SIGKILL');
  const [exitedAt, closedAt] = await Promise.all([exited, closed]);
  await peer.stop();
  return Math.max(0, closedAt - exitedAt);
}

async function timeOf(happening: Promise<unknown>): Promise<number> {
  await happening;
  return performance.now();
}

/** Gives the server's process id, which the echo server says as its version. */
async function shakeHands(peer: PeerProcess): Promise<number> {
  const { result } = JSON.parse(await peer.initialize()) as {
    readonly result: { readonly serverInfo: { readonly version: string } };
  };
  return Number(result.serverInfo.version);
}

/** Resolves when the server has said of each call that it holds it. */
async function bytesFrom(socket: Socket, count: number): Promise<void> {
  let seen = 0;
  await new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      seen += bytes.length;
      if (seen >= count) resolve();
    });
  });
}

/** Where servers connect, so that their end is seen from here. */
class Watch {
  readonly path: string;
  readonly #folder: string;
  readonly #server: Server;

  private constructor(folder: string, path: string, server: Server) {
    this.#folder = folder;
    this.path = path;
    this.#server = server;
  }

  static async open(): Promise<Watch> {
    const folder = mkdtempSync(join(tmpdir(), 'ninelives-bench-'));
    const path = join(folder, 'watch');
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    return new Watch(folder, path, server);
  }

  async next(): Promise<Socket> {
    const [socket] = (await once(this.#server, 'connection')) as [Socket];
    // Its peer is killed: how the connection ends is no news.
    socket.on('error', () => {});
    return socket;
  }

  close(): void {
    this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }
}
