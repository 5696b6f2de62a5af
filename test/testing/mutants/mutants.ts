/** Proxies that do one thing wrong, each in a way in which real ones have been wrong; and the laws that it breaks. */
import type { WireMessage } from '../../../src/testing/play/history.ts';
import { CarefulSession, type Id, type Pending, pendingMax } from './careful-proxy.ts';

export interface Mutant {
  readonly name: string;
  /** Any of these may be what it is found by. */
  readonly breaks: readonly string[];
  readonly Session: typeof CarefulSession;
}

class IdAsText extends CarefulSession {
  override respond(message: WireMessage): void {
    super.respond({ ...message, id: String(message.id) });
  }
}

interface Owned extends Pending {
  readonly owner: SharedPending;
}

/** Clients count their ids from 1, each of them. */
class SharedPending extends CarefulSession {
  override begin(): void {
    const [other] = this.proxy.sessions;
    if (other !== undefined) this.pending = other.pending;
    super.begin();
  }
  override idFor(_message: WireMessage, id: Id): Id {
    return id;
  }
  override request(message: WireMessage, id: Id): void {
    super.request(message, id);
    const entry = this.pending.get(id);
    if (entry !== undefined) this.pending.set(id, { ...entry, owner: this } as Owned);
  }
  override answer(message: WireMessage, id: Id): void {
    const entry = this.pending.get(id) as Owned | undefined;
    if (entry === undefined) return super.answer(message, id);
    this.pending.delete(id);
    entry.owner.respond({ ...message, id: entry.id });
  }
}

/** As the SDKs do with what comes in one chunk: notifications wait a turn, responses do not. */
class ProgressAfterResponse extends CarefulSession {
  readonly #held: WireMessage[] = [];
  override progress(message: WireMessage): void {
    this.#held.push(message);
  }
  override answer(message: WireMessage, id: Id): void {
    const tokens = new Map([...this.pending].map(([serverId, { token }]) => [serverId, token]));
    super.answer(message, id);
    for (const held of this.#held.splice(0)) {
      const token = tokens.get(held.params!['progressToken'] as Id);
      if (token !== undefined) this.announce({ ...held, params: { ...held.params, progressToken: token } });
    }
  }
}

class LostProgress extends CarefulSession {
  override progress(): void {
    // It goes nowhere.
  }
}

class LostToken extends CarefulSession {
  override withToken(message: WireMessage): WireMessage {
    const { progressToken: _lost, ...meta } = (message.params?.['_meta'] ?? {}) as Record<string, unknown>;
    return { ...message, params: { ...message.params, _meta: meta } };
  }
}

class TokenOfTheServer extends CarefulSession {
  override progress(message: WireMessage): void {
    this.announce(message);
  }
}

class LostCancel extends CarefulSession {
  override cancel(_message: WireMessage, id: unknown): void {
    for (const [serverId, entry] of this.pending) if (entry.id === id) this.pending.delete(serverId);
  }
}

class CancelUnderTheIdOfTheClient extends CarefulSession {
  override cancel(message: WireMessage, id: unknown): void {
    for (const [serverId, entry] of this.pending) if (entry.id === id) this.pending.delete(serverId);
    this.pass(message);
  }
}

class CancelOfTheFirst extends CarefulSession {
  override cancel(message: WireMessage): void {
    const [first] = this.pending;
    if (first !== undefined) super.cancel(message, first[1].id);
  }
}

class LeakAtClose extends CarefulSession {
  override clientGone(): void {
    void this.server?.close();
    if (this.pending.size === 0) this.proxy.sessions.delete(this);
  }
}

class OneTooMany extends CarefulSession {
  override isFull(): boolean {
    return this.pending.size > pendingMax;
  }
}

class OneTooFew extends CarefulSession {
  override isFull(): boolean {
    return this.pending.size >= pendingMax - 1;
  }
}

class HangWhenFull extends CarefulSession {
  override refuse(): void {
    // Nobody is told.
  }
}

