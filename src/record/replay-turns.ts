/**
 * What a server does on a tape, by what the client had said before it: each message of the client has a turn, the steps that the server
 * takes then. Decides which turn a message of the server belongs to, and nothing about when it is sent.
 *
 * Progress belongs to the request whose token it has. Anything else that is said while requests wait belongs to the one that is answered
 * next on the tape, and is said before that answer; what is asked of the client belongs to the request that is answered next after the
 * client has said what it was asked. What is said while nothing waits belongs to what the client said last.
 */

import { progressTokenIn, tokenIn } from './replay-ids.ts';
import type { Conversation, Taped, TapedNotification, TapedRequest } from './replay-conversation.ts';

export interface Turn {
  /** What the client says; undefined for the turn before its first word. */
  readonly cause: TapedRequest | TapedNotification | undefined;
  readonly steps: readonly TurnStep[];
}

export interface TurnStep {
  /** `hear`: the client has answered this request of the server's, and not before goes the turn on. */
  readonly do: 'say' | 'ask' | 'hear' | 'answer';
  readonly message: Taped;
  /** Milliseconds since what came before it in its turn. */
  readonly afterMs: number;
}

/** In the order in which the client speaks; the first is the one before its first word. */
export function turnsOf({ messages }: Conversation): readonly Turn[] {
  const plan = new TurnPlan();
  for (const message of messages) plan.add(message);
  return plan.turns;
}

interface OpenTurn extends Turn {
  readonly steps: TurnStep[];
  lastAt: number | undefined;
}

class TurnPlan {
  readonly turns: OpenTurn[] = [{ cause: undefined, steps: [], lastAt: undefined }];
  #last: OpenTurn = this.turns[0]!;
  readonly #turnOf = new Map<TapedRequest, OpenTurn>();
  /** Requests of the client that have no answer yet. */
  readonly #waiting = new Set<TapedRequest>();

  add(message: Taped): void {
    if (message.from === 'client') this.#addClients(message);
    else this.#addServers(message);
  }

  #addClients(message: Taped): void {
    if (message.kind === 'response') {
      const turn = this.#turnOf.get(message.request) ?? this.#last;
      step(turn, 'hear', message.request, message.at);
      this.#last = turn;
      return;
    }
    this.#last = { cause: message, steps: [], lastAt: message.at };
    this.turns.push(this.#last);
    if (message.kind !== 'request') return;
    this.#turnOf.set(message, this.#last);
    this.#waiting.add(message);
  }

  #addServers(message: Taped): void {
    if (message.kind === 'response') {
      this.#waiting.delete(message.request);
      step(this.#turnOf.get(message.request) ?? this.#last, 'answer', message, message.at);
      return;
    }
    const turn = this.#turnFor(message);
    step(turn, message.kind === 'request' ? 'ask' : 'say', message, message.at);
    if (message.kind === 'request') this.#turnOf.set(message, turn);
  }

  #turnFor(message: TapedRequest | TapedNotification): OpenTurn {
    const token = progressTokenIn(message.message);
    const known = message.kind === 'request' ? message.answer?.line : message.line;
    let owner: TapedRequest | undefined;
    for (const request of this.#waiting) {
      if (token !== undefined && tokenIn(request.message) === token) return this.#turnOf.get(request)!;
      const answeredAt = request.answer?.line;
      if (answeredAt === undefined || (known !== undefined && answeredAt < known)) continue;
      if (owner === undefined || answeredAt < owner.answer!.line) owner = request;
    }
    return (owner && this.#turnOf.get(owner)) ?? this.#last;
  }
}

function step(turn: OpenTurn, what: TurnStep['do'], message: Taped, at: number): void {
  turn.steps.push({ do: what, message, afterMs: Math.max(0, at - (turn.lastAt ?? at)) });
  turn.lastAt = at;
}
