/**
 * The server of a tape, which says again what it said: to a client that asks the same, whoever it is. Takes messages and gives messages;
 * knows no streams, and of time only how long to wait. What the tape does not have is the business of whoever plays it.
 */

import type { Clock, TimerHandle } from '../ports.ts';
import { ownMember } from '../protocol/derive.ts';
import { type RequestId, isRequestId } from '../protocol/envelope.ts';
import { type Call, Calls } from './replay-calls.ts';
import type { Conversation, MessageValue, Taped, TapedNotification, TapedRequest } from './replay-conversation.ts';
import { CurrentIds, tokenIn } from './replay-ids.ts';
import { type Turn, type TurnStep, turnsOf } from './replay-turns.ts';

/** A request of the client that the tape does not have. */
export interface Miss {
  readonly request: MessageValue;
  /** Of JSON-RPC: for a method that is not on the tape, or for params that are not. */
  readonly code: -32601 | -32602;
  /** For people: what it was, and what on the tape is most like it. */
  readonly text: string;
}

export interface ServerReplayOptions {
  /** In the order of time, as if they were one. */
  readonly tapes: readonly { readonly file: string; readonly conversations: readonly Conversation[] }[];
  readonly send: (message: MessageValue) => void;
  readonly onMiss: (miss: Miss) => void;
  readonly clock: Clock;
  /** `recorded`: as much time passes between messages as on the tape. */
  readonly pace: 'at-once' | 'recorded';
  /** Nothing more is said, after some time, unless the client says something. */
  readonly onIdle?: () => void;
}

/** What our own requests to the client are called, so that no other has their ids. */
const idPrefix = 'replay-';

/** What a turn is found by. */
interface TurnCall<C extends TapedRequest | TapedNotification> extends Call {
  readonly cause: C;
  readonly turn: Turn;
  readonly file: string;
}

/** A request to the client: once it is answered, the turn goes on that waits for that. */
interface Ask {
  readonly taped: Taped;
  isAnswered: boolean;
  goOn: () => void;
}

/** A turn that is under way. */
interface Play {
  readonly turn: Turn;
  /** Of the request that it is the turn of. */
  readonly id: RequestId | undefined;
  readonly token: unknown;
  readonly asks: Ask[];
  next: number;
  timer: TimerHandle;
}

export class ServerReplay {
  /** Requests that were answered from the tape, and those that the tape does not have. */
  answered = 0;
  missed = 0;
  readonly #options: ServerReplayOptions;
  readonly #requests: Calls<TurnCall<TapedRequest>>;
  readonly #notifications: Calls<TurnCall<TapedNotification>>;
  readonly #unprompted: readonly Turn[];
  readonly #plays = new Set<Play>();
  /** What the requests of the tape's client are called now, and what those of its server are. */
  readonly #clients = new CurrentIds();
  readonly #ours = new CurrentIds();
  /** By the ids that they have now. */
  readonly #asks = new Map<RequestId, Ask>();
  #asked = 0;

  constructor(options: ServerReplayOptions) {
    this.#options = options;
    const unprompted: Turn[] = [];
    const requests: TurnCall<TapedRequest>[] = [];
    const notifications: TurnCall<TapedNotification>[] = [];
    for (const { file, conversations } of options.tapes) {
      for (const turn of conversations.flatMap(turnsOf)) {
        const { cause } = turn;
        if (cause === undefined) unprompted.push(turn);
        else if (cause.kind === 'request') requests.push({ ...callOf(cause), cause, turn, file });
        else notifications.push({ ...callOf(cause), cause, turn, file });
      }
    }
    this.#requests = new Calls(requests);
    this.#notifications = new Calls(notifications);
    this.#unprompted = unprompted;
  }

