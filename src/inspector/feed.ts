/**
 * The feed of a process: tells each viewer what it asked to watch, from the ring of traced events, and does nothing while nobody
 * watches. Who may come in is decided before; what the messages are stands in feed-messages.ts.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

import { explain } from '../observe/explain.ts';
import type { ProcessFacts } from '../observe/process-facts.ts';
import { feedSubprotocol } from '../observe/subprotocols.ts';
import type { TraceRing } from '../observe/trace-ring.ts';
import type { TracedSession } from '../observe/traced-session.ts';
import { tracedEvent } from '../observe/traced-event-view.ts';
import type { Clock, Log } from '../ports.ts';
import { Redaction } from '../redaction.ts';
import type { TotalsSnapshot } from '../runtime/totals.ts';
import { snapshotOf } from '../session/snapshot.ts';
import { Bodies } from './bodies.ts';
import { type FeedLimits, defaultFeedLimits } from './feed-limits.ts';
import type { Events, FeedMessage, Payloads, SessionView, ViewerMessage } from './feed-messages.ts';
import { OverviewSource } from './overview-source.ts';
import { Pulse } from './pulse.ts';
import { Viewer } from './viewer.ts';
import type { WatchedEvents } from './watched-events.ts';

export interface FeedOptions {
  readonly ring: TraceRing;
  readonly facts: ProcessFacts;
  /** Of all sessions since the process began. */
  readonly totals: () => TotalsSnapshot;
  readonly payloads: Payloads;
  readonly redaction?: Redaction;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<FeedLimits>;
}

export interface Feed {
  readonly viewers: number;
  /** Takes the connection over, which somebody has let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Lets go of everybody. */
  close(): void;
}

export function openFeed(options: FeedOptions): Feed {
  return new RunningFeed(options);
}

