/**
 * The client of a tape, which says again what it said: to a server that may answer otherwise now. What it said together is said
 * together, and what it said after something that the server said waits for that. Takes messages and gives messages, and keeps what it heard; whether
 * that is what the tape has is not decided here.
 */

import type { Clock, TimerHandle } from '../ports.ts';
import { ownMember } from '../protocol/derive.ts';
import { type RequestId, isRequestId } from '../protocol/envelope.ts';
import { Calls } from './replay-calls.ts';
import { Carried } from './replay-carried.ts';
import type { Conversation, MessageValue, Taped, TapedNotification, TapedRequest } from './replay-conversation.ts';
import { CurrentIds, tokenIn, withToken } from './replay-ids.ts';

export interface ClientReplayOptions {
  readonly conversation: Conversation;
  readonly send: (message: MessageValue) => void;
  /** Everything was said, and what was to be heard was heard, or waited for in vain. Called once. */
  readonly onDone: () => void;
  readonly clock: Clock;
  /** `recorded`: as much time passes before each message as on the tape. */
  readonly pace: 'at-once' | 'recorded';
  /** For what the tape's server said, beyond the time that it took on the tape. */
  readonly waitMs: number;
  /** The ids of requests, counted from 1; those of the tape where it is left out. */
  readonly idOf?: (count: number) => RequestId;
  /** Unless this is false, what the server says by itself is waited for, too. */
  readonly awaitsNotifications?: boolean;
  /** Takes what the server asks and the tape's client did not answer. Without it, what is not on the tape is refused. */
  readonly onUnanswered?: (ask: MessageValue) => void;
}

/** What a server said to the client of a tape. */
export interface Heard {
  readonly answers: ReadonlyMap<TapedRequest, MessageValue>;
  /** What it asked, each with the request of the tape that it was taken for. */
  readonly asks: readonly HeardAsk[];
  readonly notifications: readonly MessageValue[];
  /** Answers to what was not asked, or asked once and answered twice. */
  readonly strays: readonly MessageValue[];
  /** What the client did not come to say. */
  readonly unsaid: readonly Taped[];
}

export interface HeardAsk {
  readonly message: MessageValue;
  readonly taped: TapedRequest | undefined;
}

/** As far as a client has come. */
interface Progress {
  said: number;
  heard: number;
  /** When on the tape the last of it happened. */
  at: number;
}

export class ClientReplay {
  readonly #options: ClientReplayOptions;
  /** What the client says by itself, and what the server says that it waits for; both in the order of the tape. */
  readonly #says: readonly (TapedRequest | TapedNotification)[];
  readonly #awaits: readonly Taped[];
  readonly #asks: Calls<TapedRequest>;
  /** Notifications that the server has yet to say, by their methods: one of them is as good as another. */
  readonly #expected = new Map<string, TapedNotification[]>();
  readonly #progress: Progress;
  /** What was awaited, and has come or was given up. */
  readonly #over = new Set<Taped>();
  readonly #requests = new Map<RequestId, TapedRequest>();
  readonly #sent = new CurrentIds();
  readonly #asked = new CurrentIds();
  readonly #carried = new Carried();
  readonly #answers = new Map<TapedRequest, MessageValue>();
  readonly #heardAsks: HeardAsk[] = [];
  readonly #notifications: MessageValue[] = [];
  readonly #strays: MessageValue[] = [];
  /** Of what the client still says in answer to the server. */
  readonly #replyTimers = new Set<TimerHandle>();
  /** What is waited for now, and how long. */
  #wait: { readonly thing: unknown; readonly until: number } | undefined;
  #timer: TimerHandle;
  #isDone = false;

  constructor(options: ClientReplayOptions) {
    this.#options = options;
    const { messages } = options.conversation;
    const says: (TapedRequest | TapedNotification)[] = [];
    const awaits: Taped[] = [];
    const asks: TapedRequest[] = [];
    for (const message of messages) {
      const { kind, from, method } = message;
      if (from === 'client') {
        if (kind !== 'response') says.push(message);
        continue;
      }
      if (kind === 'request') asks.push(message);
      if (kind === 'notification') {
        if (options.awaitsNotifications === false) continue;
        const expected = this.#expected.get(method);
        if (expected === undefined) this.#expected.set(method, [message]);
        else expected.push(message);
      }
      awaits.push(message);
    }
    this.#says = says;
    this.#awaits = awaits;
    this.#asks = new Calls(asks);
    this.#progress = { said: 0, heard: 0, at: messages[0]?.at ?? 0 };
  }

  begin(): void {
    this.#goOn();
  }

  receive(message: MessageValue): void {
    if (this.#isDone) return;
    const method = ownMember(message, 'method');
    const id = ownMember(message, 'id');
    if (typeof method !== 'string') this.#hearAnswer(message, id);
    else if (isRequestId(id)) this.#hearAsk(message, method, id);
    else this.#hearNotification(message, method);
    this.#goOn();
  }

  /** The server is gone, or nobody waits any longer. */
  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#options.clock.clearTimeout(this.#timer);
    for (const timer of this.#replyTimers) this.#options.clock.clearTimeout(timer);
    this.#options.onDone();
  }

  get heard(): Heard {
    return {
      answers: this.#answers,
      asks: this.#heardAsks,
      notifications: this.#notifications,
      strays: this.#strays,
      unsaid: this.#says.slice(this.#progress.said),
    };
  }

  #hearAnswer(message: MessageValue, id: unknown): void {
    const request = isRequestId(id) ? this.#requests.get(id) : undefined;
    if (request === undefined || this.#answers.has(request)) {
      this.#strays.push(message);
      return;
    }
    this.#answers.set(request, message);
    const { answer } = request;
    if (answer === undefined) return;
    this.#over.add(answer);
    if (answer.message !== undefined) this.#carried.learn(answer.message, message);
  }

