/** What the peers of a session told each other as plain data, for tapes and for a process that goes on with the session of another. */

import type { Frame } from '../protocol/envelope.ts';
import { isFault } from '../protocol/faults.ts';
import { isJsonObject } from '../protocol/derive.ts';
import { readMessage } from '../protocol/read.ts';
import { decodeText, encodeText } from '../protocol/text.ts';
import { type SessionFacts, noFacts } from './facts.ts';

/** The facts of a session as JSON can hold them: messages as their texts. */
export interface FactsJson {
  readonly protocolVersion?: string;
  readonly clientName?: string;
  readonly serverName?: string;
  readonly serverCapabilities?: string;
  readonly initialize?: string;
  readonly initialized?: string;
  readonly loggingLevel?: string;
  /** By URI. */
  readonly subscriptions?: Readonly<Record<string, string>>;
}

const names = ['protocolVersion', 'clientName', 'serverName', 'serverCapabilities'] as const;
const messages = ['initialize', 'initialized', 'loggingLevel'] as const;

/** @param textOf a message as it may be seen where this goes. */
export function factsToJson(facts: SessionFacts, textOf: (frame: Frame) => string = asItCame): FactsJson {
  const said: Record<string, unknown> = {};
  for (const name of names) if (facts[name] !== undefined) said[name] = facts[name];
  for (const name of messages) if (facts[name] !== undefined) said[name] = textOf(facts[name]);
  const subscriptions = [...facts.subscriptions].map(([uri, frame]) => [uri, textOf(frame)] as const);
  if (subscriptions.length > 0) said['subscriptions'] = Object.fromEntries(subscriptions);
  return said;
}

/** @returns undefined where something in it is not what it should be. */
export function factsFromJson(json: unknown): SessionFacts | undefined {
  if (!isJsonObject(json)) return undefined;
  const facts: Record<string, unknown> = {};
  for (const name of names) {
    const value = json[name];
    if (value !== undefined && typeof value !== 'string') return undefined;
    facts[name] = value;
  }
  for (const name of messages) {
    const frame = messageFrom(json[name]);
    if (frame === 'none') return undefined;
    facts[name] = frame;
  }
  const subscriptions = new Map<string, Frame>();
  const said = json['subscriptions'] ?? {};
  if (!isJsonObject(said)) return undefined;
  for (const [uri, text] of Object.entries(said)) {
    const frame = messageFrom(text);
    if (frame === undefined || frame === 'none') return undefined;
    subscriptions.set(uri, frame);
  }
  return { ...noFacts, ...facts, subscriptions };
}

/** `none`: there is something, and it is no message. */
function messageFrom(text: unknown): Frame | 'none' | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') return 'none';
  const read = readMessage(encodeText(text));
  return isFault(read) ? 'none' : read;
}

function asItCame({ bytes }: Frame): string {
  return decodeText(bytes);
}