class RunningFeed implements Feed {
  readonly #options: FeedOptions;
  readonly #limits: FeedLimits;
  readonly #server: WebSocketServer;
  readonly #viewers = new Set<Viewer>();
  readonly #events: Pulse;
  readonly #views: Pulse;
  #overview: OverviewSource | undefined = undefined;
  #viewsRenewedAt = -Infinity;
  readonly #bodies: Bodies;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#limits = { ...defaultFeedLimits, ...options.limits };
    const { ring, payloads, redaction = new Redaction(), clock } = options;
    this.#bodies = new Bodies({ ring, payloads, redaction, limits: this.#limits, now: () => clock.now() });
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: this.#limits.messageBytesMax,
      handleProtocols: (offered) => (offered.has(feedSubprotocol) ? feedSubprotocol : false),
    });
    this.#events = new Pulse(options.clock, this.#limits.eventsMs, () => this.#tellEvents());
    this.#views = new Pulse(options.clock, this.#limits.viewMs, () => this.#tellViews());
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#viewers.size >= this.#limits.viewersMax) {
      const lines = ['HTTP/1.1 503 Service Unavailable', 'Retry-After: 5', 'Content-Length: 0', 'Connection: close'];
      socket.end(`${lines.join('\r\n')}\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      const viewer = new Viewer(opened, {
        ring: this.#options.ring,
        clock: this.#options.clock,
        limits: this.#limits,
        said: (who, message) => this.#hear(who, message),
        hasNews: () => this.#wake(),
        gone: (who) => this.#gone(who),
        eventsMessage: (watched) => this.#eventsMessage(watched),
      });
      this.#viewers.add(viewer);
      viewer.say(this.#hello());
    });
  }

  close(): void {
    this.#events.stop();
    this.#views.stop();
    this.#overview?.stop();
    for (const viewer of this.#viewers) viewer.close();
    this.#server.close();
  }

  #hello(): FeedMessage {
    const { facts, payloads, ring, clock } = this.#options;
    const { eventsMax, bytesMax } = ring;
    return {
      type: 'hello',
      feed: 1,
      process: facts,
      payloads,
      ring: { eventsMax, bytesMax },
      now: clock.now(),
      wallTime: clock.wallTime(),
    };
  }

  #gone(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#restOverview();
    if (this.#viewers.size === 0) this.#bodies.forget();
  }

  #wake(): void {
    this.#events.ask();
    this.#views.ask();
  }

  // --- what viewers ask for ------------------------------------------------------------------------------------------------

  #hear(viewer: Viewer, message: ViewerMessage): void {
    switch (message.type) {
      case 'watch-overview':
        this.#watchOverview(viewer);
        return;
      case 'unwatch-overview':
        viewer.watchesOverview = false;
        this.#restOverview();
        return;
      case 'watch-session':
        this.#watchSession(viewer, message.sessionId, message.after ?? 0);
        return;
      case 'unwatch-session':
        viewer.unwatch(message.sessionId);
        return;
      case 'read-body':
        this.#readBody(viewer, message.request, message.seq, message.from ?? 0);
        return;
      case 'read-events':
      case 'read-moment':
        viewer.complain('BAD_MESSAGE', 'This is no tape: watch the session', { request: message.request });
    }
  }

  #watchOverview(viewer: Viewer): void {
    const { ring, totals, clock } = this.#options;
    viewer.watchesOverview = true;
    viewer.needsWhole = true;
    // Who asks again and again is told with the others.
    const isEarly = clock.now() - viewer.askedOverviewAt < this.#limits.viewMs;
    viewer.askedOverviewAt = clock.now();
    this.#overview ??= new OverviewSource({ ring, totals, now: () => clock.now(), renewMs: this.#limits.renewMs }, () =>
      this.#views.ask(),
    );
    if (!isEarly) viewer.tellOverview(JSON.stringify(this.#overview.whole()), true);
    this.#views.ask();
  }

  /** Nobody looks: nothing is noted of what changes. */
  #restOverview(): void {
    for (const { watchesOverview } of this.#viewers) if (watchesOverview) return;
    this.#overview?.stop();
    this.#overview = undefined;
  }

  #watchSession(viewer: Viewer, sessionId: string, after: number): void {
    const session = this.#options.ring.session(sessionId);
    if (session === undefined) {
      viewer.complain('NO_SUCH_SESSION', 'There is no such session, or nothing of it is kept any more', { sessionId });
      return;
    }
    if (!viewer.watchesSession(sessionId) && viewer.watched >= this.#limits.sessionsWatchedMax) {
      const text = `One viewer watches ${this.#limits.sessionsWatchedMax} sessions at most`;
      viewer.complain('TOO_MUCH_WATCHED', text, { sessionId });
      return;
    }
    viewer.watch(session, after);
    viewer.say(this.#viewOf(session));
    if (viewer.tellEvents()) this.#events.ask();
    this.#views.ask();
  }

  #readBody(viewer: Viewer, request: number, seq: number, from: number): void {
    const read = this.#bodies.read(seq, from);
    if ('problem' in read) viewer.complain(read.problem, read.message, { request });
    else viewer.say({ type: 'body', request, seq, from, ...read });
  }

  // --- what viewers are told -----------------------------------------------------------------------------------------------

  #tellEvents(): boolean {
    return this.#forEach((viewer) => {
      const hasMore = viewer.tellEvents();
      return viewer.checkReading() || hasMore;
    });
  }

  #eventsMessage(watched: WatchedEvents): { readonly message: Events; readonly hasMore: boolean } | undefined {
    const { ring } = this.#options;
    const batch = watched.next();
    if (batch === undefined) return undefined;
    const { places, missed, hasMore } = batch;
    const events = places.map((place) => tracedEvent(place, ring));
    return { message: { type: 'events', sessionId: watched.session.id, events, missed }, hasMore };
  }

  #tellViews(): boolean {
    const now = this.#options.clock.now();
    this.#tellOverview();
    const isRenewed = now - this.#viewsRenewedAt >= this.#limits.renewMs;
    if (isRenewed) this.#viewsRenewedAt = now;
    const isAnyWatching = this.#forEach((viewer) => {
      for (const session of viewer.viewsDue(isRenewed)) viewer.say(this.#viewOf(session));
      return viewer.checkReading() || viewer.watched > 0;
    });
    return isAnyWatching || this.#overview?.isMoving === true;
  }

  #tellOverview(): void {
    const overview = this.#overview;
    if (overview === undefined) return;
    const changes = overview.changes();
    const changed = changes === undefined ? undefined : JSON.stringify(changes);
    let whole: string | undefined;
    for (const viewer of this.#viewers) {
      if (!viewer.watchesOverview) continue;
      if (viewer.needsWhole) viewer.tellOverview((whole ??= JSON.stringify(overview.whole())), true);
      else if (changed !== undefined) viewer.tellOverview(changed, false);
    }
  }

  #viewOf({ record }: TracedSession): SessionView {
    const at = this.#options.clock.now();
    const snapshot = snapshotOf(record, at);
    return { type: 'session', at, snapshot, explanation: explain(snapshot) };
  }

  /** One viewer whose connection makes trouble keeps nothing from the others. */
  #forEach(tell: (viewer: Viewer) => boolean): boolean {
    let hasMore = false;
    for (const viewer of this.#viewers) {
      try {
        if (tell(viewer)) hasMore = true;
      } catch (error) {
        this.#options.log.warn({ error }, 'a viewer of the inspector could not be told, and was let go');
        viewer.close();
      }
    }
    return hasMore;
  }
}