  #hearAsk(message: MessageValue, method: string, id: RequestId): void {
    const { send, onUnanswered } = this.#options;
    const taped = this.#asks.takeOnce({ method, message }) ?? this.#asks.left.find((ask) => ask.method === method);
    if (taped === undefined && method === 'ping') {
      send({ jsonrpc: '2.0', id, result: {} });
      return;
    }
    this.#heardAsks.push({ message, taped });
    if (taped === undefined) {
      const error = { code: -32601, message: `${method} was not asked on the tape` };
      if (onUnanswered === undefined) send({ jsonrpc: '2.0', id, error });
      else onUnanswered(message);
      return;
    }
    this.#asks.mark(taped);
    this.#over.add(taped);
    this.#asked.note(taped.id, id, tokenIn(taped.message), tokenIn(message));
    if (taped.message !== undefined) this.#carried.learn(taped.message, message);
    if (taped.answer === undefined) onUnanswered?.(message);
    else this.#reply(taped, id);
  }

  #reply({ answer, at }: TapedRequest, id: RequestId): void {
    const { clock, pace, send } = this.#options;
    const reply = answer?.message;
    if (answer === undefined || reply === undefined) return;
    const say = (): void => send({ ...this.#carried.inside(reply), id });
    if (pace === 'at-once') say();
    else {
      const timer = clock.setTimeout(() => {
        this.#replyTimers.delete(timer);
        say();
      }, answer.at - at);
      this.#replyTimers.add(timer);
    }
  }

  #hearNotification(message: MessageValue, method: string): void {
    this.#notifications.push(message);
    const expected = this.#expected.get(method)?.shift();
    if (expected !== undefined) this.#over.add(expected);
  }

  /** Says what may be said now, and waits for what is next. */
  #goOn(): void {
    const { clock, pace, waitMs } = this.#options;
    clock.clearTimeout(this.#timer);
    while (!this.#isDone) {
      const next = this.#says[this.#progress.said];
      const awaited = this.#awaited();
      if (awaited !== undefined && (next === undefined || awaited.line < next.line)) {
        const tookMs = Math.max(0, awaited.at - this.#progress.at);
        if (!this.#hasWaited(awaited, tookMs + waitMs)) return;
        this.#giveUp(awaited);
      } else if (next === undefined) this.end();
      else {
        if (pace === 'recorded' && !this.#hasWaited(next, next.at - this.#progress.at)) return;
        this.#say(next);
      }
    }
  }

  /** Whoever does not say one notification is not waited for with others of its kind. */
  #giveUp(awaited: Taped): void {
    this.#over.add(awaited);
    if (awaited.kind !== 'notification') return;
    for (const other of this.#expected.get(awaited.method) ?? []) this.#over.add(other);
    this.#expected.delete(awaited.method);
  }

  /** So much time has passed since this was waited for first. Where it has not, what follows is tried again then. */
  #hasWaited(thing: unknown, ms: number): boolean {
    const { clock } = this.#options;
    if (this.#wait === undefined || this.#wait.thing !== thing) this.#wait = { thing, until: clock.now() + ms };
    const leftMs = this.#wait.until - clock.now();
    if (leftMs > 0) this.#timer = clock.setTimeout(() => this.#goOn(), leftMs);
    else this.#wait = undefined;
    return leftMs <= 0;
  }

  /** What has to come next of what is waited for. */
  #awaited(): Taped | undefined {
    for (;;) {
      const awaited = this.#awaits[this.#progress.heard];
      if (awaited === undefined || !this.#over.has(awaited)) return awaited;
      this.#progress.heard += 1;
      this.#progress.at = Math.max(this.#progress.at, awaited.at);
    }
  }

  #say(taped: TapedRequest | TapedNotification): void {
    this.#progress.said += 1;
    this.#progress.at = Math.max(this.#progress.at, taped.at);
    const { message, method } = taped;
    const ids = method === 'notifications/progress' ? this.#asked : this.#sent;
    const said = message && ids.inside(this.#carried.inside(message));
    if (said === undefined) return;
    if (taped.kind === 'notification') {
      this.#options.send(said);
      return;
    }
    const { idOf } = this.#options;
    const id = idOf?.(this.#requests.size + 1) ?? this.#freeId(taped.id);
    this.#requests.set(id, taped);
    this.#sent.note(taped.id, id);
    // A token of the tape may be one of others, where ids may be: it is made as unique as they are.
    const hasToken = idOf !== undefined && tokenIn(said) !== undefined;
    this.#options.send({ ...(hasToken ? withToken(said, id) : said), id });
  }

  /** The id that it has on the tape, unless it is there more than once: exchanges of HTTP have ids of their own. */
  #freeId(id: RequestId): RequestId {
    return this.#requests.has(id) ? `${id}-${this.#requests.size + 1}` : id;
  }
}
