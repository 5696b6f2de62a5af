/**
 * What is said and heard in a play, written down in the order in which it happens: each message of ours under its mark, what the
 * network does to it, and what everybody says by themselves, which are handshakes and answers to what no step has asked. Knows
 * connections and messages, and no steps.
 */

import type { Clock } from '../../ports.ts';
import type { HistoryEvent, NetworkDeed, WireMessage } from './history.ts';
import { markIn, markOf, playOf, withMark } from './marks.ts';
import { acknowledged, forListener, listenMethod } from './listening.ts';
import { Model, type Peer, type Waiting } from './model.ts';
import { initialized, paramsOf, resultOf } from './spoken.ts';
import type { ConnectionEvents, Delivery, TargetConnection, TargetFacts } from './target.ts';

type Unnumbered = HistoryEvent extends infer Each
  ? Each extends HistoryEvent
    ? Omit<Each, 'seq' | 'at' | 'step'>
    : never
  : never;

/** What the network may do to the next message. */
export type MessageFault = 'split' | 'delay' | 'duplicate' | 'drop';

const deliveries: Readonly<Record<MessageFault, { readonly deed: NetworkDeed['deed']; readonly how: Delivery }>> = {
  split: { deed: 'split', how: { pieces: 3 } },
  delay: { deed: 'delayed', how: { delayMs: 20 } },
  duplicate: { deed: 'duplicated', how: { isTwice: true } },
  drop: { deed: 'dropped', how: { isDropped: true } },
};

export class Conversation {
  readonly history: HistoryEvent[] = [];
  readonly model = new Model();
  /** The step of the play that we are at. */
  step = 0;
  /** Called when something was written down. */
  onEvent: ((event: HistoryEvent) => void) | undefined = undefined;
  /** Called when somebody has something to say by themselves. */
  onDue: (() => void) | undefined = undefined;
  readonly #facts: TargetFacts;
  readonly #clock: Clock;
  readonly #startedAt: number;
  /** How many plays the thing under test has had before this one. */
  readonly #playsBefore: number;
  readonly #connections = new Map<number, TargetConnection>();
  readonly #faults = new Map<number, MessageFault>();
  readonly #welcomed = new Set<number>();
  #connectionsMade = 0;
  /** Never said from within what caused it, as no transport would. */
  #due: (() => void)[] = [];

  /** Connections of our servers on which somebody goes on with an earlier play. */
  readonly #ofEarlier = new Set<number>();

