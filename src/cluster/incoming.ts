/**
 * Frames of other nodes' clients that this node works on: taken once, however often they come, and answered until the answer was
 * received. A frame that was refused stays refused. Does not know what a frame means.
 */

import type { Clock } from '../ports.ts';
import { type Incarnation, answerTo, nodeIn } from './addresses.ts';
import { AnswerStream, type AnswerStreamOptions } from './answer-stream.ts';
import type { Directory, Owned } from './directory.ts';
import type { Engine, Mail } from './engine.ts';
import { encodeFailure } from './failure-text.ts';
import type { Lease } from './lease.ts';
import { Gathering } from './gathering.ts';
import {
  type Message,
  decodeMessage,
  decodeReceipts,
  decodeRequests,
  encodeMessage,
  encodeRequests,
} from './message.ts';
import type { Pairs } from './pairs.ts';
import type { Peers } from './peers.ts';
import { runFrame } from './run-frame.ts';
import { type FailureCode, maybeExecuted, notExecuted } from './send-result.ts';
import type { ClusterSettings } from './settings.ts';

export interface IncomingOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly node: Incarnation;
  readonly settings: ClusterSettings;
  readonly lease: Lease;
  readonly peers: Peers;
  readonly pairs: Pairs;
  readonly directory: Directory;
}

/** A request that came, by the address that its answers go to. It is remembered for long, and so there is little of it. */
interface Taken {
  readonly at: number;
  readonly request: number;
  /** Under which it was accepted; or why it was not. */
  readonly verdict: { readonly epoch: number } | { readonly refused: FailureCode };
}

export class Incoming {
  readonly #options: IncomingOptions;
  readonly #taken = new Map<string, Taken>();
  /** Those whose answer is not received yet. */
  readonly #open = new Map<string, AnswerStream>();
  readonly #rememberMs: number;
  readonly #answers: AnswerStreamOptions;
  /** Whoever hears of the answer need not hear that there will be one. */
  readonly #accepted: Gathering<string, Taken>;
  #running = 0;
  #served = 0;

  constructor(options: IncomingOptions) {
    const { clock, settings, lease, engine } = options;
    const { times } = settings;
    this.#options = options;
    this.#answers = {
      node: options.node,
      clock,
      times,
      streamBytesMax: settings.limits.streamBytesMax,
      payloadBytesMax: engine.payloadBytesMax,
      publish: (address, message) => {
        if (lease.isAlive()) engine.publish(address, message);
      },
    };
    this.#accepted = new Gathering(clock, times.gatherMs, (accepted) => {
      for (const [address, taken] of accepted) {
        if (lease.isAlive() && this.#open.get(address)?.hasSpoken === false) this.#say(address, taken);
      }
    });
    // For longer than anybody may send a request again: a sender that stands still for longer is fenced when it wakes.
    this.#rememberMs = 2 * times.takeMs + 3 * times.ackMs;
    options.peers.onDead((node) => {
      for (const [address, answer] of this.#open) if (nodeIn(address) === node) answer.close();
    });
  }

  /** Frames that are being worked on. */
  get running(): number {
    return this.#running;
  }

  /** Frames that were taken, since the start. */
  get served(): number {
    return this.#served;
  }

  /** Whether every answer was received. */
  get isQuiet(): boolean {
    return this.#open.size === 0;
  }

  received(mail: Mail): void {
    // What found no mailbox comes back without bytes, and says nothing here.
    const message = mail.bytes === undefined ? undefined : decodeMessage(mail.bytes);
    if (message === undefined) return;
    switch (message.kind) {
      case 'request':
        if (mail.replyTo !== undefined) this.#request(message, mail.replyTo);
        break;
      case 'received':
        for (const { request, sequence, taken } of decodeReceipts(message.body)) {
          this.#open.get(answerTo(message.key, request))?.acknowledged(sequence, taken);
        }
        break;
      case 'cancelled':
        this.#open.get(answerTo(message.key, message.request))?.close();
        break;
      case 'probe':
        if (mail.replyTo !== undefined) this.#probed(message, mail.replyTo);
        break;
      case 'accepted':
      case 'refused':
      case 'part':
      case 'result':
      case 'failure':
      case 'pulse':
        break;
    }
  }

  sweep(): void {
    const now = this.#options.clock.now();
    for (const [address, answer] of this.#open) {
      answer.sweep(now);
      if (answer.isOver) this.#open.delete(address);
    }
    for (const [address, { at }] of this.#taken) {
      if (now - at <= this.#rememberMs) break;
      if (!this.#open.has(address)) this.#taken.delete(address);
    }
  }

  /** The node may act no more: whoever waits is told so, once and without keeping it. */
  fence(): void {
    const body = encodeFailure(maybeExecuted('NODE_FENCED'));
    for (const [address, answer] of this.#open) {
      answer.close();
      const request = Number(address.slice(address.lastIndexOf('.') + 1));
      this.#options.engine.publish(address, encodeMessage('failure', request, { body, key: this.#options.node }));
    }
    this.#open.clear();
  }

  #request(message: Message, address: string): void {
    const before = this.#taken.get(address);
    if (before !== undefined) {
      this.#say(address, before);
      return;
    }
    const { lease, directory, settings, clock } = this.#options;
    const owned = directory.owned(message.key);
    if (!lease.isAlive() || owned?.epoch !== message.epoch) this.#refuse(message, address, 'WRONG_OWNER');
    else if (owned.isLeaving) this.#refuse(message, address, 'DRAINING');
    else if (this.#running >= settings.limits.servedFramesMax) this.#refuse(message, address, 'BUSY');
    else {
      const answer = this.#answerFor(message, address);
      const taken: Taken = { at: clock.now(), request: message.request, verdict: { epoch: owned.epoch } };
      this.#taken.set(address, taken);
      this.#open.set(address, answer);
      this.#accepted.set(address, taken);
      void this.#run(owned, message.body, answer);
    }
  }

  /** For good: the same frame may come again later than another that was taken. */
  #refuse({ request }: Message, address: string, code: FailureCode): void {
    const taken: Taken = { at: this.#options.clock.now(), request, verdict: { refused: code } };
    this.#taken.set(address, taken);
    this.#say(address, taken);
  }

  #say(address: string, { request, verdict }: Taken): void {
    const message =
      'refused' in verdict
        ? encodeMessage('refused', request, { body: encodeFailure(notExecuted(verdict.refused)) })
        : encodeMessage('accepted', request, { epoch: verdict.epoch });
    this.#options.engine.publish(address, message);
  }

  async #run(owned: Owned, frame: Uint8Array, answer: AnswerStream): Promise<void> {
    this.#running += 1;
    this.#served += 1;
    const result = await runFrame(this.#options, owned, frame, answer);
    this.#running -= 1;
    if (result.ok) answer.complete(result.bytes);
    else answer.fail(result);
  }

  #answerFor({ request, epoch }: Message, address: string): AnswerStream {
    return new AnswerStream(this.#answers, address, request, epoch, this.#options.pairs.to(nodeIn(address)));
  }

  /** Says that this node is there, and which of the requests it does not work on. */
  #probed({ body, key }: Message, address: string): void {
    if (!this.#options.lease.isAlive()) return;
    const unknown = decodeRequests(body).filter((request) => !this.#open.has(answerTo(key, request)));
    this.#options.engine.publish(address, encodeMessage('pulse', 0, { body: encodeRequests(unknown) }));
  }
}
