/**
 * What a JSON-RPC message means, told in the rules of the specification from what JSON.parse makes of it, and which damage the scan says
 * that it passes over: a second opinion about the reading of messages, and none of its code.
 */

import type { Envelope, RequestId } from '../../src/protocol/envelope.ts';
import type { FaultKind } from '../../src/protocol/faults.ts';

export type Parsed = Record<string, unknown>;
export type Meaning = Omit<Envelope, 'idStart' | 'idEnd'>;

function isObject(value: unknown): value is Parsed {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

function identifier(value: unknown): RequestId | undefined {
  if (Object.is(value, -0)) return 0;
  return typeof value === 'string' || Number.isSafeInteger(value) ? (value as RequestId) : undefined;
}

/** What JSON.parse makes of a message, told in the rules of the specification: a second opinion, not our code. */
export function meaning(message: Parsed): Meaning | FaultKind {
  const keys = new Set(Object.keys(message));
  if (message['jsonrpc'] !== '2.0') return 'invalid-message';
  const id = keys.has('id') ? identifier(message['id']) : undefined;
  const nothing = { progressToken: undefined, cancels: undefined, revisionClaim: undefined, asksTask: false };
  if (!keys.has('method')) {
    if (keys.has('result') === keys.has('error')) return 'invalid-message';
    if (id === undefined) {
      if ((message['id'] ?? null) !== null) return 'invalid-id';
      if (keys.has('result')) return 'invalid-message';
    }
    return { kind: 'response', method: '', id, isError: keys.has('error'), ...nothing };
  }
  const { method } = message;
  if (typeof method !== 'string') return 'invalid-message';
  if (keys.has('id') && id === undefined) return 'invalid-id';
  const claim = member(message, 'params', '_meta', 'io.modelcontextprotocol/protocolVersion');
  const revisionClaim = claim === undefined || typeof claim === 'string' ? claim : '';
  if (keys.has('id')) {
    return {
      ...nothing,
      kind: 'request',
      method,
      id,
      isError: false,
      progressToken: identifier(member(message, 'params', '_meta', 'progressToken')),
      revisionClaim,
      asksTask: member(message, 'params', 'task') !== undefined,
    };
  }
  const told = (name: string, key: string): RequestId | undefined =>
    method === name ? identifier(member(message, 'params', key)) : undefined;
  return {
    kind: 'notification',
    method,
    id,
    isError: false,
    progressToken: told('notifications/progress', 'progressToken'),
    cancels: told('notifications/cancelled', 'requestId'),
    revisionClaim,
    asksTask: false,
  };
}

/** The brackets and strings of a text, read independently: what the scan promises to have checked. */
export function isBalanced(text: string): boolean {
  const open: string[] = [];
  const withoutStrings = text.replaceAll(/"(?:[^"\\]|\\[^])*"/g, '');
  if (withoutStrings.includes('"')) return false;
  for (const character of withoutStrings) {
    if (character === '{' || character === '[') open.push(character === '{' ? '}' : ']');
    else if ((character === '}' || character === ']') && open.pop() !== character) return false;
  }
  return open.length === 0;
}

/**
 * The text with everything blanked that the scan says it passes over: nested values outside `params` and `params._meta`,
 * scalars, and what is inside strings. What is left has to be JSON.
 */
export function skeleton(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\[^])*"|[0-9A-Za-z+.-]+|[^]/g) ?? [];
  const path: string[] = [];
  let key = '';
  let hidden = 0;
  let out = '';
  let isValue = false;
  for (const token of tokens) {
    const isOpen = token === '{' || token === '[';
    const isClose = token === '}' || token === ']';
    if (hidden > 0) {
      hidden += Number(isOpen) - Number(isClose);
    } else if (isOpen) {
      const at = [...path, key].join('/');
      if (token === '{' && ['', '/params', '/params/_meta'].includes(at)) {
        path.push(key);
        out += token;
        isValue = false;
      } else {
        hidden = 1;
        out += 'null';
      }
    } else if (isClose) {
      key = path.pop() ?? '';
      out += token;
    } else if (token.startsWith('"')) {
      if (!isValue) key = token.slice(1, -1);
      out += isValue ? '""' : token;
    } else if (/^[0-9A-Za-z+.-]/.test(token)) {
      out += '0';
    } else {
      out += token;
    }
    if (token === ':' && hidden === 0) isValue = true;
    if (token === ',' && hidden === 0) isValue = false;
  }
  return out;
}

/** As `meaning`, of the text of an object: a message that says a member of its envelope twice means two things. */
export function meaningOfText(text: string): ReturnType<typeof meaning> {
  return saysTwice(text) ? 'invalid-message' : meaning(JSON.parse(text) as Parsed);
}

function saysTwice(text: string): boolean {
  const keys: string[] = [];
  let depth = 0;
  for (const { 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[[\]{}]/gs)) {
    if ('[{'.includes(token)) depth += 1;
    else if (']}'.includes(token)) depth -= 1;
    else if (depth === 1 && token.endsWith(':')) keys.push(JSON.parse(token.slice(0, -1)) as string);
  }
  const named = keys.filter((key) => ['jsonrpc', 'id', 'method', 'params', 'result', 'error'].includes(key));
  return new Set(named).size < named.length;
}
