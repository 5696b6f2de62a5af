/**
 * A tape as viewers see it: speaks the feed of a process that stands still. Answers what it is asked, and between the questions prepares
 * what may be asked next; tells nothing by itself, and keeps nothing of a viewer. Who may come in is decided before.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

import { explain } from '../../observe/explain.ts';
import type { ProcessFacts } from '../../observe/process-facts.ts';
import { feedSubprotocol } from '../../observe/subprotocols.ts';
import { tracedEvent } from '../../observe/traced-event-view.ts';
import { Redaction } from '../../redaction.ts';
import { type SessionState, sessionStates } from '../../session/outcomes.ts';
import { type SessionSnapshot, snapshotOf, transitionsOf } from '../../session/snapshot.ts';
import { Bodies } from '../bodies.ts';
import { defaultFeedLimits } from '../feed-limits.ts';
import type {
  EventsRead,
  FeedMessage,
  FeedProblem,
  Hello,
  Moment,
  Overview,
  SessionView,
  ViewerMessage,
} from '../feed-messages.ts';
import { sessionRow } from '../session-row.ts';
import { viewerMessageIn } from '../viewer-message.ts';
import type { OpenedTape } from './opened-tape.ts';

export interface TapeFeedOptions {
  readonly tape: OpenedTape;
  /** The name of the file. */
  readonly file: string;
  readonly facts: ProcessFacts;
  /** Milliseconds, of any clock that goes on. */
  readonly now: () => number;
}

/** Events in one answer. */
export const eventsReadMax = 2000;
/** RFC 6455, section 7.4.1. */
const policyViolation = 1008;

