/**
 * What is another on one tape than on another, but for ids and times. Requests, messages without an answer, states and other events are
 * compared each among themselves and in their order, since how they fall between each other is chance. Decides what stands for what,
 * and says what differs; how that looks is for others.
 */

import { createHash } from 'node:crypto';
import { isJsonObject, ownMember } from '../protocol/derive.ts';
import { type Alignable, align } from './alignment.ts';
import { canonicalText } from './canonical-text.ts';
import { type Difference, differencesBetween, isPassing } from './message-comparison.ts';
import { arrows, whatText } from './tape-text.ts';
import { type TapedExchange, type TapedMessage, type TapedSession, subjectOf } from './taped-sessions.ts';

export interface SessionDifference {
  /** The number of the session on its tape; undefined: no session of the other tape is left to compare it with. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Things that are on both. */
  readonly same: number;
  readonly changes: readonly Change[];
}

export interface Change {
  /** `missing`: it is not on the second tape. `moved`: it is, at another place among its like. */
  readonly change: 'changed' | 'missing' | 'new' | 'moved';
  readonly what: 'exchange' | 'message' | 'state' | 'event';
  /** `-> tools/call echo`: which one it is. */
  readonly name: string;
  /** Lines of the files, from 1. */
  readonly beforeLine?: number;
  readonly afterLine?: number;
  readonly differences: readonly PartDifference[];
}

/** `undefined` values: there is nothing. */
export interface PartDifference extends Omit<Difference, 'path'> {
  readonly part: 'message' | 'answer' | 'outcome' | 'decision';
  /** JSON Pointer into the message. */
  readonly path?: string;
}

export interface TapeDifferenceOptions {
  /** Places of messages that may differ, beside those that are another in each run anyway. */
  readonly ignoring?: (path: string) => boolean;
}

/** Sessions stand for each other in the order in which they were opened. */
export function differencesOfSessions(
  before: readonly TapedSession[],
  after: readonly TapedSession[],
  { ignoring = () => false }: TapeDifferenceOptions = {},
): readonly SessionDifference[] {
  const isIgnored = (path: string): boolean => isPassing(path) || ignoring(path);
  return Array.from({ length: Math.max(before.length, after.length) }, (_, place) => {
    const [one, other] = [before[place], after[place]];
    const [lanes, otherLanes] = [lanesOf(one, isIgnored), lanesOf(other, isIgnored)];
    const found = lanes.map((items, lane) => changesBetween(items, otherLanes[lane]!, isIgnored));
    return {
      before: one?.session,
      after: other?.session,
      same: found.reduce((sum, { same }) => sum + same, 0),
      changes: found.flatMap(({ changes }) => changes),
    };
  });
}

/** Something on a tape that may stand for something on the other. */
interface Item extends Alignable {
  readonly what: Change['what'];
  readonly name: string;
  readonly line: number;
  readonly message?: TapedMessage;
  readonly exchange?: TapedExchange;
}

type IsIgnored = (path: string) => boolean;

const directions = ['client-to-server', 'server-to-client'] as const;

/** What has an order among itself: always the same lanes. */
function lanesOf(session: TapedSession | undefined, isIgnored: IsIgnored): readonly (readonly Item[])[] {
  const { exchanges = [], notifications = [] } = session ?? {};
  return [
    ...directions.map((direction) =>
      exchanges
        .filter(({ request }) => request.direction === direction)
        .map((exchange) => ({ ...messageItem('exchange', exchange.request, isIgnored), exchange })),
    ),
    ...directions.map((direction) =>
      notifications
        .filter((message) => message.direction === direction)
        .map((message) => messageItem('message', message, isIgnored)),
    ),
    session === undefined ? [] : statesOf(session),
    session === undefined ? [] : eventsOf(session),
  ];
}

function messageItem(what: 'exchange' | 'message', message: TapedMessage, isIgnored: IsIgnored): Item {
  const name = nameOf(message);
  const said = message.text === undefined ? (message.digest ?? '') : canonicalText(message.value, isIgnored);
  // Of each message a few bytes, however long it is.
  const exact = `${name} ${createHash('sha256').update(said).digest('base64')}`;
  return { what, name, line: message.number, message, exact, alike: name };
}

function statesOf({ turns, ended }: TapedSession): readonly Item[] {
  const items = turns.map(({ from, to, number }) => namedItem('state', `${from} -> ${to}`, number));
  return ended === undefined ? items : [...items, namedItem('state', `ended: ${ended.line.reason}`, ended.number)];
}

/** When clocks look and streams come and go is chance. */
const tellingEvents: ReadonlySet<string> = new Set([
  'frame.malformed',
  'upstream.ready',
  'upstream.lost',
  'client.closed',
  'session.reopened',
  'session.close',
  'session.drain',
  'session.expired',
  'session.labelled',
  'effect.failed',
]);

