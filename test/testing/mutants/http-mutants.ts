/** Proxies that do one thing wrong that only a front of HTTP can. */
import type { WireMessage } from '../../../src/testing/play/history.ts';
import type { Id } from './careful-proxy.ts';
import { CarefulFront } from './http-front.ts';

/** As a server that knows its streams by the ids of the clients: who comes last has the answer of who came first. */
class StreamByTheIdOfTheClient extends CarefulFront {
  override idFor({ id }: WireMessage): Id {
    return id!;
  }
}

class RefusesNothingAndForgets extends CarefulFront {
  override send(message: WireMessage, number: number): void {
    const isTwin = [...this.open.values()].some(({ id }) => id === message.id);
    if (message.method === undefined || !isTwin) super.send(message, number);
  }
}

/** When the server goes, so does the stream, and nobody says why. */
class EndsInSilence extends CarefulFront {
  override answer(...[message, exchange]: Parameters<CarefulFront['answer']>): void {
    if (message.error?.code === 5000) this.end(message.id!, exchange);
    else super.answer(message, exchange);
  }
}

class EndsWithProgress extends CarefulFront {
  override tell(message: WireMessage): void {
    super.tell(message);
    const token = message.params?.['progressToken'];
    for (const [inner, exchange] of this.open)
      if (token !== undefined && exchange.token === token) this.end(inner, exchange);
  }
}

class CancelledStaysOpen extends CarefulFront {
  override cancel(message: WireMessage, id: unknown): void {
    for (const [inner, exchange] of this.open) {
      if (exchange.id === id) this.pass({ ...message, params: { ...message.params, requestId: inner } });
    }
  }
}

class ListenersOnTheFirstStream extends CarefulFront {
  override tellListener(message: WireMessage, exchange: Parameters<CarefulFront['tellListener']>[1]): void {
    const [first] = this.open.values();
    super.tellListener(message, { ...exchange, number: first!.number });
  }
}

class ClosedListenerGoesOn extends CarefulFront {
  override abandon(number: number): void {
    for (const [inner, exchange] of this.open) if (exchange.number === number) this.open.delete(inner);
  }
}

export interface HttpMutant {
  readonly name: string;
  readonly era: 'session' | 'stateless';
  readonly breaks: readonly string[];
  readonly Front: typeof CarefulFront;
}

const both = ['session', 'stateless'] as const;

export const httpMutants: readonly HttpMutant[] = [
  ...both.flatMap((era): readonly HttpMutant[] => [
    { era, name: 'streams by the id of the client', breaks: ['duplicate-ids'], Front: StreamByTheIdOfTheClient },
    { era, name: 'an id in use is left waiting', breaks: ['duplicate-ids'], Front: RefusesNothingAndForgets },
    { era, name: 'the stream ends when the server does', breaks: ['stream-end'], Front: EndsInSilence },
    { era, name: 'the stream ends with progress', breaks: ['stream-end'], Front: EndsWithProgress },
  ]),
  { era: 'session', name: 'what is cancelled stays open', breaks: ['cancel-ends-exchange'], Front: CancelledStaysOpen },
  {
    era: 'stateless',
    name: 'listeners on the first stream',
    breaks: ['listen-own'],
    Front: ListenersOnTheFirstStream,
  },
  {
    era: 'stateless',
    name: 'who stops listening is listened to',
    breaks: ['cancel-passed-on', 'listen-own', 'limits'],
    Front: ClosedListenerGoesOn,
  },
];
