/** Proxies without sessions that do one thing wrong to those who listen. */
import type { WireMessage } from '../../../src/testing/play/history.ts';
import { acknowledged, forListener, listenMethod } from '../../../src/testing/play/listening.ts';
import { CarefulSession, type Id, type Pending } from './careful-proxy.ts';
import type { Mutant } from './mutants.ts';

class ListenerOfTheServer extends CarefulSession {
  override announce(message: WireMessage): void {
    void this.client.send(message);
  }
}

class ListenerAsText extends CarefulSession {
  override tellListener(message: WireMessage, entry: Pending): void {
    super.tellListener(message, { ...entry, id: `${entry.id}` });
  }
}

class AllListenersHear extends CarefulSession {
  override tellListener(message: WireMessage): void {
    for (const one of this.pending.values()) super.tellListener(message, one);
  }
}

class OnlyTheFirstListens extends CarefulSession {
  override tellListener(message: WireMessage): void {
    const [first] = this.pending.values();
    super.tellListener(message, first!);
  }
}

class AcknowledgesAndIsSilent extends CarefulSession {
  override tellListener(message: WireMessage, entry: Pending): void {
    if (message.method === acknowledged) super.tellListener(message, entry);
  }
}

class NeverAcknowledges extends CarefulSession {
  override tellListener(message: WireMessage, entry: Pending): void {
    if (message.method !== acknowledged) super.tellListener(message, entry);
  }
}

class AsksForMore extends CarefulSession {
  override pass(message: WireMessage): void {
    const isListening = message.method === listenMethod;
    const notifications = { toolsListChanged: true, promptsListChanged: true };
    super.pass(isListening ? { ...message, params: { ...message.params, notifications } } : message);
  }
}

class WithoutListener extends CarefulSession {
  override tellListener(message: WireMessage): void {
    void this.client.send({ ...message, params: { ...message.params, _meta: {} } });
  }
}

class GoesOnAfterCancel extends CarefulSession {
  readonly #cancelled = new Map<Id, Pending>();
  override cancel(message: WireMessage, id: unknown): void {
    for (const [serverId, entry] of this.pending) if (entry.id === id) this.#cancelled.set(serverId, entry);
    super.cancel(message, id);
  }
  override announce(message: WireMessage): void {
    const meta = message.params?.['_meta'] as Readonly<Record<string, Id>>;
    const entry = this.#cancelled.get(meta['io.modelcontextprotocol/subscriptionId']!);
    if (entry === undefined) super.announce(message);
    else this.tellListener(message, entry);
  }
}

class GoesOnAfterTheEnd extends CarefulSession {
  override respond(message: WireMessage): void {
    super.respond(message);
    const method = 'notifications/tools/list_changed';
    if (message.result === undefined || !JSON.stringify(message).includes('subscriptionId')) return;
    void this.client.send({ jsonrpc: '2.0', method, params: forListener({}, message.id!) });
  }
}

class CancelOfListenersIsLost extends CarefulSession {
  override pass(message: WireMessage): void {
    if (message.method !== 'notifications/cancelled') super.pass(message);
  }
}

export const listeningMutants: readonly Mutant[] = [
  { name: 'listeners by the id of the server', breaks: ['listen-own'], Session: ListenerOfTheServer },
  { name: 'listeners by their id as text', breaks: ['listen-own'], Session: ListenerAsText },
  {
    name: 'all listeners hear what one is told',
    breaks: ['listen-own', 'listen-asked', 'delivered-once'],
    Session: AllListenersHear,
  },
  { name: 'only the first listens', breaks: ['listen-own', 'listen-asked'], Session: OnlyTheFirstListens },
  { name: 'nothing after the acknowledgement', breaks: ['listen-kept'], Session: AcknowledgesAndIsSilent },
  { name: 'no acknowledgement', breaks: ['listen-kept', 'listen-asked'], Session: NeverAcknowledges },
  { name: 'asks for more than was asked for', breaks: ['listen-asked'], Session: AsksForMore },
  { name: 'does not say who is meant', breaks: ['listen-own'], Session: WithoutListener },
  { name: 'goes on after a cancellation', breaks: ['listen-over'], Session: GoesOnAfterCancel },
  { name: 'goes on after the end', breaks: ['listen-over'], Session: GoesOnAfterTheEnd },
  { name: 'listens on for nobody', breaks: ['cancel-passed-on'], Session: CancelOfListenersIsLost },
];
