/**
 * Brings what a shared server says to the member that it is for, or to those who asked to hear of such things. What is for
 * nobody is answered where it waits for an answer, counted, and dropped. Knows who is there from the crowd, and writes nothing
 * to the server itself.
 */

import { isUtf8 } from 'node:buffer';

import { refusal } from '../errors.ts';
import type { Log } from '../ports.ts';
import { readSubscribeUri } from '../protocol/bodies.ts';
import { encodeResultResponse, idTokenOf } from '../protocol/encode.ts';
import type { Frame, RequestId } from '../protocol/envelope.ts';
import { type ReadFault, isFault } from '../protocol/faults.ts';
import { type ReadLimits, defaultReadLimits, isBatch, readMessage, readMessages } from '../protocol/read.ts';
import { subscriptionIdOf } from '../protocol/rewrite.ts';
import { encodeText } from '../protocol/text.ts';
import { warnOfNoise } from '../runtime/noise.ts';
import type { Via } from '../session/pending.ts';
import { encodeRefusal } from '../session/tell.ts';
import type { SharedCrowd } from './shared-crowd.ts';
import type { SharedMember } from './shared-member.ts';
import type { SharedSubscriptions } from './shared-subscriptions.ts';

/** What the server said to no member. */
export interface SharedCounts {
  /** It names nobody, and nobody can be meant. The first ones are logged. */
  unattributed: number;
  /** It is for one that is gone, or about something that nobody wants to hear of any more. */
  late: number;
  /** Log messages, while nobody could be their cause, or more than one. */
  droppedLogs: number;
  /** Requests, while nobody could be their cause, or more than one. They are answered with an error; the first ones are logged. */
  refusedQuestions: number;
}

export interface SharedRoutingOptions {
  readonly crowd: SharedCrowd;
  readonly subscriptions: SharedSubscriptions;
  readonly log: Log;
  readonly counts: SharedCounts;
  /** The answer to a request that is no member's. True: nobody else needs to hear it. */
  takesAnswer(response: Frame): boolean;
  /** After its member was told. */
  answered(response: Frame): void;
  /** Answers the server in our own name. */
  answer(message: Uint8Array): void;
}

/** Whom a message is for. `gone`: it was for somebody. */
type Addressee = SharedMember | 'gone' | undefined;

export const readLimits: ReadLimits = { ...defaultReadLimits, isUtf8 };

const listChanges: ReadonlySet<string> = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
]);

export class SharedRouting {
  readonly #options: SharedRoutingOptions;

  constructor(options: SharedRoutingOptions) {
    this.#options = options;
  }

  /** One message of the server, or a batch of them. */
  heard(bytes: Uint8Array, via: Via | undefined): void {
    if (!isBatch(bytes)) {
      this.#heardOne(readMessage(bytes, readLimits), bytes, via);
      return;
    }
    for (const read of readMessages(bytes, readLimits)) {
      // In a batch still: whether it may come in one is for its session to say.
      this.#heardOne(read, isFault(read) ? bytes : batchOf(read), via);
    }
  }

  /** No message: whose it was is told by its id, where that could be read. */
  unreadable(fault: ReadFault, bytes: number, via: Via | undefined): void {
    const { crowd, counts } = this.#options;
    const { idToken, isAnswer, expectsAnswer } = fault;
    const answered = isAnswer && idToken !== undefined ? idOf(idToken) : undefined;
    const member = answered === undefined ? crowd.cause : crowd.memberOf(answered);
    if (typeof member === 'object') {
      if (answered !== undefined) crowd.ended(member, answered);
      member.unreadable(fault, bytes, via);
    } else if (member === 'gone') counts.late++;
    else if (expectsAnswer && idToken !== undefined) this.#refuse(idToken, undefined);
    else this.#isForNobody({ fault: fault.fault, reason: fault.reason, bytes });
  }

