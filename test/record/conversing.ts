/** Conversations of tapes as tests write them down: who says what, one line and ten milliseconds after the other. */
import type { RequestId } from '../../src/protocol/envelope.ts';
import type {
  Conversation,
  MessageValue,
  Taped,
  TapedAnswer,
  TapedRequest,
} from '../../src/record/replay-conversation.ts';

/** The line of the first message. */
export const firstLine = 2;
export const gapMs = 10;

type Answerable = TapedRequest & { answer: TapedAnswer | undefined; outcome: TapedRequest['outcome'] };

export class Conversing {
  readonly #messages: Taped[] = [];
  readonly client = new Side('client', this);
  readonly server = new Side('server', this);

  get conversation(): Conversation {
    return { session: 1, messages: this.#messages };
  }

  /** Line and time of the next message. */
  get next(): { readonly line: number; readonly at: number; readonly session: number } {
    const count = this.#messages.length;
    return { line: firstLine + count, at: 1000 + count * gapMs, session: 1 };
  }

  add(message: Taped): void {
    this.#messages.push(message);
  }

  /** The request that waits under this id. */
  waiting(from: 'client' | 'server', id: RequestId): Answerable {
    const found = this.#messages.findLast(
      (message) => message.kind === 'request' && message.from === from && message.id === id,
    );
    if (found?.kind !== 'request') throw new Error(`Nobody has asked ${id}`);
    return found;
  }

  handshake(): this {
    this.client.asks(0, 'initialize', { protocolVersion: '2025-11-25' });
    this.server.answers(0, { protocolVersion: '2025-11-25', serverInfo: { name: 'taped' } });
    this.client.tells('notifications/initialized');
    return this;
  }
}

class Side {
  readonly #from: 'client' | 'server';
  readonly #talk: Conversing;

  constructor(from: 'client' | 'server', talk: Conversing) {
    this.#from = from;
    this.#talk = talk;
  }

  asks(id: RequestId, method: string, params?: object): void {
    const message = request(id, method, params);
    const from = this.#from;
    const asked: Answerable = {
      ...this.#talk.next,
      from,
      kind: 'request',
      id,
      method,
      message,
      outcome: undefined,
      answer: undefined,
    };
    this.#talk.add(asked);
  }

  tells(method: string, params?: object): void {
    this.#talk.add({
      ...this.#talk.next,
      from: this.#from,
      kind: 'notification',
      method,
      message: notification(method, params),
    });
  }

  answers(id: RequestId, result: unknown): void {
    const asked = this.#talk.waiting(this.#from === 'client' ? 'server' : 'client', id);
    const { method } = asked;
    const message = answer(id, result);
    asked.outcome = 'result';
    asked.answer = { ...this.#talk.next, from: this.#from, kind: 'response', method, message, request: asked };
    this.#talk.add(asked.answer);
  }
}

export const request = (id: RequestId, method: string, params?: object): MessageValue => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params === undefined ? {} : { params }),
});

export const notification = (method: string, params?: object): MessageValue => ({
  jsonrpc: '2.0',
  method,
  ...(params === undefined ? {} : { params }),
});

export const answer = (id: RequestId, result: unknown): MessageValue => ({ jsonrpc: '2.0', id, result });

export const call = (id: RequestId, name: string, args: object = {}, meta?: object): MessageValue =>
  request(id, 'tools/call', { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) });