  /** Says what the server says before it is spoken to. */
  begin(): void {
    for (const turn of this.#unprompted) this.#play(turn, undefined, undefined);
  }

  /** Nothing more is said unless the client says something. */
  get isIdle(): boolean {
    return [...this.#plays].every(({ timer }) => timer === undefined);
  }

  /** Requests of the tape that nobody has asked for. */
  get left(): readonly TapedRequest[] {
    return this.#requests.left.map(({ cause }) => cause);
  }

  /** @returns false where it is an answer to something that was not asked here. */
  receive(message: MessageValue): boolean {
    const method = ownMember(message, 'method');
    const id = ownMember(message, 'id');
    if (typeof method !== 'string') return this.#hear(id);
    if (isRequestId(id)) this.#take({ method, message }, id);
    else this.#notice({ method, message });
    return true;
  }

  #hear(id: unknown): boolean {
    const ask = isRequestId(id) ? this.#asks.get(id) : undefined;
    if (ask === undefined || ask.isAnswered) return false;
    ask.isAnswered = true;
    ask.goOn();
    return true;
  }

  #notice(call: Call): void {
    if (call.method === 'notifications/cancelled') {
      const id = ownMember(ownMember(call.message, 'params'), 'requestId');
      for (const play of this.#plays) if (play.id !== undefined && play.id === id) this.#stop(play);
    }
    const known = this.#notifications.takeOnce(call);
    if (known !== undefined) this.#play(known.turn, undefined, undefined);
  }

  #take(call: Required<Call>, id: RequestId): void {
    const found = this.#requests.take(call);
    if (found !== undefined) this.#play(found.turn, id, tokenIn(call.message));
    else if (call.method === 'ping') this.#options.send({ jsonrpc: '2.0', id, result: {} });
    else {
      this.missed += 1;
      this.#options.onMiss(this.#missOf(call));
    }
  }

  #missOf(call: Call): Miss {
    const request = call.message ?? {};
    const nearest = this.#requests.nearest(call);
    if (nearest === undefined) return { request, code: -32601, text: `${call.method} is not on the tape` };
    const { file, cause } = nearest.call;
    const { path, expected } = nearest.difference;
    const taped = expected === undefined ? 'nothing' : JSON.stringify(expected).slice(0, textCharactersMax);
    const text = `${call.method} is not on the tape with these params: ${file}:${cause.line} has ${taped} at /params${path}`;
    return { request, code: -32602, text };
  }

  #play(turn: Turn, id: RequestId | undefined, token: unknown): void {
    const play: Play = { turn, id, token, asks: [], next: 0, timer: undefined };
    this.#note(play);
    this.#plays.add(play);
    this.#goOn(play);
  }

  #goOn(play: Play): void {
    for (;;) {
      const step = play.turn.steps[play.next];
      if (step === undefined) {
        this.#plays.delete(play);
        return;
      }
      if (step.do === 'hear') {
        const ask = play.asks.find(({ taped }) => taped === step.message);
        if (ask !== undefined && !ask.isAnswered) {
          ask.goOn = () => this.#goOn(play);
          return;
        }
      } else if (this.#options.pace === 'recorded' && step.afterMs > 0) {
        play.timer = this.#options.clock.setTimeout(() => {
          play.timer = undefined;
          this.#say(play, step);
          play.next += 1;
          this.#goOn(play);
          if (this.isIdle) this.#options.onIdle?.();
        }, step.afterMs);
        return;
      } else this.#say(play, step);
      play.next += 1;
    }
  }

  /** The same request of the tape may be under way more than once: what is said now is about this one. */
  #note({ turn: { cause }, id, token }: Play): void {
    if (cause?.kind === 'request' && id !== undefined) this.#clients.note(cause.id, id, tokenIn(cause.message), token);
  }

  #say(play: Play, { do: what, message: taped }: TurnStep): void {
    const { id, asks } = play;
    this.#note(play);
    const ids = taped.method === 'notifications/cancelled' ? this.#ours : this.#clients;
    const said = taped.message && ids.inside(taped.message);
    if (said === undefined) return;
    if (taped.kind === 'request') {
      const ask: Ask = { taped, isAnswered: false, goOn: () => {} };
      const askId = `${idPrefix}${(this.#asked += 1)}`;
      asks.push(ask);
      this.#asks.set(askId, ask);
      this.#ours.note(taped.id, askId);
      this.#options.send({ ...said, id: askId });
    } else if (what === 'answer' && id !== undefined) {
      this.answered += 1;
      this.#options.send({ ...said, id });
    } else this.#options.send(said);
  }

  #stop(play: Play): void {
    this.#options.clock.clearTimeout(play.timer);
    this.#plays.delete(play);
    // Nothing is left that an answer to what it has asked could let go on.
    for (const ask of play.asks) ask.goOn = () => {};
  }
}

const callOf = ({ method, message }: Call): Call => ({ method, message });

/** Of a value that is said to people. */
const textCharactersMax = 200;
