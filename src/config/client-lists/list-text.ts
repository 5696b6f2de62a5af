/**
 * Reads the server lists in a client's configuration: JSON, with comments and trailing commas where the client allows them. Says
 * where each server's text stands, so that nothing else has to be touched; what cannot be read is told with line and column.
 */

import {
  type Node,
  type ParseError,
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { Mistake, Place } from '../yaml-text.ts';
import type { ListPath } from './clients.ts';

/** One server as a list has it. */
export interface ListedServer {
  readonly list: ListPath;
  readonly name: string;
  readonly value: unknown;
  /** Where its value stands in the text, in characters. */
  readonly node: Node;
}

/** A change to a text: these characters go, and others come. */
export interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** The servers in the lists that are there, in their order; or what is wrong with the text. */
export function serversIn(
  text: string,
  lists: readonly ListPath[],
): { readonly servers: readonly ListedServer[] } | { readonly mistakes: readonly Mistake[] } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const mistakes: Mistake[] = errors.map(({ error, offset }) => ({
    ...placeOf(text, offset),
    message: sentenceOf(printParseErrorCode(error)),
  }));
  if (mistakes.length > 0) return { mistakes };
  if (root?.type !== 'object') {
    return { mistakes: [{ line: 1, column: 1, message: 'This is no JSON object.' }] };
  }
  const servers: ListedServer[] = [];
  for (const list of lists) {
    const node = findNodeAtLocation(root, [...list]);
    if (node === undefined) continue;
    if (node.type !== 'object') {
      mistakes.push({ ...placeOf(text, node.offset), message: `${list.join('.')} is no list of servers by name.` });
      continue;
    }
    const names = new Set<string>();
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? [];
      if (key === undefined || value === undefined) continue;
      const name = String(key.value);
      if (names.has(name)) {
        mistakes.push({
          ...placeOf(text, key.offset),
          message: `The server ${JSON.stringify(name)} stands here twice.`,
        });
      }
      names.add(name);
      servers.push({ list, name, value: getNodeValue(value) as unknown, node: value });
    }
  }
  return mistakes.length > 0 ? { mistakes } : { servers };
}

/** The text with the edits made, which must not overlap. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { offset, length, text: other } of edits.toSorted((one, next) => next.offset - one.offset)) {
    result = result.slice(0, offset) + other + result.slice(offset + length);
  }
  return result;
}

export function textOfNode(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length);
}

/** Both from 1. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** `CommaExpected` becomes `Comma expected.` */
function sentenceOf(code: string): string {
  const words = code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
