/**
 * What a session counts. A fixed list of names over one array of numbers: a count is an index, a snapshot is a plain
 * object, and totals over sessions are sums that nobody stores while the sessions live.
 */

import { type Outcome, outcomes } from './outcomes.ts';

const frameCounters = [
  'framesFromClient',
  'framesFromServer',
  'bytesFromClient',
  'bytesFromServer',
  'requestsFromClient',
  'requestsFromServer',
  'responsesFromClient',
  'responsesFromServer',
  'notificationsFromClient',
  'notificationsFromServer',
  'malformedFromClient',
  'malformedFromServer',
] as const;

const strayCounters = [
  'lateResponses',
  'duplicateResponses',
  'bogusResponses',
  'lateProgress',
  'unattributedProgress',
  'lateCancellations',
  'illegalCancellations',
  'ambiguousCancellations',
  'errorsWithoutId',
  'duplicateIds',
  'beforeInitialized',
  'unknownMethods',
  'wrongKind',
  'wrongSender',
  'notInRevision',
] as const;

const decisionCounters = [
  'modified',
  'blocked',
  'mocked',
  'held',
  'dropped',
  'interceptorFailures',
  'effectFailures',
  'undeliverable',
  'refusedPerSession',
  'refusedTotal',
  'refusedReserved',
  'refusedHeld',
  'refusedBuffer',
  'refusedListen',
  'refusedQuestions',
  'refusedLabels',
  'upstreamLosses',
  'recoveries',
] as const;

export type CounterName =
  | (typeof frameCounters)[number]
  | (typeof strayCounters)[number]
  | (typeof decisionCounters)[number]
  | `outcome.${Outcome}`;

export const counterNames: readonly CounterName[] = [
  ...frameCounters,
  ...strayCounters,
  ...decisionCounters,
  ...outcomes.map((outcome): CounterName => `outcome.${outcome}`),
];

/** The counter of each outcome. */
export const outcomeCounter = Object.fromEntries(
  outcomes.map((outcome) => [outcome, `outcome.${outcome}`]),
) as Readonly<{ [Each in Outcome]: `outcome.${Each}` }>;

/** The place of each counter in a session's array of counts. */
export const counterIndex: Readonly<Record<CounterName, number>> = Object.fromEntries(
  counterNames.map((name, index) => [name, index]),
) as Record<CounterName, number>;

export type Counts = Readonly<Record<CounterName, number>>;

const noCounts: readonly number[] = counterNames.map(() => 0);

/** A plain array: a typed one of this size lives outside the heap, which a session of a few frames pays dearly for. */
export function newCounts(): number[] {
  return noCounts.slice();
}

export function addCounts(total: number[], counts: readonly number[]): void {
  for (let index = 0; index < counts.length; index++) total[index]! += counts[index]!;
}

export function countsToJson(counts: readonly number[]): Counts {
  return Object.fromEntries(counterNames.map((name, index) => [name, counts[index]!])) as Counts;
}