  constructor(facts: TargetFacts, clock: Clock, playsBefore = 0) {
    this.#facts = facts;
    this.#playsBefore = playsBefore;
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** Of what is said next. */
  get nextMark(): number {
    return markIn(this.#playsBefore, this.history.length);
  }

  get isAnythingDue(): boolean {
    return this.#due.length > 0;
  }

  // --- connections ------------------------------------------------------------------------------------------------------

  /** We are the client of a connection that `open` makes. */
  async connect(
    principal: string | undefined,
    open: (events: ConnectionEvents) => Promise<TargetConnection>,
  ): Promise<void> {
    const number = this.#opened('client', principal);
    this.#connections.set(number, await open(this.#eventsOf(number)));
  }

  /** We are the server of a connection that the thing under test has opened. */
  serve(connection: TargetConnection): ConnectionEvents {
    const number = this.#opened('server', undefined);
    this.#connections.set(number, connection);
    return this.#eventsOf(number);
  }

  close({ connection }: Peer, isCut: boolean): void {
    this.write({ type: 'disconnected', connection, by: 'us' });
    const end = this.#connections.get(connection);
    if (isCut) end?.cut();
    else end?.close();
  }

  read({ connection }: Peer, isReading: boolean): void {
    this.write({ type: 'network', connection, deed: isReading ? 'reading-resumed' : 'reading-stopped' });
    this.#connections.get(connection)?.read(isReading);
  }

  /** The network does this to the next message that we send on the connection. */
  disturb({ connection }: Peer, fault: MessageFault): void {
    this.#faults.set(connection, fault);
  }

  // --- saying -----------------------------------------------------------------------------------------------------------

  send({ connection }: Peer, message: WireMessage, about?: number): void {
    const seq = this.history.length;
    const marked = withMark(message, this.nextMark);
    this.write({ type: 'sent', connection, message: marked, ...(about === undefined ? {} : { about }) });
    const fault = this.#faults.get(connection);
    const delivery = fault === undefined ? undefined : deliveries[fault];
    if (delivery !== undefined) {
      this.#faults.delete(connection);
      this.write({ type: 'network', connection, deed: delivery.deed, of: seq });
    }
    this.#connections.get(connection)?.send(marked, seq, delivery?.how);
  }

  /** Answers a request that came to us. */
  answer(asked: Waiting, kind: 'result' | 'error'): void {
    const { method, params } = asked;
    const error = { code: 4000, message: 'The play wants it to fail' };
    const body = resultOf(method, this.#facts.era, params?.['protocolVersion']);
    const result = (): object => (method === listenMethod ? forListener(body, asked.id) : body);
    this.#respond(asked, kind === 'error' ? { error } : { result: result() });
  }

  /** Tells a listener. */
  announce({ connection, id, seq, params: asked }: Waiting, method: string): void {
    const words = method === acknowledged ? { notifications: asked?.['notifications'] } : paramsOf(method);
    const peer = this.model.peer(connection);
    if (peer !== undefined) this.send(peer, { jsonrpc: '2.0', method, params: forListener(words, id) }, seq);
  }

  progress(asked: Waiting): void {
    const params = { progressToken: asked.progressToken, progress: asked.progress + 1 };
    const peer = this.model.peer(asked.connection);
    if (peer !== undefined) this.send(peer, { jsonrpc: '2.0', method: 'notifications/progress', params }, asked.seq);
  }

  /** On HTTP of 2026-07-28 a client that wants no answer any more closes the stream that it would come in; else it says so. */
  cancel(peer: Peer, { id, seq }: Waiting): void {
    if (this.#facts.era === 'stateless' && this.#facts.isHttp) {
      this.write({ type: 'abandoned', connection: peer.connection, of: seq });
      this.#connections.get(peer.connection)?.abandon?.(seq);
    } else {
      const params = { requestId: id, reason: 'Not wanted any more' };
      this.send(peer, { jsonrpc: '2.0', method: 'notifications/cancelled', params }, seq);
    }
  }

  /** Lets everybody say what they have to say by themselves. */
  flush(): void {
    const due = this.#due;
    this.#due = [];
    for (const say of due) say();
  }

  write(event: Unnumbered): void {
    const at = this.#clock.now() - this.#startedAt;
    const written = Object.assign(event, { seq: this.history.length, at, step: this.step });
    this.history.push(written);
    this.model.take(written);
    this.onEvent?.(written);
  }

  // --- hearing ----------------------------------------------------------------------------------------------------------

  #opened(role: Peer['role'], principal: string | undefined): number {
    const connection = this.#connectionsMade++;
    this.write({ type: 'connected', connection, role, ...(principal === undefined ? {} : { principal }) });
    return connection;
  }

  #eventsOf(connection: number): ConnectionEvents {
    return {
      message: (message, via) => {
        if (this.#isLeftover(connection, message)) return this.#takeLeftover(connection, message);
        const seq = this.history.length;
        this.write({ type: 'received', connection, message, ...(via === undefined ? {} : { via }) });
        this.#react(connection, message, seq);
      },
      unreadable: (text, reason) => this.write({ type: 'unreadable', connection, text, reason }),
      exchangeEnded: (of, status) => this.write({ type: 'exchange-ended', connection, of, status }),
      closed: () => {
        const isNews = this.model.peer(connection)?.isOpen === true;
        if (isNews) this.write({ type: 'disconnected', connection, by: 'target' });
      },
    };
  }

  /** By its mark; on a connection that an earlier play has led to also what has none. */
  #isLeftover(connection: number, message: WireMessage): boolean {
    const play = playOf(message);
    if (play === this.#playsBefore) this.#ofEarlier.delete(connection);
    return play === undefined ? this.#ofEarlier.has(connection) : play < this.#playsBefore;
  }

  /** Nobody waits for it here; but who asks is answered, so that nothing of it is left for the next play. */
  #takeLeftover(connection: number, message: WireMessage): void {
    const seq = this.history.length;
    this.write({ type: 'leftover', connection, message });
    const peer = this.model.peer(connection);
    if (peer?.role !== 'server') return;
    this.#ofEarlier.add(connection);
    const { id, method, params } = message;
    if (method === undefined || id === undefined || id === null) return;
    const body = resultOf(method, this.#facts.era, params?.['protocolVersion']);
    this.#later(peer, () => this.send(peer, { jsonrpc: '2.0', id, result: body }, seq));
  }

  #react(connection: number, message: WireMessage, seq: number): void {
    const peer = this.model.peer(connection);
    if (peer === undefined) return;
    if (peer.role === 'client' && peer.handshake === 'done' && !this.#welcomed.has(connection)) {
      this.#welcomed.add(connection);
      this.#later(peer, () => this.send(peer, initialized));
    }
    if (message.method === undefined || message.id === undefined || message.id === null) return;
    if (message.method === listenMethod && peer.role === 'server' && this.#facts.era === 'stateless') {
      this.#later(peer, () => {
        const asked = peer.theirs.find((one) => one.seq === seq);
        if (asked !== undefined) this.announce(asked, acknowledged);
      });
      return;
    }
    if (message.method === 'initialize' || this.#isOfItsOwn(peer, message)) {
      this.#later(peer, () => {
        const asked = peer.theirs.find((one) => one.seq === seq);
        if (asked !== undefined) this.#answerByItself(asked);
      });
    }
  }

  /** What a proxy asks for itself carries no mark, and no step answers it; of a client or server under test that is pings alone. */
  #isOfItsOwn({ role }: Peer, message: WireMessage): boolean {
    if (message.method === 'ping') return markOf(message) === undefined;
    return this.#facts.kind === 'proxy' && role === 'server' && markOf(message) === undefined;
  }

  #answerByItself(asked: Waiting): void {
    const isForeign = this.#facts.era === 'session' && asked.method === 'server/discover';
    if (isForeign) this.#respond(asked, { error: { code: -32601, message: 'Method not found' } });
    else this.answer(asked, 'result');
  }

  #respond({ connection, id, seq }: Waiting, body: object): void {
    const peer = this.model.peer(connection);
    if (peer !== undefined) this.send(peer, { jsonrpc: '2.0', id, ...body }, seq);
  }

  #later(peer: Peer, say: () => void): void {
    this.#due.push(() => {
      if (peer.isOpen) say();
    });
    this.onDue?.();
  }
}
