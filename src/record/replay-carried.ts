/**
 * What a server makes up and its client hands back: cursors, ids of tasks, states of requests. A client that is played again hands back
 * what the server of today has made up, in the place of what stands on the tape. Pure.
 */

import { isJsonObject, ownMember } from '../protocol/derive.ts';
import type { MessageValue } from './replay-conversation.ts';

/** Where the server says it: the names of members, from the message down. */
const given: readonly (readonly string[])[] = [
  ['result', 'nextCursor'],
  ['result', 'requestState'],
  ['result', 'taskId'],
  ['result', 'task', 'taskId'],
  ['params', 'taskId'],
  ['params', 'elicitationId'],
];

const relatedTask = ['_meta', 'io.modelcontextprotocol/related-task', 'taskId'] as const;

/** Where the client hands it back. */
const handedBack: readonly (readonly string[])[] = [
  ['params', 'cursor'],
  ['params', 'requestState'],
  ['params', 'taskId'],
  ['params', 'elicitationId'],
  ['params', ...relatedTask],
  ['result', ...relatedTask],
];

/** By their JSON Pointers: what is there on a tape is another text in another run. */
export const carriedPlaces: ReadonlySet<string> = new Set(given.map((keys) => `/${keys.join('/')}`));

export class Carried {
  readonly #now = new Map<string, string>();

  /** Both are the same message of the server, on the tape and now. */
  learn(taped: MessageValue, now: MessageValue): void {
    for (const keys of given) {
      const [before, after] = [memberAt(taped, keys), memberAt(now, keys)];
      if (typeof before === 'string' && typeof after === 'string') this.#now.set(before, after);
    }
  }

  /** A message of the client as it is to be sent now. */
  inside(message: MessageValue): MessageValue {
    let changed: unknown = message;
    for (const keys of handedBack) {
      const before = memberAt(message, keys);
      const after = typeof before === 'string' ? this.#now.get(before) : undefined;
      if (after !== undefined && after !== before) changed = withMember(changed, keys, after);
    }
    return isJsonObject(changed) ? changed : message;
  }
}

function memberAt(message: unknown, keys: readonly string[]): unknown {
  return keys.reduce(ownMember, message);
}

/** A copy with another value at the place; objects on the way are made. A place far behind the end of a list is none. */
export function withMember(holder: unknown, [key, ...further]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(holder)) {
    const items: unknown[] = [...(holder as readonly unknown[])];
    const place = Number(key);
    if (Number.isInteger(place) && place >= 0 && place <= items.length) {
      items[place] = withMember(items[place], further, value);
    }
    return items;
  }
  const members = isJsonObject(holder) ? holder : {};
  return { ...members, [key]: withMember(ownMember(members, key), further, value) };
}
