/**
 * What becomes of a client's configuration when servers in it are wrapped or unwrapped: the edits, the text without us, and what was
 * done to whom. A text goes in, a text comes out; the same again changes nothing.
 */

import type { ListPath } from './clients.ts';
import { type ListedServer, type TextEdit, edited, serversIn, textOfNode } from './list-text.ts';
import { type Wrapping, kindOf, unwrapEdits, wrapEdits } from './server-entry.ts';

/** One server and what happens to it. `leave`: nothing, and `why`. */
export interface Rewrapped {
  readonly list: ListPath;
  readonly name: string;
  readonly what: 'wrap' | 'unwrap' | 'leave';
  readonly why?: string;
}

export interface Rewrap {
  readonly edits: readonly TextEdit[];
  readonly servers: readonly Rewrapped[];
}

/** The servers that are meant: by name; without names all that are started by a command, or all there are. */
export interface Choice {
  readonly names: readonly string[];
  readonly isAll: boolean;
}

/** @param servers of the text. */
export function wrapAll(text: string, servers: readonly ListedServer[], choice: Choice, wrapping: Wrapping): Rewrap {
  return collect(servers, choice, (server) => {
    const entry = kindOf(server);
    switch (entry.kind) {
      case 'wrapped':
        return { why: 'ninelives is in front of it already' };
      case 'other':
        return { why: entry.why };
      case 'url':
        if (choice.names.length === 0 && !choice.isAll) {
          return { why: 'it is a URL, for which the client logs in itself: name it with --server, or say --all' };
        }
        return { what: 'wrap', edits: wrapEdits(text, server, wrapping) };
      case 'command':
        return { what: 'wrap', edits: wrapEdits(text, server, wrapping) };
    }
  });
}

/**
 * @param backup the text before the servers were wrapped, where one was kept.
 */
export function unwrapAll(
  text: string,
  servers: readonly ListedServer[],
  lists: readonly ListPath[],
  choice: Choice,
  backup: string | undefined,
): Rewrap {
  const kept = backup === undefined ? { servers: [] } : serversIn(backup, lists);
  const before = 'servers' in kept ? kept.servers : [];
  return collect(servers, choice, (server) => {
    const entry = kindOf(server);
    if (entry.kind !== 'wrapped') return { why: 'ninelives is not in front of it' };
    const { launcher, flags } = entry.words;
    const original = before.find((other) => other.name === server.name && isSame(other.list, server.list));
    const isKnown =
      original !== undefined && isSame(wrappedValue(backup!, original, { launcher, flags }), server.value);
    return {
      what: 'unwrap',
      edits: unwrapEdits(text, server, isKnown ? textOfNode(backup!, original.node) : undefined),
    };
  });
}

/** What an entry would say with ninelives in front of it. */
function wrappedValue(text: string, server: ListedServer, wrapping: Wrapping): unknown {
  const { offset, length } = server.node;
  const edits = wrapEdits(text, server, wrapping);
  if (edits.length === 0) return undefined;
  const whole = edited(text, edits);
  const entry = whole.slice(offset, offset + length + whole.length - text.length);
  const read = serversIn(`{"list":{"one":${entry}}}`, [['list']]);
  return 'servers' in read ? read.servers[0]?.value : undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

type Done = { readonly why: string } | { readonly what: 'wrap' | 'unwrap'; readonly edits: readonly TextEdit[] };

function collect(servers: readonly ListedServer[], { names }: Choice, act: (server: ListedServer) => Done): Rewrap {
  const meant = names.length === 0 ? servers : servers.filter(({ name }) => names.includes(name));
  const all = meant.map((server) => ({ server, done: act(server) }));
  return {
    edits: all.flatMap(({ done }) => ('edits' in done ? done.edits : [])),
    servers: all.map(({ server: { list, name }, done }) =>
      'edits' in done ? { list, name, what: done.what } : { list, name, what: 'leave', why: done.why },
    ),
  };
}
