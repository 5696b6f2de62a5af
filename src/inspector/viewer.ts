/**
 * One viewer of the feed: what it watches, and how much it has left unread. One that reads too slowly gets nothing until it has
 * caught up, hears how much it missed, and is let go when it does not. It never makes anybody else wait.
 */

import type { RawData, WebSocket } from 'ws';

import type { TraceRing } from '../observe/trace-ring.ts';
import type { TracedSession } from '../observe/traced-session.ts';
import type { Clock } from '../ports.ts';
import type { FeedLimits } from './feed-limits.ts';
import type { Events, FeedMessage, FeedProblem, ViewerMessage } from './feed-messages.ts';
import { viewerMessageIn } from './viewer-message.ts';
import { WatchedEvents } from './watched-events.ts';

/** What a viewer needs of the feed that it belongs to. */
export interface ViewerSurroundings {
  readonly ring: TraceRing;
  readonly clock: Clock;
  readonly limits: FeedLimits;
  readonly said: (viewer: Viewer, message: ViewerMessage) => void;
  /** Something that it watches has happened; on the path of an event. */
  readonly hasNews: () => void;
  readonly gone: (viewer: Viewer) => void;
  readonly eventsMessage: (
    watched: WatchedEvents,
  ) => { readonly message: Events; readonly hasMore: boolean } | undefined;
}

interface Watch {
  readonly events: WatchedEvents;
  hasEvents: boolean;
  isViewDue: boolean;
  readonly stop: () => void;
}

/** RFC 6455, section 7.4.1. */
const policyViolation = 1008;

export class Viewer {
  readonly #socket: WebSocket;
  readonly #surroundings: ViewerSurroundings;
  readonly #watches = new Map<string, Watch>();
  watchesOverview = false;
  /** It has missed a part of the overview: what it gets next is all of it. */
  needsWhole = true;
  /** On the clock of the feed. */
  askedOverviewAt = -Infinity;
  /** Messages that it was too slow for. */
  dropped = 0;
  #stalledSince: number | undefined = undefined;
  #secondBegan = -Infinity;
  #saidThisSecond = 0;

  constructor(socket: WebSocket, surroundings: ViewerSurroundings) {
    this.#socket = socket;
    this.#surroundings = surroundings;
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    // What the peer did wrong ends its connection, and nothing else.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#unwatchAll();
      surroundings.gone(this);
    });
  }

  // --- what it watches ---------------------------------------------------------------------------------------------------

  get watched(): number {
    return this.#watches.size;
  }

  watchesSession(id: string): boolean {
    return this.#watches.has(id);
  }

  watch(session: TracedSession, afterSeq: number): void {
    const { ring, limits, hasNews } = this.#surroundings;
    this.unwatch(session.id);
    const watch: Watch = {
      events: new WatchedEvents(ring, session, afterSeq, limits.eventsMax),
      hasEvents: true,
      isViewDue: false,
      stop: ring.watch(() => {
        watch.isViewDue = true;
        if (watch.hasEvents) return;
        watch.hasEvents = true;
        hasNews();
      }, session),
    };
    this.#watches.set(session.id, watch);
  }

  unwatch(id: string): void {
    this.#watches.get(id)?.stop();
    this.#watches.delete(id);
  }

  #unwatchAll(): void {
    for (const id of [...this.#watches.keys()]) this.unwatch(id);
    this.watchesOverview = false;
  }

  // --- what it is told ---------------------------------------------------------------------------------------------------

  /** The next batch of events of each session that it watches. True: there is more to come. */
  tellEvents(): boolean {
    let hasMore = false;
    for (const watch of this.#watches.values()) {
      if (!watch.hasEvents) continue;
      if (!this.#takes()) return true;
      // What happens from here on is news.
      watch.hasEvents = false;
      const next = this.#surroundings.eventsMessage(watch.events);
      if (next === undefined) continue;
      this.say(next.message);
      watch.hasEvents ||= next.hasMore;
      hasMore ||= next.hasMore;
    }
    return hasMore;
  }

  /** @param isRenewed also those that nothing happened to. */
  *viewsDue(isRenewed: boolean): Generator<TracedSession, void, void> {
    for (const watch of this.#watches.values()) {
      const { session } = watch.events;
      if (!watch.isViewDue && !(isRenewed && !session.hasEnded)) continue;
      if (!this.#takes()) return;
      watch.isViewDue = false;
      yield session;
    }
  }

  /** An overview as text without its last member, which differs from viewer to viewer. */
  tellOverview(text: string, isWhole: boolean): void {
    if (!this.#takes()) {
      this.needsWhole = true;
      return;
    }
    if (isWhole) this.needsWhole = false;
    this.#socket.send(`${text.slice(0, -1)},"dropped":${this.dropped}}`);
  }

  /** Answers are small, and asked for one by one: they are not left out. */
  say(message: FeedMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  complain(
    problem: FeedProblem['problem'],
    message: string,
    about: Pick<FeedProblem, 'request' | 'sessionId'> = {},
  ): void {
    this.say({ type: 'problem', problem, message, ...about });
  }

  get isBehind(): boolean {
    return this.#socket.bufferedAmount > this.#surroundings.limits.unreadBytesMax;
  }

  #takes(): boolean {
    if (!this.isBehind) return true;
    this.dropped += 1;
    return false;
  }

  /** Lets go of one that does not read. True: it has been, and should be looked at again. */
  checkReading(): boolean {
    if (!this.isBehind) {
      this.#stalledSince = undefined;
      return false;
    }
    const now = this.#surroundings.clock.now();
    this.#stalledSince ??= now;
    if (now - this.#stalledSince >= this.#surroundings.limits.stalledMs) this.#socket.terminate();
    return true;
  }

  close(): void {
    this.#socket.terminate();
  }

  // --- what it says ------------------------------------------------------------------------------------------------------

  #hear(data: RawData, isBinary: boolean): void {
    const { clock, limits, said } = this.#surroundings;
    const now = clock.now();
    if (now - this.#secondBegan >= 1000) {
      this.#secondBegan = now;
      this.#saidThisSecond = 0;
    }
    this.#saidThisSecond += 1;
    // Who asks faster than it reads would have its answers kept here.
    if (this.#saidThisSecond > limits.messagesPerSecond || this.isBehind) {
      this.#socket.close(policyViolation, 'too many messages');
      return;
    }
    const message = isBinary || !Buffer.isBuffer(data) ? undefined : viewerMessageIn(data.toString());
    if (message === undefined) this.complain('BAD_MESSAGE', 'This is no message that a viewer can send');
    else said(this, message);
  }
}
