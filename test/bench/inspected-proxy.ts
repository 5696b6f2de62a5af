/** `ninelives forward stdio` with an inspector, in a run folder of its own, and viewers of its feed that read everything or nothing. */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { FeedMessage, ViewerMessage } from '../../src/inspector/feed-messages.ts';
import { PeerProcess, echoServer, ninelives } from './peer-process.ts';

const lookAgainMs = 20;
const patienceMs = 20_000;

export class InspectedProxy {
  readonly proxy: PeerProcess;
  readonly #folder: string;
  readonly #viewers: WebSocket[] = [];
  /** Messages that viewers have read. */
  received = 0;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'ninelives-bench-run-'));
    this.proxy = new PeerProcess(ninelives(echoServer, ['--inspect', '127.0.0.1:0']), {
      env: { ...process.env, XDG_RUNTIME_DIR: this.#folder },
    });
  }

  /** Resolves when it is told what it asks for, for the first time. Those that do not read, do not from then on. */
  async view(what: 'overview' | 'session', reads: boolean): Promise<void> {
    const { origin, token } = await this.#file();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/feed`, [
      'ninelives.feed.v1',
      `ninelives.token.${token}`,
    ]);
    this.#viewers.push(socket);
    await once(socket, 'open');
    const asks = (message: ViewerMessage): void => socket.send(JSON.stringify(message));
    asks({ type: 'watch-overview' });
    const overview = await heard(socket, 'overview');
    if (what === 'session') {
      asks({ type: 'unwatch-overview' });
      asks({ type: 'watch-session', sessionId: overview.sessions[0]!.id });
      await heard(socket, 'events');
    }
    socket.on('message', () => (this.received += 1));
    if (!reads) socket.pause();
  }

  async stop(): Promise<void> {
    for (const viewer of this.#viewers) viewer.terminate();
    await this.proxy.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What it leaves word of. */
  async #file(): Promise<{ readonly origin: string; readonly token: string }> {
    const until = performance.now() + patienceMs;
    while (performance.now() < until) {
      try {
        const folder = join(this.#folder, 'ninelives');
        const name = readdirSync(folder).find((each) => /^\d+\.json$/.test(each));
        if (name !== undefined) return JSON.parse(readFileSync(join(folder, name), 'utf8')) as never;
      } catch {
        // It is not there yet.
      }
      await sleep(lookAgainMs);
    }
    throw new Error('The proxy left no word of its inspector');
  }
}

async function heard<TType extends FeedMessage['type']>(
  socket: WebSocket,
  type: TType,
): Promise<Extract<FeedMessage, { readonly type: TType }>> {
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    const message = JSON.parse(data.toString()) as FeedMessage;
    if (message.type === type) return message as never;
  }
}
