/**
 * In what a server differs from that of a tape, when the tape's client said the same to it: answers that say something else, and what
 * is missing or was not said before. Ids, tokens and times are left out of it, and what is hidden on the tape is taken for equal.
 */

import { type PathPattern, isMeant } from '../path-pattern.ts';
import { ownMember } from '../protocol/derive.ts';
import { type Difference, isPassing } from './message-comparison.ts';
import { carriedPlaces } from './replay-carried.ts';
import type { Heard } from './replay-client.ts';
import type { Conversation, MessageValue, Taped, TapedNotification, TapedRequest } from './replay-conversation.ts';
import { openDifferences } from './replay-hidden.ts';

export interface ReplayDivergence {
  readonly kind: 'differs' | 'missing' | 'extra';
  /** Of the tape's file: the message that it is about; of something extra there is none, unless it answers a request. */
  readonly line?: number;
  /** `answer to tools/call`, `notifications/message`. */
  readonly about: string;
  /** The first place where the messages differ. */
  readonly difference?: Difference;
  /** What came instead, or besides. */
  readonly came?: MessageValue;
}

export interface DivergenceOptions {
  /** Places of messages that may differ, beside those that are another in each run anyway. */
  readonly ignored?: readonly PathPattern[];
}

/** In the order of the tape; what the tape does not have comes last. */
export function divergencesOf(
  { messages }: Conversation,
  heard: Heard,
  { ignored = [] }: DivergenceOptions = {},
): readonly ReplayDivergence[] {
  const compare = comparison(ignored);
  const found: ReplayDivergence[] = [];
  const notifications = [...heard.notifications];
  const tapedNotifications: TapedNotification[] = [];
  const askedNow = new Map(heard.asks.map(({ taped, message }) => [taped, message]));
  const unsaid = new Set(heard.unsaid);
  for (const taped of messages) {
    if (taped.kind === 'notification') {
      if (taped.from === 'server') tapedNotifications.push(taped);
    } else if (taped.kind === 'request') {
      if (taped.from === 'server') found.push(...aboutMessage(taped, askedNow.get(taped), compare));
      else if (!unsaid.has(taped)) found.push(...aboutAnswer(taped, heard.answers.get(taped), compare));
    }
  }
  found.push(...aboutNotifications(tapedNotifications, notifications, compare));
  found.sort((one, other) => (one.line ?? Infinity) - (other.line ?? Infinity));
  for (const { taped, message } of heard.asks) if (taped === undefined) found.push(extra(message));
  for (const message of notifications) found.push(extra(message));
  for (const came of heard.strays) found.push({ kind: 'extra', about: 'an answer that nothing waits for', came });
  return found;
}

type Compare = (taped: MessageValue, came: MessageValue) => Difference | undefined;

function comparison(ignored: readonly PathPattern[]): Compare {
  const ignoring = (path: string): boolean => isPassing(path) || ignored.some((pattern) => isMeant(pattern, path));
  return (taped, came) => {
    for (const difference of openDifferences(taped, came, { ignoring })) {
      const { path, expected, actual } = difference;
      const isCarried = carriedPlaces.has(path) && typeof expected === 'string' && typeof actual === 'string';
      if (!isCarried) return difference;
    }
    return undefined;
  };
}

function* aboutAnswer(
  taped: TapedRequest,
  came: MessageValue | undefined,
  compare: Compare,
): Iterable<ReplayDivergence> {
  const { answer, outcome, line, method } = taped;
  const about = `answer to ${method}`;
  // What a client had cancelled may still be answered, or not; what had no answer when the tape ended could have had any.
  if (answer === undefined) {
    if (outcome !== undefined && outcome !== 'cancelled' && came !== undefined)
      yield { kind: 'extra', line, about, came };
  } else if (came === undefined) yield { kind: 'missing', line: answer.line, about };
  else yield* aboutPair(answer, about, came, compare);
}

function* aboutMessage(
  taped: TapedRequest,
  came: MessageValue | undefined,
  compare: Compare,
): Iterable<ReplayDivergence> {
  if (came === undefined) yield { kind: 'missing', line: taped.line, about: taped.method };
  else yield* aboutPair(taped, taped.method, came, compare);
}

function* aboutPair(
  { message, line }: Taped,
  about: string,
  came: MessageValue,
  compare: Compare,
): Iterable<ReplayDivergence> {
  const difference = message && compare(message, came);
  if (difference !== undefined) yield { kind: 'differs', line, about, difference, came };
}

/** Equal ones are pairs, wherever they stand; of what is left, those of one method. Takes out of `came` what has found its pair. */
function aboutNotifications(
  taped: readonly TapedNotification[],
  came: MessageValue[],
  compare: Compare,
): readonly ReplayDivergence[] {
  const takeOut = (fits: (message: MessageValue) => boolean): MessageValue | undefined => {
    const place = came.findIndex(fits);
    return place < 0 ? undefined : came.splice(place, 1)[0];
  };
  const left = taped.filter(({ method, message }) => {
    const isEqual = (other: MessageValue): boolean =>
      ownMember(other, 'method') === method && (message === undefined || compare(message, other) === undefined);
    return takeOut(isEqual) === undefined;
  });
  return left.flatMap((notification) => {
    const { method, line } = notification;
    const other = takeOut((message) => ownMember(message, 'method') === method);
    if (other === undefined) return [{ kind: 'missing', line, about: method }];
    return [...aboutPair(notification, method, other, compare)];
  });
}

function extra(came: MessageValue): ReplayDivergence {
  return { kind: 'extra', about: String(ownMember(came, 'method')), came };
}
