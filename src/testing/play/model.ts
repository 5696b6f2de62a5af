/**
 * What is there in the course of a play: connections, how far their handshakes are, and who waits for what in both directions. It
 * follows from the history alone, event by event, so that what a step is about can be told for any target. Judges nothing.
 */

import type { RequestId } from '../../protocol/envelope.ts';
import type { HistoryEvent, Received, Sent, WireMessage } from './history.ts';

/** A request that waits for its response. */
export interface Waiting {
  /** Of the event that it is in the history. */
  readonly seq: number;
  readonly connection: number;
  readonly id: RequestId;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  readonly progressToken: RequestId | undefined;
  isCancelled: boolean;
  /** How often its progress was told. */
  progress: number;
}

/** One connection, and what waits on it. */
export interface Peer {
  readonly connection: number;
  /** What we are on it. */
  readonly role: 'client' | 'server';
  readonly principal: string | undefined;
  isOpen: boolean;
  isReading: boolean;
  handshake: 'none' | 'begun' | 'done';
  /** Requests that we sent, in their order. */
  readonly ours: Waiting[];
  /** Requests that came to us, in their order. */
  readonly theirs: Waiting[];
  /** Ids of the requests that we sent, from the first on. */
  readonly idsUsed: RequestId[];
}

export class Model {
  readonly #peers: Peer[] = [];
  readonly #byConnection = new Map<number, Peer>();
  /** The thing under test was killed. */
  isTargetDead = false;

  /** The open connections, in the order in which they came. */
  peers(role?: Peer['role']): readonly Peer[] {
    return this.#peers.filter((peer) => peer.isOpen && (role === undefined || peer.role === role));
  }

  peer(connection: number): Peer | undefined {
    return this.#byConnection.get(connection);
  }

  /** The requests that wait for an answer of ours on connections of this role, in the order of the connections. */
  askedOf(role: Peer['role']): readonly Waiting[] {
    return this.peers(role).flatMap((peer) => peer.theirs);
  }

  /** What happened next. Events must come in their order. */
  take(event: HistoryEvent): void {
    if (event.type === 'connected') {
      const { connection, role, principal } = event;
      const peer: Peer = {
        connection,
        role,
        principal,
        isOpen: true,
        isReading: true,
        handshake: 'none',
        ours: [],
        theirs: [],
        idsUsed: [],
      };
      this.#peers.push(peer);
      this.#byConnection.set(connection, peer);
    } else if (event.type === 'process') {
      if (event.of === 'target' && event.deed === 'killed') this.isTargetDead = true;
    } else if ('connection' in event) {
      const peer = this.#byConnection.get(event.connection);
      if (peer !== undefined) takeOf(peer, event);
    }
  }
}

function takeOf(peer: Peer, event: Extract<HistoryEvent, { readonly connection: number }>): void {
  switch (event.type) {
    case 'sent':
      return said(peer.ours, peer.theirs, peer, event);
    case 'received':
      return said(peer.theirs, peer.ours, peer, event);
    case 'disconnected':
      peer.isOpen = false;
      return;
    case 'exchange-ended':
      if (event.status >= 400 || event.status === 0) remove(peer.ours, ({ seq }) => seq === event.of);
      return;
    case 'abandoned':
      remove(peer.ours, ({ seq }) => seq === event.of);
      return;
    case 'network':
      if (event.deed === 'reading-stopped') peer.isReading = false;
      if (event.deed === 'reading-resumed') peer.isReading = true;
      return;
    case 'connected':
    case 'unreadable':
    case 'leftover':
      return;
  }
}

/** A message of one side: `own` are the requests of its sender, `others` those that the sender is asked. */
function said(own: Waiting[], others: Waiting[], peer: Peer, event: Sent | Received): void {
  const { message, seq, connection } = event;
  const { id, method } = message;
  if (method === undefined) {
    if (id !== undefined && id !== null) answered(others, peer, event, id);
    return;
  }
  if (id !== undefined && id !== null) {
    own.push({
      seq,
      connection,
      id,
      method,
      params: message.params,
      progressToken: progressTokenOf(message),
      isCancelled: false,
      progress: 0,
    });
    if (event.type === 'sent') peer.idsUsed.push(id);
    if (method === 'initialize') peer.handshake = 'begun';
    return;
  }
  if (method === 'notifications/cancelled') {
    const about = event.type === 'sent' ? event.about : undefined;
    const cancelled = own.find((one) =>
      about === undefined ? one.id === message.params?.['requestId'] : one.seq === about,
    );
    if (cancelled !== undefined) cancelled.isCancelled = true;
  } else if (method === 'notifications/progress' && event.type === 'sent') {
    const told = others.find((one) => one.seq === event.about);
    if (told !== undefined) told.progress++;
  }
}

/** By what it says that it is about, else by its place: on HTTP that of the request in whose response it came. */
function answered(others: Waiting[], peer: Peer, event: Sent | Received, id: RequestId): void {
  const about = event.type === 'sent' ? event.about : event.via;
  const isNamed = about !== undefined && others.some((one) => one.seq === about && one.id === id);
  const over = remove(others, (one) => one.id === id && (!isNamed || one.seq === about));
  if (over?.method === 'initialize' && event.message.error === undefined) peer.handshake = 'done';
}

function remove(waiting: Waiting[], isIt: (one: Waiting) => boolean): Waiting | undefined {
  const place = waiting.findIndex(isIt);
  return place < 0 ? undefined : waiting.splice(place, 1)[0];
}

/** The token under which the sender of a request wants to hear of its progress. */
export function progressTokenOf(message: WireMessage): RequestId | undefined {
  const meta = message.params?.['_meta'];
  const token = typeof meta === 'object' && meta !== null && 'progressToken' in meta ? meta.progressToken : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}
