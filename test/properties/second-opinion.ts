/**
 * What a JSON-RPC message means, told in the rules of the specification from what JSON.parse makes of it, and which damage the scan says
 * that it passes over: a second opinion about the reading of messages, and none of its code.
 */

import type { Envelope, RequestId } from '../../src/protocol/envelope.ts';
import type { FaultKind } from '../../src/protocol/faults.ts';
import { knownMethods } from '../../src/protocol/methods.ts';

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

/** As `meaning`, of the text of an object: a message with a member that receivers read in two ways means two things. */
export function meaningOfText(text: string): ReturnType<typeof meaning> {
  const parsed = JSON.parse(text) as Parsed;
  return saysTwice(text) || resembles(text, parsed['method']) ? 'invalid-message' : meaning(parsed);
}

const envelopeNames = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];

function saysTwice(text: string): boolean {
  const named = keysAt(text, '').filter((key) => envelopeNames.includes(key));
  return new Set(named).size < named.length;
}

/** Whether some key is only in its case another than one by which the message is judged. */
function resembles(text: string, method: unknown): boolean {
  const differsByCase = (path: string, names: readonly string[]): boolean =>
    keysAt(text, path).some(
      (key) => !names.includes(key) && names.some((name) => new RegExp(`^${name}$`, 'iu').test(key)),
    );
  if (differsByCase('', envelopeNames)) return true;
  if (typeof method !== 'string' || !knownMethods.includes(method)) return false;
  const ofParams = ['_meta', 'task', 'progressToken', 'requestId', 'name', 'uri', 'arguments'];
  return differsByCase('/params', ofParams) || differsByCase('/params/_meta', ['progressToken']);
}

/** All keys of the objects that stand at the path, those that are said again with them. */
function keysAt(text: string, path: string): string[] {
  const keys: string[] = [];
  const within: string[] = [];
  let key = '';
  for (const { 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[[\]{}]/gs)) {
    if (token === '{' || token === '[') {
      within.push(key);
      key = token;
    } else if (token === '}' || token === ']') {
      key = within.pop() ?? '';
    } else if (token.endsWith(':')) {
      key = JSON.parse(token.slice(0, -1)) as string;
      if (
        within
          .slice(1)
          .map((name) => `/${name}`)
          .join('') === path
      )
        keys.push(key);
    }
  }
  return keys;
}
