/**
 * Which message of a tape is meant by one that comes now: the same method with the same params, but for what is chosen anew in each
 * run. Equal calls are taken in the order of the tape, and then the last of them again and again.
 *
 * Left out of params: `_meta`; of a cancellation its request, and of progress its token; of a task, its times. What the peers say of
 * themselves when they begin (`initialize`, `server/discover`) is left out whole. A cursor counts where the tape has it, and is left
 * out where it does not: then the next page of the tape is meant.
 */

import { isJsonObject } from '../protocol/derive.ts';
import { canonicalText } from './canonical-text.ts';
import type { MessageValue } from './replay-conversation.ts';
import { firstDifference, hasHidden, openDifferences } from './replay-hidden.ts';
import type { Difference } from './message-comparison.ts';

/** A message of a tape that can be asked for. */
export interface Call {
  readonly method: string;
  readonly message: MessageValue | undefined;
}

export interface Nearest<C extends Call> {
  readonly call: C;
  readonly difference: Difference;
}

const greetings: ReadonlySet<string> = new Set(['initialize', 'server/discover']);

const runParams: Readonly<Record<string, readonly string[]>> = {
  'notifications/cancelled': ['requestId'],
  'notifications/progress': ['progressToken'],
  'notifications/tasks/status': ['createdAt', 'lastUpdatedAt'],
};

/** What counts of the params of a message. */
export function essentialParams({ method, message }: Call): unknown {
  if (greetings.has(method)) return {};
  const params = message?.['params'];
  if (params === undefined || params === null) return {};
  if (!isJsonObject(params)) return params;
  const left = new Set(['_meta', ...(runParams[method] ?? [])]);
  return Object.fromEntries(Object.entries(params).filter(([key]) => !left.has(key)));
}

/** Calls with the same params. */
interface Group<C extends Call> {
  readonly calls: C[];
  next: number;
}

interface OfMethod<C extends Call> {
  readonly exact: Map<string, Group<C>>;
  readonly withoutCursor: Map<string, Group<C>>;
  /** Those of which something is hidden: it matches anything. */
  readonly hidden: Set<C>;
  readonly all: C[];
}

export class Calls<C extends Call> {
  readonly #methods = new Map<string, OfMethod<C>>();
  readonly #taken = new Set<C>();

  /** @param calls in the order of the tape. */
  constructor(calls: Iterable<C>) {
    for (const call of calls) this.#add(call);
  }

  /** The call that is meant; undefined where the tape has none like it. */
  take(wanted: Call): C | undefined {
    const known = this.#methods.get(wanted.method);
    if (known === undefined) return undefined;
    const found = this.#find(known, wanted);
    if (found !== undefined) this.#taken.add(found);
    return found;
  }

  /** The same, as long as each call is meant once. */
  takeOnce(wanted: Call): C | undefined {
    const known = this.#methods.get(wanted.method);
    const found = known && this.#find(known, wanted);
    if (found === undefined || this.#taken.has(found)) return undefined;
    this.#taken.add(found);
    return found;
  }

  /** It is meant by something else already. */
  mark(call: C): void {
    this.#taken.add(call);
  }

  /** The call of the same method that differs in the fewest places, and the first of them. */
  nearest(wanted: Call): Nearest<C> | undefined {
    let nearest: (Nearest<C> & { readonly places: number }) | undefined;
    for (const call of this.#methods.get(wanted.method)?.all ?? []) {
      let places = 0;
      let difference: Difference | undefined;
      for (const found of openDifferences(essentialParams(call), essentialParams(wanted), everything)) {
        difference ??= found;
        places += 1;
        if (places === nearest?.places) break;
      }
      if (difference !== undefined && places !== nearest?.places) nearest = { call, difference, places };
    }
    return nearest;
  }

  /** Those that nobody has asked for yet, method by method. */
  get left(): readonly C[] {
    return [...this.#methods.values()].flatMap(({ all }) => all.filter((call) => !this.#taken.has(call)));
  }

  #add(call: C): void {
    let known = this.#methods.get(call.method);
    if (known === undefined) {
      known = { exact: new Map(), withoutCursor: new Map(), hidden: new Set(), all: [] };
      this.#methods.set(call.method, known);
    }
    known.all.push(call);
    const params = essentialParams(call);
    if (hasHidden(params)) known.hidden.add(call);
    addTo(known.exact, keyOf(params), call);
    addTo(known.withoutCursor, keyOf(cursorless(params)), call);
  }

  #find(known: OfMethod<C>, wanted: Call): C | undefined {
    const params = essentialParams(wanted);
    const exact = known.exact.get(keyOf(params));
    if (exact !== undefined) return this.#nextOf(exact);
    if (known.hidden.size > 0) {
      const fitting = [...known.hidden].filter(
        (call) => firstDifference(essentialParams(call), params, everything) === undefined,
      );
      if (fitting.length > 0) return fitting.find((call) => !this.#taken.has(call)) ?? fitting.at(-1);
    }
    const loose =
      isJsonObject(params) && 'cursor' in params ? known.withoutCursor.get(keyOf(cursorless(params))) : undefined;
    return loose && this.#nextOf(loose);
  }

  #nextOf(group: Group<C>): C | undefined {
    while (group.next < group.calls.length && this.#taken.has(group.calls[group.next]!)) group.next += 1;
    return group.calls[group.next] ?? group.calls.at(-1);
  }
}

const everything = { ignoring: (): boolean => false };

function addTo<C extends Call>(groups: Map<string, Group<C>>, key: string, call: C): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, { calls: [call], next: 0 });
  else group.calls.push(call);
}

function cursorless(params: unknown): unknown {
  if (!isJsonObject(params)) return params;
  return Object.fromEntries(Object.entries(params).filter(([key]) => key !== 'cursor'));
}

const keyOf = (params: unknown): string => canonicalText(params, everything.ignoring);