export class TapeFeed {
  readonly #options: TapeFeedOptions;
  readonly #bodies: Bodies;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: defaultFeedLimits.messageBytesMax,
    handleProtocols: (offered) => (offered.has(feedSubprotocol) ? feedSubprotocol : false),
  });
  /** Set while moments are prepared. */
  #preparing: NodeJS.Immediate | undefined;

  constructor(options: TapeFeedOptions) {
    const { tape, now } = options;
    this.#options = options;
    // What was to be hidden is hidden on the tape, and who has the page has the file.
    const limits = { ...defaultFeedLimits, bodyBytesPerSecond: Infinity };
    this.#bodies = new Bodies({ ring: tape.ring, payloads: 'whole', redaction: new Redaction(), limits, now });
  }

  /** Takes the connection over, which somebody has let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (viewer) => {
      viewer.on('error', () => viewer.terminate());
      viewer.on('message', (data, isBinary) =>
        this.#hear(viewer, isBinary || !Buffer.isBuffer(data) ? '' : data.toString()),
      );
      say(viewer, this.#hello());
    });
  }

  /** Lets go of everybody. */
  close(): void {
    clearImmediate(this.#preparing);
    for (const viewer of this.#server.clients) viewer.terminate();
    this.#server.close();
  }

  #hear(viewer: WebSocket, text: string): void {
    // Who asks faster than it reads would have its answers kept here.
    if (viewer.bufferedAmount > defaultFeedLimits.unreadBytesMax) {
      viewer.close(policyViolation, 'too many messages');
      return;
    }
    const message = viewerMessageIn(text);
    const answer: FeedMessage | undefined =
      message === undefined
        ? problem('BAD_MESSAGE', 'This is no message that a viewer can send')
        : this.#answer(message);
    if (answer !== undefined) say(viewer, answer);
  }

  #answer(message: ViewerMessage): FeedMessage | undefined {
    switch (message.type) {
      case 'watch-overview':
        return this.#overview();
      case 'watch-session': {
        const { sessionId } = message;
        const session = this.#options.tape.ring.session(sessionId);
        if (session === undefined) return noSession({ sessionId });
        return this.#viewOf(snapshotOf(session.record, this.#options.tape.endsAt), this.#options.tape.endsAt);
      }
      case 'unwatch-overview':
      case 'unwatch-session':
        return undefined;
      case 'read-body': {
        const { request, seq, from = 0 } = message;
        const read = this.#bodies.read(seq, from);
        return 'problem' in read
          ? problem(read.problem, read.message, { request })
          : { type: 'body', request, seq, from, ...read };
      }
      case 'read-events':
        return this.#eventsRead(message);
      case 'read-moment':
        return this.#moment(message);
    }
  }

  #hello(): Hello {
    const { tape, file, facts } = this.#options;
    const { header, lines, notes } = tape.tape;
    const { eventsMax, bytesMax } = tape.ring;
    return {
      type: 'hello',
      feed: 1,
      process: facts,
      payloads: header.bodies.redacted ? 'redacted' : 'whole',
      ring: { eventsMax, bytesMax },
      now: header.now,
      wallTime: header.wallTime,
      tape: { file, lines, notes },
    };
  }

  /** Every session as it was at the end, those included that were over by then. */
  #overview(): Overview {
    const { ring, endsAt } = this.#options.tape;
    const records = this.#options.tape.sessions().map(({ record }) => record);
    const byState = Object.fromEntries(sessionStates.map((state) => [state, 0])) as Record<SessionState, number>;
    const edges = new Map<number, number>();
    for (const { state, transitions } of records) {
      byState[state]++;
      for (const [edge, count] of transitions) edges.set(edge, (edges.get(edge) ?? 0) + count);
    }
    return {
      type: 'overview',
      at: endsAt,
      isWhole: true,
      sessions: records.map((record) => ({ ...sessionRow(record, endsAt), framesPerSecond: 0 })),
      gone: [],
      sessionsByState: byState,
      transitions: transitionsOf(edges),
      dwellMs: ring.stays.times(),
      eventsPerSecond: 0,
      dropped: 0,
    };
  }

  #eventsRead({
    request,
    sessionId,
    from,
    max,
  }: Extract<ViewerMessage, { type: 'read-events' }>): EventsRead | FeedProblem {
    const { tape } = this.#options;
    const seqs = tape.eventsOf(sessionId);
    if (seqs === undefined) return noSession({ request, sessionId });
    const amount = Math.min(max, eventsReadMax);
    const first = Math.max(1, Math.min(from, seqs.length - amount + 1));
    const wanted = seqs.slice(first - 1, first - 1 + amount);
    const events = wanted.map((seq) => tracedEvent(tape.ring.event(seq)!, tape.ring));
    return { type: 'events-read', request, sessionId, from: first, events, total: seqs.length };
  }

  #moment({ request, sessionId, seq }: Extract<ViewerMessage, { type: 'read-moment' }>): Moment | FeedProblem {
    const { tape } = this.#options;
    const seqs = tape.eventsOf(sessionId);
    if (seqs === undefined) return noSession({ request, sessionId });
    const index = indexIn(seqs, seq);
    const snapshot = index < 0 ? undefined : tape.momentAt(sessionId, index);
    this.#prepare();
    if (snapshot === undefined) return problem('NO_SUCH_EVENT', 'The session has no such event', { request });
    const view = this.#viewOf(snapshot, tape.ring.event(seq)!.at);
    return { type: 'moment', request, sessionId, seq, place: index + 1, view };
  }

  /** A turn of the event loop for each part, so that whoever asks meanwhile is answered. */
  #prepare(): void {
    this.#preparing ??= setImmediate(() => {
      this.#preparing = undefined;
      if (this.#options.tape.prepareMoments()) this.#prepare();
    });
  }

  #viewOf(snapshot: SessionSnapshot, at: number): SessionView {
    return { type: 'session', at, snapshot, explanation: explain(snapshot) };
  }
}

/** By halves: they grow. */
function indexIn(seqs: readonly number[], seq: number): number {
  let [low, high] = [0, seqs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seqs[middle]! < seq) low = middle + 1;
    else high = middle;
  }
  return seqs[low] === seq ? low : -1;
}

function say(viewer: WebSocket, message: FeedMessage): void {
  viewer.send(JSON.stringify(message));
}

function problem(
  what: FeedProblem['problem'],
  message: string,
  about: Pick<FeedProblem, 'request' | 'sessionId'> = {},
): FeedProblem {
  return { type: 'problem', problem: what, message, ...about };
}

function noSession(about: Pick<FeedProblem, 'request' | 'sessionId'>): FeedProblem {
  return problem('NO_SUCH_SESSION', 'There is no such session on the tape', about);
}