  #heardOne(read: Frame | ReadFault, bytes: Uint8Array, via: Via | undefined): void {
    if (isFault(read)) {
      this.unreadable(read, bytes.length, via);
      return;
    }
    switch (read.envelope.kind) {
      case 'response':
        this.#response(read, bytes, via);
        return;
      case 'request':
        this.#question(read, bytes, via);
        return;
      case 'notification':
        this.#notification(read, bytes, via);
    }
  }

  #response(frame: Frame, bytes: Uint8Array, via: Via | undefined): void {
    const { crowd } = this.#options;
    const { id } = frame.envelope;
    if (id === undefined) {
      this.#tell(crowd.cause, frame, bytes, via);
      return;
    }
    const member = crowd.memberOf(id);
    if (typeof member === 'object') crowd.ended(member, id);
    if (!this.#options.takesAnswer(frame)) this.#tell(member, frame, bytes, via);
    else if (typeof member === 'object') member.hear(bytes, via);
    this.#options.answered(frame);
  }

  /** What the server asks, one of the members that wait for it has caused. */
  #question(frame: Frame, bytes: Uint8Array, via: Via | undefined): void {
    const { crowd } = this.#options;
    const { method } = frame.envelope;
    const id = frame.envelope.id!;
    // One that comes twice under one id is refused by the session that has it.
    const member = crowd.askedOf(id) ?? crowd.cause;
    if (member !== undefined) {
      crowd.asks(member, id);
      member.hear(bytes, via);
    } else if (method === 'ping') this.#options.answer(encodeResultResponse(idTokenOf(id), {}));
    else this.#refuse(idTokenOf(id), method);
  }

  #refuse(idToken: string, method: string | undefined): void {
    const { counts, log } = this.#options;
    const text = 'the shared server asked something that no one session can have caused, and was refused';
    warnOfNoise(log, ++counts.refusedQuestions, text, () => ({ method }));
    this.#options.answer(encodeRefusal(idToken, refusal('SESSION_NOT_FOUND', { reason: 'not-attributed' })));
  }

  #notification(frame: Frame, bytes: Uint8Array, via: Via | undefined): void {
    const { crowd, counts } = this.#options;
    const { method, progressToken, cancels } = frame.envelope;
    if (cancels !== undefined) {
      // What is called off and not known any more was answered in the meantime.
      const member = crowd.askedOf(cancels) ?? crowd.memberOf(cancels) ?? 'gone';
      crowd.askedNoMore(cancels);
      this.#tell(member, frame, bytes, via);
      return;
    }
    const named = progressToken ?? subscriptionIdOf(frame);
    if (named !== undefined) this.#tell(crowd.memberOf(named), frame, bytes, via);
    else if (crowd.only !== undefined) crowd.only.hear(bytes, via);
    else if (listChanges.has(method)) {
      // Who has heard nothing yet has no list that could have changed.
      for (const member of crowd.all()) if (member.hasHeard) member.hear(bytes, via);
    } else if (method === 'notifications/resources/updated') this.#updated(frame, bytes, via);
    else if (method === 'notifications/message' && crowd.cause === undefined) counts.droppedLogs++;
    else this.#tell(method === 'notifications/message' ? crowd.cause : undefined, frame, bytes, via);
  }

  #updated(frame: Frame, bytes: Uint8Array, via: Via | undefined): void {
    const uri = readSubscribeUri(frame.bytes);
    const holders = uri === undefined ? [] : [...this.#options.subscriptions.holdersOf(uri)];
    if (holders.length === 0) this.#options.counts.late++;
    for (const member of holders) member.hear(bytes, via);
  }

  #tell(member: Addressee, frame: Frame, bytes: Uint8Array, via: Via | undefined): void {
    if (typeof member === 'object') member.hear(bytes, via);
    else if (member === 'gone') this.#options.counts.late++;
    else {
      const { kind, method, id } = frame.envelope;
      this.#isForNobody({ kind, method, id, bytes: bytes.length });
    }
  }

  #isForNobody(fields: Readonly<Record<string, unknown>>): void {
    const { counts, log } = this.#options;
    warnOfNoise(log, ++counts.unattributed, 'the shared server said something that is for no session', () => fields);
  }
}

function batchOf(frame: Frame): Uint8Array {
  return Buffer.concat([encodeText('['), frame.bytes, encodeText(']')]);
}

function idOf(idToken: string): RequestId | undefined {
  const value: unknown = JSON.parse(idToken);
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
