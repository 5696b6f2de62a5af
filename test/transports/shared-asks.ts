/** Members of a shared server and their requests, for tests of what decides about requests. */

import { idKey } from '../../src/protocol/ids.ts';
import { isFault } from '../../src/protocol/faults.ts';
import type { Frame, RequestId } from '../../src/protocol/envelope.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { forwarded } from '../../src/session/effects.ts';
import { listen, ordinary } from '../../src/session/limits.ts';
import { PendingEntry } from '../../src/session/pending.ts';
import type { Ask, Steps } from '../../src/transports/shared-ask.ts';
import { SharedMember } from '../../src/transports/shared-member.ts';
import { bytesOf, textOf } from './shared-world.ts';

const ignored = (): void => {};

/** A member with what it has heard. */
export function memberOf(number: number): SharedMember & { readonly heard: string[] } {
  const heard: string[] = [];
  const member = new SharedMember(number, {
    ready: ignored,
    message: (bytes) => heard.push(textOf([bytes])),
    unreadable: ({ fault }) => heard.push(fault),
    failed: ignored,
    drained: ignored,
    leaving: ignored,
    lost: ignored,
  });
  return Object.assign(member, { heard });
}

export function frameOf(message: object): Frame {
  const read = readMessage(bytesOf(message));
  if (isFault(read)) throw new Error(read.reason);
  return read;
}

export function entryOf(id: RequestId, method: string, isOwn = false): PendingEntry {
  const facts = {
    key: idKey(0, id),
    id,
    direction: 'client-to-server',
    method,
    budget: method === 'subscriptions/listen' ? listen : ordinary,
    startedAt: 0,
    times: { idleMs: Infinity, absoluteMs: Infinity },
    progressToken: undefined,
    passage: undefined,
    asksTask: false,
    isModern: false,
    isOwn,
    remembers: undefined,
  } as const;
  return new PendingEntry('s', facts, 0, 'open');
}

/** A request as it would go to the server; `isOwn`: of the runtime's own, which repeats a handshake. */
export function askOf(member: SharedMember, id: RequestId, method: string, params: object, isOwn = false): Ask {
  const frame = frameOf({ id, method, params });
  const entry = entryOf(id, method, isOwn);
  const about = forwarded('client-to-server', [frame.bytes], frame, entry, undefined, 0);
  return { member, id, entry, frame, message: [frame.bytes], about };
}

/** The steps in short: ids that are answered, ids that go to the server, resources that are given back. */
export function inShort({ answers = [], sends = [], unsubscribes = [] }: Steps) {
  return {
    answers: answers.map(({ message }) => (JSON.parse(textOf([message])) as { readonly id: RequestId }).id),
    sends: sends.map(({ id }) => id),
    unsubscribes: [...unsubscribes],
  };
}
