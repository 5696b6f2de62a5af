/**
 * One server's entry in a client's list: whether ninelives is in front of it, and the edits that put it there or take it away. What
 * an entry says besides, and how it is laid out, stays. Knows nothing of files.
 */

import { type Node, findNodeAtLocation } from 'jsonc-parser';
import { type ListedServer, type TextEdit, textOfNode } from './list-text.ts';
import { type WrappedWords, unwrappedWords, wrappedWords } from './wrapped-words.ts';

/**
 * - `command`: the client starts it. `url`: the client reaches it by HTTP.
 * - `wrapped`: ninelives is in front of it.
 * - `other`: not to be wrapped; `why` says so in a sentence.
 */
export type EntryKind =
  | { readonly kind: 'command'; readonly words: readonly string[] }
  | { readonly kind: 'url'; readonly key: UrlKey; readonly url: string }
  | { readonly kind: 'wrapped'; readonly words: WrappedWords }
  | { readonly kind: 'other'; readonly why: string };

const urlKeys = ['url', 'serverUrl'] as const;
type UrlKey = (typeof urlKeys)[number];

/** Members by which a client proves who it is to a server at a URL. */
const credentialKeys: readonly string[] = ['headers', 'headersHelper', 'auth', 'oauth'];

export function kindOf({ value }: ListedServer): EntryKind {
  if (typeof value !== 'object' || value === null) return { kind: 'other', why: 'it is no object' };
  const entry = new Map<string, unknown>(Object.entries(value));
  const command = entry.get('command');
  const args = entry.get('args') ?? [];
  if (typeof command === 'string') {
    if (command === '' || !Array.isArray(args) || !args.every((word) => typeof word === 'string')) {
      return { kind: 'other', why: 'its command line is not made of texts' };
    }
    const words = [command, ...args];
    const wrapped = unwrappedWords(words);
    return wrapped === undefined ? { kind: 'command', words } : { kind: 'wrapped', words: wrapped };
  }
  const key = urlKeys.find((name) => typeof entry.get(name) === 'string');
  if (key === undefined) return { kind: 'other', why: 'it has neither a command nor a URL' };
  const credential = credentialKeys.find((name) => entry.has(name));
  if (credential !== undefined) {
    return {
      kind: 'other',
      why: `it has ${credential}, which would stand on a command line, where others on this machine can read them`,
    };
  }
  return { kind: 'url', key, url: String(entry.get(key)) };
}

/** What is put in front. */
export interface Wrapping {
  readonly launcher: readonly string[];
  readonly flags: readonly string[];
}

/** Puts ninelives in front of a server that has it not. */
export function wrapEdits(text: string, server: ListedServer, { launcher, flags }: Wrapping): readonly TextEdit[] {
  const entry = kindOf(server);
  const { node } = server;
  if (entry.kind === 'command') {
    const command = findNodeAtLocation(node, ['command'])!;
    const [program, ...before] = wrappedWords({ launcher, flags, server: { command: [] } });
    const inserted = [...before.map((word) => JSON.stringify(word)), textOfNode(text, command)];
    const started = replaced(command, JSON.stringify(program));
    const args = findNodeAtLocation(node, ['args']);
    if (args === undefined) {
      const glue = gapBefore(text, command.parent!);
      return [{ ...started, text: `${started.text},${glue}"args": [${inserted.join(', ')}]` }];
    }
    const [first] = args.children ?? [];
    if (first === undefined) return [started, { offset: args.offset + 1, length: 0, text: inserted.join(', ') }];
    return [started, { offset: first.offset, length: 0, text: `${inserted.join(', ')},${gapBefore(text, first)}` }];
  }
  if (entry.kind === 'url') {
    const property = findNodeAtLocation(node, [entry.key])!.parent!;
    const [program, ...args] = wrappedWords({ launcher, flags, server: { url: entry.url } });
    const words = args.map((word) => JSON.stringify(word)).join(', ');
    const command = `"command": ${JSON.stringify(program)},${gapBefore(text, property)}"args": [${words}]`;
    const type = findNodeAtLocation(node, ['type']);
    return [replaced(property, command), ...(type === undefined ? [] : [replaced(type, '"stdio"')])];
  }
  return [];
}

/**
 * Takes ninelives away.
 *
 * @param before the text of the same entry as it was when it was wrapped, where that is known and still means the same.
 */
export function unwrapEdits(text: string, server: ListedServer, before: string | undefined): readonly TextEdit[] {
  const entry = kindOf(server);
  if (entry.kind !== 'wrapped') return [];
  const { node } = server;
  if (before !== undefined) return [replaced(node, before)];
  const command = findNodeAtLocation(node, ['command'])!;
  const args = findNodeAtLocation(node, ['args'])!;
  const { server: inner } = entry.words;
  if ('url' in inner) {
    const type = findNodeAtLocation(node, ['type']);
    return [
      replaced(command.parent!, `"url": ${JSON.stringify(inner.url)}`),
      removedMember(args.parent!),
      ...(type === undefined ? [] : [replaced(type, '"http"')]),
    ];
  }
  const words = args.children ?? [];
  const kept = words.length - inner.command.length + 1;
  const program = words[kept - 1]!;
  const [first] = words;
  const next = words[kept];
  const end = next === undefined ? program.offset + program.length : next.offset;
  return [
    replaced(command, textOfNode(text, program)),
    { offset: first!.offset, length: end - first!.offset, text: '' },
  ];
}

function replaced({ offset, length }: Node, text: string): TextEdit {
  return { offset, length, text };
}

/** A member goes together with what parts it from the one before it; the first one, from the one behind it. */
function removedMember({ offset, length, parent }: Node): TextEdit {
  const members = parent?.children ?? [];
  const at = members.findIndex((member) => member.offset === offset);
  const previous = members[at - 1];
  if (previous === undefined)
    return { offset, length: (members[at + 1]?.offset ?? offset + length) - offset, text: '' };
  const begin = previous.offset + previous.length;
  return { offset: begin, length: offset + length - begin, text: '' };
}

/** What stands between a comma and what follows it, here: a line end and the indentation, or a blank. */
function gapBefore(text: string, { offset }: Node): string {
  return /(?:\r\n|\n|\r)[ \t]*$/.exec(text.slice(0, offset))?.[0] ?? ' ';
}