function eventsOf({ others }: TapedSession): readonly Item[] {
  return others.flatMap(({ line, number }) => {
    if (line.event === 'frame.response') {
      return [namedItem('event', `${arrows[line.direction!]} a response that nobody waited for`, number)];
    }
    return tellingEvents.has(line.event) ? [namedItem('event', whatText(line), number)] : [];
  });
}

const namedItem = (what: 'state' | 'event', name: string, line: number): Item => ({
  what,
  name,
  line,
  exact: name,
  alike: name,
});

/** `-> tools/call echo`: the method, and what it is asked of. */
function nameOf({ direction, method, value }: TapedMessage): string {
  const named = subjectOf(value);
  return `${arrows[direction]} ${method}${named === undefined ? '' : ` ${named}`}`;
}

interface Compared {
  readonly same: number;
  readonly changes: readonly Change[];
}

function changesBetween(before: readonly Item[], after: readonly Item[], isIgnored: IsIgnored): Compared {
  const aligned = align(before, after);
  const moves = movesAmong(aligned.map((pair) => ({ was: before[pair.before ?? -1], is: after[pair.after ?? -1] })));
  let same = 0;
  const changes: Change[] = [];
  for (const pair of aligned) {
    const was = before[pair.before ?? -1];
    const is = after[pair.after ?? -1] ?? (was && moves.get(was));
    const isMove = was !== undefined && pair.after === undefined && is !== undefined;
    // It is told where it was before.
    if (was === undefined && is !== undefined && moves.has(is)) continue;
    const differences = was === undefined || is === undefined ? [] : differencesBetweenItems(was, is, isIgnored);
    if (was !== undefined && is !== undefined && !isMove && differences.length === 0) {
      same++;
      continue;
    }
    changes.push({
      change: isMove ? 'moved' : was === undefined ? 'new' : is === undefined ? 'missing' : 'changed',
      what: (was ?? is)!.what,
      name: (was ?? is)!.name,
      ...(was === undefined ? {} : { beforeLine: was.line }),
      ...(is === undefined ? {} : { afterLine: is.line }),
      differences,
    });
  }
  return { same, changes };
}

/** Each item that is missing in its place and there at another, by either of them. */
function movesAmong(
  pairs: readonly { readonly was: Item | undefined; readonly is: Item | undefined }[],
): ReadonlyMap<Item, Item> {
  const unmatched = new Map<string, Item[]>();
  for (const { was, is } of pairs) {
    if (was === undefined && is !== undefined) unmatched.set(is.exact, [...(unmatched.get(is.exact) ?? []), is]);
  }
  const moves = new Map<Item, Item>();
  for (const { was, is } of pairs) {
    if (was === undefined || is !== undefined) continue;
    const moved = unmatched.get(was.exact)?.shift();
    if (moved === undefined) continue;
    moves.set(was, moved);
    moves.set(moved, was);
  }
  return moves;
}

function differencesBetweenItems(was: Item, is: Item, isIgnored: IsIgnored): readonly PartDifference[] {
  return [
    ...messageDifferences('message', was.message, is.message, isIgnored),
    ...valueDifference('decision', stepsText(was.message), stepsText(is.message)),
    ...valueDifference('outcome', was.exchange?.outcome, is.exchange?.outcome),
    ...messageDifferences('answer', was.exchange?.answer, is.exchange?.answer, isIgnored),
    ...valueDifference('decision', stepsText(was.exchange?.answer), stepsText(is.exchange?.answer)),
  ];
}

/** Of a message that is another altogether, the beginning says enough. */
const differencesMax = 100;

function messageDifferences(
  part: 'message' | 'answer',
  was: TapedMessage | undefined,
  is: TapedMessage | undefined,
  isIgnored: IsIgnored,
): readonly PartDifference[] {
  if (was === undefined || is === undefined) return valueDifference(part, saidIn(was), saidIn(is));
  if (was.text === undefined || is.text === undefined) {
    return valueDifference(part, was.digest ?? saidIn(was), is.digest ?? saidIn(is));
  }
  const found: PartDifference[] = [];
  for (const difference of differencesBetween(was.value, is.value, { ignoring: isIgnored })) {
    found.push({ part, ...difference });
    if (found.length === differencesMax) break;
  }
  return found;
}

/** What a message brings, for a reader to whom the other has none. */
function saidIn(message: TapedMessage | undefined): unknown {
  if (message === undefined) return undefined;
  const { value, digest } = message;
  if (!isJsonObject(value)) return digest ?? 'a message that is not on the tape';
  return ownMember(value, 'result') ?? ownMember(value, 'error') ?? ownMember(value, 'params') ?? {};
}

function stepsText(message: TapedMessage | undefined): string | undefined {
  const steps = message?.steps ?? [];
  return steps.length === 0
    ? undefined
    : steps.map(({ interceptor, action }) => `${interceptor}: ${action}`).join(', ');
}

function valueDifference(part: PartDifference['part'], expected: unknown, actual: unknown): readonly PartDifference[] {
  return expected === actual ? [] : [{ part, expected, actual }];
}
