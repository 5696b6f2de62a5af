/**
 * A front of HTTP as plays see it, without sockets: each message is an exchange of its own, answers come in the exchange of their
 * request, and what belongs to no request comes on a stream of its own. Behind it stands the careful proxy, or a mutant of it. It gives
 * every request an id of its own, so that two clients' requests under one id harm nobody. Mutants of the front do one thing wrong.
 */
import type { Link } from '../../../src/testing/in-process/link.ts';
import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import { isJsonObject } from '../../../src/protocol/derive.ts';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import { forListener, listenerOf } from '../../../src/testing/play/listening.ts';
import { progressTokenOf } from '../../../src/testing/play/model.ts';
import type { ConnectionEvents, Target, TargetConnection, TargetFacts } from '../../../src/testing/play/target.ts';
import { CarefulProxy, type CarefulSession, type Id } from './careful-proxy.ts';

interface Exchange {
  readonly number: number;
  readonly id: Id;
  readonly token: Id | undefined;
}

export class CarefulFront implements TargetConnection {
  /** What the proxy holds. */
  readonly link: Link;
  readonly events: ConnectionEvents;
  /** Those without an answer, by the id that they have behind the front. */
  readonly open = new Map<Id, Exchange>();
  #isOpen = true;

  constructor(events: ConnectionEvents) {
    this.events = events;
    const say = (message: WireMessage): Promise<void> => Promise.resolve(this.say(message));
    this.link = { start: () => Promise.resolve(), send: say, close: () => Promise.resolve(this.cut()) };
  }

  // --- as its client sees it --------------------------------------------------------------------------------------------

  send(message: WireMessage, number: number): void {
    const { id, method, params } = message;
    if (method !== undefined && id !== undefined && id !== null) {
      const inner = this.idFor(message, number);
      this.open.set(inner, { number, id, token: progressTokenOf(message) });
      return this.pass({ ...message, id: inner });
    }
    if (method === 'notifications/cancelled') this.cancel(message, params?.['requestId']);
    else this.pass(message);
    this.events.exchangeEnded(number, 202);
  }

  idFor(_message: WireMessage, number: number): Id {
    return number;
  }

  cancel(message: WireMessage, id: unknown): void {
    for (const [inner, exchange] of this.open) {
      if (exchange.id !== id) continue;
      this.pass({ ...message, params: { ...message.params, requestId: inner } });
      return this.end(inner, exchange);
    }
  }

  abandon(number: number): void {
    for (const [inner, exchange] of this.open) {
      if (exchange.number !== number) continue;
      this.open.delete(inner);
      this.pass({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: inner } });
    }
  }

  read(): void {}

  close(): void {
    this.cut();
  }

  cut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.link.onclose?.();
  }

  // --- as what is behind it sees it -------------------------------------------------------------------------------------

  pass(message: WireMessage): void {
    this.link.onmessage?.(message);
  }

  say(message: WireMessage): void {
    if (!this.#isOpen) return;
    if (message.method !== undefined) return this.tell(message);
    const exchange = this.open.get(message.id!);
    if (exchange !== undefined) this.answer(message, exchange);
  }

  answer(message: WireMessage, exchange: Exchange): void {
    const { number, id } = exchange;
    const { result } = message;
    const isListener = listenerOf(message) !== undefined && isJsonObject(result);
    this.events.message({ ...message, ...(isListener ? { result: forListener(result, id) } : {}), id }, number);
    this.end(message.id!, exchange);
  }

  /** Progress and what listeners are told comes in the exchange that it belongs to. */
  tell(message: WireMessage): void {
    const token = message.method === 'notifications/progress' ? message.params?.['progressToken'] : undefined;
    const own = [...this.open.values()].find((exchange) => token !== undefined && exchange.token === token);
    const listener = this.open.get(listenerOf(message) as Id);
    if (listener !== undefined) this.tellListener(message, listener);
    else this.events.message(message, own?.number);
  }

  tellListener(message: WireMessage, { id, number }: Exchange): void {
    this.events.message({ ...message, params: forListener(message.params, id) }, number);
  }

  end(inner: Id, { number }: Exchange): void {
    this.open.delete(inner);
    this.events.exchangeEnded(number, 200);
  }
}

/** A proxy with this front, and with this session behind it. */
export function httpTarget(
  facts: Pick<TargetFacts, 'era' | 'pendingMax'>,
  Session: typeof CarefulSession,
  Front: typeof CarefulFront,
): Target {
  const proxies: CarefulProxy[] = [];
  const target = inProcessTarget(
    'proxy',
    (world) => {
      const proxy = new CarefulProxy(world, Session);
      proxies.push(proxy);
      return proxy;
    },
    { ...facts, isHttp: true, isSynchronous: true, faults: ['cut', 'kill-server'] },
  );
  return {
    ...target,
    start: async (stage) => {
      const running = await target.start(stage);
      const proxy = proxies.pop()!;
      return {
        ...running,
        connect: (events) => {
          const front = new Front(events);
          proxy.accept(front.link);
          return Promise.resolve(front);
        },
      };
    },
  };
}
