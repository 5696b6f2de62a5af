/**
 * The ways that have HTTP on one side at least: directly to either echo server, through the floors of a path, through ninelives,
 * and through the peers that are installed. Starts each once, as processes, and ends them.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrontProcess, stopFronts } from './front-process.ts';
import { installedHttpPeers } from './http-peers.ts';
import { HttpSession } from './http-session.ts';
import { type HttpPath, type Start, type Wanted, echoHttpServer, floors, ninelivesOn } from './http-starts.ts';
import type { Caller } from './load.ts';
import { PeerProcess, echoServer, stopAll } from './peer-process.ts';
import { Ways } from './ways.ts';

/** The way without a proxy that a path is compared with: over what stands behind the proxy. */
export const directWay = 'direct';

/** Runs `act` on ways that have shaken hands, and leaves no process behind. */
export async function openedHttpWays<T>(path: HttpPath, act: (ways: Ways<Caller>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ninelives-bench-'));
  try {
    const server = await FrontProcess.started(echoHttpServer);
    const peers = installedHttpPeers(path);
    const starts: readonly (readonly [name: string, startOf: StartOf, rewrites: boolean])[] = [
      ...Object.entries(floors[path]).map(([name, start]) => [name, start, false] as const),
      ['ninelives', (wanted) => ninelivesOn(path, wanted), false],
      ...peers.map(({ name, start }) => [name, start, true] as const),
    ];
    const callers = new Map<string, Caller>([[directWay, await direct(path, server)]]);
    for (const [name, startOf, rewrites] of starts) {
      const own = join(folder, name);
      mkdirSync(own);
      const wanted = { server: echoServer, upstream: server.url, folder: own };
      callers.set(name, await (path === 'stdio-http' ? piped : fronted)(startOf, wanted, rewrites));
    }
    return await act(
      new Ways(
        callers,
        peers.map(({ name }) => name),
      ),
    );
  } finally {
    await Promise.all([stopFronts(), stopAll()]);
    rmSync(folder, { recursive: true });
  }
}

async function direct(path: HttpPath, { url, pid }: FrontProcess): Promise<Caller> {
  const caller = path === 'http-stdio' ? new PeerProcess(echoServer) : new HttpSession({ url, pid });
  await caller.initialize();
  return caller;
}

type StartOf = (wanted: Wanted) => Start;
type Place = Omit<Wanted, 'port'>;

/** A session with a process that listens. */
async function fronted(startOf: StartOf, place: Place, rewrites: boolean): Promise<Caller> {
  const front = await FrontProcess.started((port) => startOf({ ...place, port }), { cwd: place.folder });
  const session = new HttpSession({ ...front.place, rewrites });
  await session.initialize();
  return session;
}

/** A process that reads and writes lines. */
async function piped(startOf: StartOf, place: Place, rewrites: boolean): Promise<Caller> {
  const { command, env } = startOf({ ...place, port: '' });
  const options = { cwd: place.folder, rewrites, env: { ...process.env, ...env } };
  const peer = new PeerProcess([process.execPath, ...command], options);
  await peer.initialize();
  return peer;
}
