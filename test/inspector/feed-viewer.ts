/** A viewer of the feed over a real WebSocket, and a process with scripted sessions on a virtual clock for it to look at. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type FeedOptions, openFeed } from '../../src/inspector/feed.ts';
import type { FeedMessage, ViewerMessage } from '../../src/inspector/feed-messages.ts';
import { TraceRing, type TraceRingOptions } from '../../src/observe/trace-ring.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { Playbook, type PlaybookOptions } from '../../src/testing/playbook.ts';

export type Message<TType extends FeedMessage['type']> = Extract<FeedMessage, { readonly type: TType }>;

export class FeedViewer {
  readonly heard: FeedMessage[] = [];
  readonly socket: WebSocket;
  #isClosed = false;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.heard.push(JSON.parse((data as Buffer).toString()) as FeedMessage));
    socket.on('close', () => (this.#isClosed = true));
    socket.on('error', () => {});
  }

  says(message: ViewerMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message of a kind that fits and was not taken before; waits for it. */
  async hears<TType extends FeedMessage['type']>(
    type: TType,
    fits: (message: Message<TType>) => boolean = () => true,
  ): Promise<Message<TType>> {
    for (;;) {
      const place = this.heard.findIndex((message) => message.type === type && fits(message as Message<TType>));
      if (place >= 0) return this.heard.splice(place, 1)[0] as Message<TType>;
      if (this.#isClosed) throw new Error(`The feed closed; heard ${JSON.stringify(this.heard).slice(0, 500)}`);
      await nextTurn();
    }
  }

  async closes(): Promise<number> {
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }
}

export interface WatchedProcessOptions {
  readonly ring?: TraceRingOptions;
  readonly feed?: Partial<FeedOptions>;
  readonly playbook?: PlaybookOptions;
}

export async function watchedProcess(options: WatchedProcessOptions = {}) {
  const ring = new TraceRing(options.ring);
  const play = new Playbook({ ...options.playbook, tracer: ring });
  const feed = openFeed({
    ring,
    facts: { pid: 1, version: '0.0.0', command: 'forward http', server: 'node', startedAt: 0 },
    totals: () => play.runtime.totals(),
    payloads: 'redacted',
    clock: play.clock,
    log: silentLog,
    ...options.feed,
  });
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket, head) => feed.accept(request, socket, head));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    feed.close();
    server.close();
    server.closeAllConnections();
  });
  /** A viewer that has been greeted. */
  const viewer = async (): Promise<FeedViewer> => {
    const joined = new FeedViewer(new WebSocket(`ws://127.0.0.1:${port}/feed`, ['ninelives.feed.v1']));
    await joined.hears('hello');
    return joined;
  };
  /** Its viewers have left, and everything that was said is accounted for. */
  const ends = async (): Promise<void> => {
    feed.close();
    await play.ends();
  };
  return { ring, play, feed, port, viewer, ends };
}