class DoubleSettle extends CarefulSession {
  override answer(message: WireMessage, id: Id): void {
    const entry = this.pending.get(id);
    super.answer(message, id);
    if (entry !== undefined && message.error === undefined) this.pending.set(id, entry);
  }
}

class LastClientAnswers extends CarefulSession {
  override respond(message: WireMessage): void {
    const last = [...this.proxy.sessions].at(-1) ?? this;
    void last.client.send(message);
  }
}

class Broadcast extends CarefulSession {
  override announce(message: WireMessage): void {
    for (const { client } of this.proxy.sessions) void client.send(message);
  }
}

class DroppedError extends CarefulSession {
  override answer(message: WireMessage, id: Id): void {
    if (message.error !== undefined) this.pending.delete(id);
    super.answer(message, id);
  }
}

/** What was cancelled is answered all the same at times, and by then its id is somebody else's. */
class IdsUsedAgain extends CarefulSession {
  override idFor(): Id {
    for (let id = 0; ; id++) if (!this.pending.has(id)) return id;
  }
}

class OneIsTheOtherAsText extends CarefulSession {
  override idFor(_message: WireMessage, id: Id): Id {
    return `${id}`;
  }
}

class Reordered extends CarefulSession {
  #held: WireMessage | undefined = undefined;
  override announce(message: WireMessage): void {
    const held = this.#held;
    this.#held = held === undefined ? message : undefined;
    if (held === undefined) return;
    super.announce(message);
    super.announce(held);
  }
}

class SwallowedQuestion extends CarefulSession {
  override ask(message: WireMessage, id: Id): void {
    if (this.asked.size === 0) super.ask(message, id);
  }
}

class QuestionToTheFirst extends CarefulSession {
  override ask(message: WireMessage, id: Id): void {
    const [first] = this.proxy.sessions;
    this.asked.set(`asked-${this.nextAsked}`, id);
    void first?.client.send({ ...message, id: `asked-${this.nextAsked++}` });
  }
}

/** Whoever answers first answers the last question. */
class ReplyToTheLastQuestion extends CarefulSession {
  override reply(message: WireMessage): void {
    const last = [...this.asked].at(-1);
    if (last !== undefined) super.reply({ ...message, id: last[0] });
  }
}

class ReplyUnderTheIdOfTheClient extends CarefulSession {
  override reply(message: WireMessage): void {
    if (this.asked.delete(message.id!)) void this.server?.send(message);
  }
}

class IdInUseHangs extends CarefulSession {
  override request(message: WireMessage, id: Id): void {
    if (![...this.pending.values()].some((entry) => entry.id === id)) super.request(message, id);
  }
}

class NoHandshakeAgain extends CarefulSession {
  override shakeHands(): void {
    // The new server does not know the client.
  }
}

class NeverConnectsAgain extends CarefulSession {
  override pass(message: WireMessage): void {
    if (this.server !== undefined) super.pass(message);
  }
}

class ForgottenWithTheServer extends CarefulSession {
  override serverGone(): void {
    this.server = undefined;
    this.waiting = undefined;
    this.pending.clear();
    this.asked.clear();
  }
}

/** What waited at a lost server is answered, and counts for ever. */
class PlaceOfTheLost extends CarefulSession {
  #lost = 0;

  override isFull(): boolean {
    return this.pending.size + this.#lost >= pendingMax;
  }

  override serverGone(): void {
    this.#lost += this.pending.size;
    super.serverGone();
  }
}

class MoreAfterALoss extends CarefulSession {
  #isAfterLoss = false;

