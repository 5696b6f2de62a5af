/**
 * The page's side of the feed of one process: asks for the overview and for what is watched, again after each loss, and brings
 * pieces of bodies, and of tapes, to whoever asked for them.
 */

import type { Body, EventsRead, FeedMessage, Moment, ViewerMessage } from '../../feed-messages.ts';
import { AskPace } from './ask-pace.ts';
import { LiveSocket, type SocketLike } from './live-socket.ts';

export interface ProcessFeedOptions {
  readonly connect: () => SocketLike;
  /** All but answers, which go to who asked. */
  readonly onMessage: (message: FeedMessage) => void;
  readonly onState: (state: 'open' | 'lost') => void;
}

/** What is said to who asked for it. */
type Answer = Body | EventsRead | Moment;
type Question = Extract<ViewerMessage, { readonly request: number }>;
type Unnumbered<Q> = Q extends Question ? Omit<Q, 'request'> : never;

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

export class ProcessFeed {
  readonly #socket: LiveSocket;
  readonly #onMessage: (message: FeedMessage) => void;
  readonly #asked = new Map<number, Asked>();
  readonly #pace = new AskPace();
  #requests = 0;
  #watched: { readonly sessionId: string; after: number | undefined } | undefined;

  constructor({ connect, onMessage, onState }: ProcessFeedOptions) {
    this.#onMessage = onMessage;
    this.#socket = new LiveSocket({
      connect,
      onOpen: () => {
        onState('open');
        this.#say({ type: 'watch-overview' });
        this.#sayWatched();
      },
      onText: (text) => this.#hear(JSON.parse(text) as FeedMessage),
      onLost: () => {
        this.#giveUp('The connection to the process was lost');
        onState('lost');
      },
    });
  }

  /** Watches this session, and no other one any more. */
  watch(sessionId: string): void {
    if (this.#watched?.sessionId === sessionId) return;
    this.unwatch();
    this.#watched = { sessionId, after: undefined };
    this.#sayWatched();
  }

  unwatch(): void {
    if (this.#watched !== undefined) this.#say({ type: 'unwatch-session', sessionId: this.#watched.sessionId });
    this.#watched = undefined;
  }

  /** Rejects, with a sentence, when there is no such body any more, or no connection. */
  async readBody(seq: number, from = 0): Promise<Body> {
    const waitMs = this.#pace.waitMs(performance.now());
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    return this.#ask({ type: 'read-body', seq, from }, 'body');
  }

  /** Of a tape: events of a session from this place on, or the last of them where there are fewer behind it. */
  async readEvents(sessionId: string, from: number, max: number): Promise<EventsRead> {
    return this.#ask({ type: 'read-events', sessionId, from, max }, 'events-read');
  }

  /** Of a tape: the session as it was after that event. */
  async readMoment(sessionId: string, seq: number): Promise<Moment> {
    return this.#ask({ type: 'read-moment', sessionId, seq }, 'moment');
  }

  async #ask<Type extends Answer['type']>(
    question: Unnumbered<Question>,
    type: Type,
  ): Promise<Extract<Answer, { readonly type: Type }>> {
    const request = (this.#requests += 1);
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#asked.set(request, { resolve, reject });
      if (this.#say({ ...question, request })) return;
      this.#asked.delete(request);
      reject(new Error('There is no connection to the process'));
    });
    if (answer.type !== type) throw new Error('The process has answered something else');
    return answer as Extract<Answer, { readonly type: Type }>;
  }

  close(): void {
    this.#giveUp('The process is gone');
    this.#socket.close();
  }

  #hear(message: FeedMessage): void {
    if (message.type === 'body' || message.type === 'events-read' || message.type === 'moment') {
      this.#asked.get(message.request)?.resolve(message);
      this.#asked.delete(message.request);
      return;
    }
    if (message.type === 'problem' && message.request !== undefined) {
      this.#asked.get(message.request)?.reject(new Error(message.message));
      this.#asked.delete(message.request);
      return;
    }
    if (message.type === 'events' && message.sessionId === this.#watched?.sessionId) {
      this.#watched.after = message.events.at(-1)?.seq ?? this.#watched.after;
    }
    this.#onMessage(message);
  }

  #sayWatched(): void {
    if (this.#watched === undefined) return;
    const { sessionId, after } = this.#watched;
    this.#say({ type: 'watch-session', sessionId, ...(after === undefined ? {} : { after }) });
  }

  #say(message: ViewerMessage): boolean {
    return this.#socket.send(JSON.stringify(message));
  }

  #giveUp(why: string): void {
    for (const { reject } of this.#asked.values()) reject(new Error(why));
    this.#asked.clear();
  }
}
