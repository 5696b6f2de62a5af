/**
 * A small proxy that keeps every law: one connection to a server for each client, ids of its own on both sides, a limit, and a new
 * server when one is lost. The mutants are made of it: each step of its work is a method that a mutant can do wrong.
 */
import type { Link } from '../../../src/testing/in-process/link.ts';
import type { UnderTest, World } from '../../../src/testing/in-process/target.ts';
import { isJsonObject } from '../../../src/protocol/derive.ts';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import { forListener, listenerOf } from '../../../src/testing/play/listening.ts';
import { progressTokenOf } from '../../../src/testing/play/model.ts';

export type Id = string | number;

/** A request of the client that its server has not answered. */
export interface Pending {
  readonly id: Id;
  readonly token: Id | undefined;
}

export const pendingMax = 3;

export class CarefulProxy implements UnderTest {
  readonly world: World;
  readonly sessions = new Set<CarefulSession>();
  readonly #Session: typeof CarefulSession;

  constructor(world: World, Session: typeof CarefulSession = CarefulSession) {
    this.world = world;
    this.#Session = Session;
  }

  accept(link: Link): void {
    const session = new this.#Session(this, link);
    this.sessions.add(session);
    session.begin();
  }

  held(): Readonly<Record<string, number>> {
    const all = [...this.sessions];
    const count = (of: (session: CarefulSession) => number): number => all.reduce((sum, one) => sum + of(one), 0);
    return {
      sessions: all.length,
      pending: count(({ pending }) => pending.size),
      asked: count(({ asked }) => asked.size),
    };
  }
}

export class CarefulSession {
  readonly proxy: CarefulProxy;
  readonly client: Link;
  server: Link | undefined = undefined;
  /** Requests of the client, by the id that they have at the server. */
  pending = new Map<Id, Pending>();
  /** Requests of the server, by the id that they have at the client. */
  asked = new Map<Id, Id>();
  /** What the client began with, for a server that has to be begun with anew. */
  hello: WireMessage | undefined = undefined;
  /** What waits for the handshake with a new server. */
  waiting: WireMessage[] | undefined = undefined;
  nextId = 0;
  nextAsked = 0;

  constructor(proxy: CarefulProxy, client: Link) {
    this.proxy = proxy;
    this.client = client;
  }

  begin(): void {
    this.connect();
    this.client.onmessage = (message) => this.fromClient(message);
    this.client.onclose = () => this.clientGone();
  }

  connect(): void {
    const server = this.proxy.world.openServer();
    this.server = server;
    server.onmessage = (message) => this.fromServer(message);
    server.onclose = () => this.serverGone();
  }

  // --- what clients say -------------------------------------------------------------------------------------------------

  fromClient(message: WireMessage): void {
    const { id, method, params } = message;
    if (method === undefined) this.reply(message);
    else if (id !== undefined && id !== null) this.request(message, id);
    else if (method === 'notifications/cancelled') this.cancel(message, params?.['requestId']);
    else this.notify(message);
  }

  request(message: WireMessage, id: Id): void {
    if (this.isFull()) return this.refuse(id, 'Too many requests wait');
    if (message.method === 'initialize') this.hello = message;
    const serverId = this.idFor(message, id);
    const token = progressTokenOf(message);
    this.pending.set(serverId, { id, token });
    this.pass({ ...this.withToken(message, token === undefined ? undefined : serverId), id: serverId });
  }

  isFull(): boolean {
    return this.pending.size >= pendingMax;
  }

  idFor(_message: WireMessage, _id: Id): Id {
    return this.nextId++;
  }

  withToken(message: WireMessage, token: Id | undefined): WireMessage {
    if (token === undefined) return message;
    const meta = message.params?.['_meta'] as object;
    return { ...message, params: { ...message.params, _meta: { ...meta, progressToken: token } } };
  }

  cancel(message: WireMessage, id: unknown): void {
    for (const [serverId, entry] of this.pending) {
      if (entry.id !== id) continue;
      this.pending.delete(serverId);
      return this.pass({ ...message, params: { ...message.params, requestId: serverId } });
    }
  }

  notify(message: WireMessage): void {
    this.pass(message);
  }

  /** To the server; through a new one where the last was lost. */
  pass(message: WireMessage): void {
    if (this.server === undefined) {
      this.connect();
      if (this.hello !== undefined && message.method !== 'initialize') this.shakeHands(this.hello);
    }
    if (this.waiting !== undefined) this.waiting.push(message);
    else void this.server?.send(message);
  }

  shakeHands(hello: WireMessage): void {
    this.waiting = [];
    void this.server?.send({ ...hello, id: 'again' });
  }

  reply(message: WireMessage): void {
    const id = this.asked.get(message.id!);
    if (id === undefined) return;
    this.asked.delete(message.id!);
    void this.server?.send({ ...message, id });
  }

  // --- what servers say -------------------------------------------------------------------------------------------------

  fromServer(message: WireMessage): void {
    const { id, method } = message;
    if (method === undefined) this.answer(message, id!);
    else if (id !== undefined && id !== null) this.ask(message, id);
    else if (method === 'notifications/progress') this.progress(message);
    else this.announce(message);
  }

  answer(message: WireMessage, id: Id): void {
    if (id === 'again') return this.handsShaken();
    const entry = this.pending.get(id);
    if (entry === undefined) return;
    this.pending.delete(id);
    const { result } = message;
    const isListener = listenerOf(message) !== undefined && isJsonObject(result);
    this.respond({ ...message, ...(isListener ? { result: forListener(result, entry.id) } : {}), id: entry.id });
  }

  handsShaken(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    void this.server?.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    for (const message of waiting) void this.server?.send(message);
  }

  respond(message: WireMessage): void {
    void this.client.send(message);
  }

  refuse(id: Id, text: string): void {
    this.respond({ jsonrpc: '2.0', id, error: { code: 5000, message: text } });
  }

  ask(message: WireMessage, id: Id): void {
    const clientId = `asked-${this.nextAsked++}`;
    this.asked.set(clientId, id);
    void this.client.send({ ...message, id: clientId });
  }

  progress(message: WireMessage): void {
    const token = this.pending.get(message.params!['progressToken'] as Id)?.token;
    if (token !== undefined) void this.client.send({ ...message, params: { ...message.params, progressToken: token } });
  }

  announce(message: WireMessage): void {
    const named = listenerOf(message);
    if (named === undefined) return void this.client.send(message);
    const listener = this.pending.get(named as Id);
    if (listener !== undefined) this.tellListener(message, listener);
  }

  tellListener(message: WireMessage, { id }: Pending): void {
    void this.client.send({ ...message, params: forListener(message.params, id) });
  }

  // --- ends -------------------------------------------------------------------------------------------------------------

  serverGone(): void {
    this.server = undefined;
    this.waiting = undefined;
    this.asked.clear();
    for (const [serverId, { id }] of [...this.pending]) {
      this.pending.delete(serverId);
      this.refuse(id, 'The server is gone');
    }
  }

  clientGone(): void {
    this.pending.clear();
    this.asked.clear();
    this.proxy.sessions.delete(this);
    void this.server?.close();
  }
}