  override isFull(): boolean {
    return this.pending.size >= (this.#isAfterLoss ? pendingMax + 1 : pendingMax);
  }

  override serverGone(): void {
    this.#isAfterLoss = true;
    super.serverGone();
  }
}

class SentAgainTwice extends CarefulSession {
  override handsShaken(): void {
    const waiting = this.waiting ?? [];
    super.handsShaken();
    for (const message of waiting) void this.server?.send(message);
  }
}

class NoVersion extends CarefulSession {
  override respond({ jsonrpc: _lost, ...message }: WireMessage): void {
    super.respond(message.error === undefined ? { jsonrpc: '2.0', ...message } : message);
  }
}

export const mutants: readonly Mutant[] = [
  { name: 'ids come back as texts', breaks: ['own-response', 'one-outcome'], Session: IdAsText },
  { name: 'one table for all clients', breaks: ['no-crossing', 'own-response', 'one-outcome'], Session: SharedPending },
  {
    name: 'progress after the response',
    breaks: ['progress-known', 'progress-kept', 'order'],
    Session: ProgressAfterResponse,
  },
  { name: 'lost progress', breaks: ['progress-kept'], Session: LostProgress },
  { name: 'lost token', breaks: ['progress-kept'], Session: LostToken },
  { name: 'token of the server', breaks: ['progress-known'], Session: TokenOfTheServer },
  { name: 'lost cancellation', breaks: ['cancel-passed-on'], Session: LostCancel },
  {
    name: 'cancellation under the id of the client',
    breaks: ['cancel-own', 'cancel-passed-on'],
    Session: CancelUnderTheIdOfTheClient,
  },
  {
    name: 'cancellation of the first request',
    breaks: ['one-outcome', 'cancel-own', 'cancel-passed-on'],
    Session: CancelOfTheFirst,
  },
  { name: 'leak at the end', breaks: ['nothing-left'], Session: LeakAtClose },
  { name: 'one more than may wait', breaks: ['limits'], Session: OneTooMany },
  { name: 'one fewer than may wait', breaks: ['limits'], Session: OneTooFew },
  { name: 'fewer than may wait after a loss', breaks: ['limits'], Session: PlaceOfTheLost },
  { name: 'more than may wait after a loss', breaks: ['limits'], Session: MoreAfterALoss },
  { name: 'hangs when full', breaks: ['one-outcome', 'duplicate-ids', 'recovery'], Session: HangWhenFull },
  { name: 'settled twice', breaks: ['one-outcome', 'limits', 'nothing-left'], Session: DoubleSettle },
  {
    name: 'answers the last client',
    breaks: ['no-crossing', 'own-response', 'one-outcome'],
    Session: LastClientAnswers,
  },
  { name: 'tells everybody', breaks: ['no-crossing'], Session: Broadcast },
  { name: 'dropped errors', breaks: ['one-outcome', 'recovery'], Session: DroppedError },
  {
    name: 'ids used again too early',
    breaks: ['fresh-ids', 'own-response', 'cancel-own', 'cancel-passed-on', 'progress-known'],
    Session: IdsUsedAgain,
  },
  {
    name: '1 and "1" are one',
    breaks: ['one-outcome', 'own-response', 'duplicate-ids', 'limits', 'progress-known'],
    Session: OneIsTheOtherAsText,
  },
  { name: 'out of order', breaks: ['order'], Session: Reordered },
  { name: 'swallowed question of a server', breaks: ['server-requests'], Session: SwallowedQuestion },
  { name: 'question to the wrong client', breaks: ['no-crossing'], Session: QuestionToTheFirst },
  { name: 'reply to the wrong question', breaks: ['own-response'], Session: ReplyToTheLastQuestion },
  {
    name: 'reply under the id of the client',
    breaks: ['own-response', 'server-requests'],
    Session: ReplyUnderTheIdOfTheClient,
  },
  { name: 'hangs when an id is in use', breaks: ['duplicate-ids'], Session: IdInUseHangs },
  { name: 'no handshake with the next server', breaks: ['handshake-first'], Session: NoHandshakeAgain },
  { name: 'never connects again', breaks: ['recovery', 'duplicate-ids'], Session: NeverConnectsAgain },
  { name: 'forgets who waits when the server goes', breaks: ['one-outcome'], Session: ForgottenWithTheServer },
  { name: 'sends again, twice', breaks: ['delivered-once'], Session: SentAgainTwice },
  { name: 'errors without version', breaks: ['json-rpc'], Session: NoVersion },
];
