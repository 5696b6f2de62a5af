/**
 * Where two JSON values differ, place by place. Knows what is another in every run of the same conversation (ids, tokens, times), and
 * nothing of what a difference means. The order of keys says nothing in JSON and nothing here.
 */

import { isJsonObject, ownMember } from '../protocol/derive.ts';

export interface Difference {
  /** JSON Pointer (RFC 6901) from the value down. */
  readonly path: string;
  /** `undefined`: there is nothing at this place. */
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface ComparisonOptions {
  /** Asked about each place that is come to, by its JSON Pointer: what is at it and below is taken for equal. */
  readonly ignoring: (path: string) => boolean;
}

/** The first difference, in the order of the keys of `expected`; `undefined` where there is none. */
export function compareMessages(
  expected: unknown,
  actual: unknown,
  options: ComparisonOptions,
): Difference | undefined {
  const [first] = differencesBetween(expected, actual, options);
  return first;
}

/** Every difference, one after the other: what is not asked for is not looked for. However deep the values are. */
export function* differencesBetween(
  expected: unknown,
  actual: unknown,
  { ignoring }: ComparisonOptions,
): Generator<Difference, void> {
  const left: Difference[] = [{ path: '', expected, actual }];
  for (let pair = left.pop(); pair !== undefined; pair = left.pop()) {
    if (Object.is(pair.expected, pair.actual) || ignoring(pair.path)) continue;
    if (saysNothing(pair.expected ?? pair.actual, pair.path, ignoring) && isOneSided(pair)) continue;
    const inside = pairsIn(pair);
    if (inside === undefined) yield pair;
    else for (let place = inside.length - 1; place >= 0; place--) left.push(inside[place]!);
  }
}

const isOneSided = ({ expected, actual }: Difference): boolean => expected === undefined || actual === undefined;

/** Objects of a message that peers leave out, or write down empty, as they like. */
const carriers: ReadonlySet<string> = new Set(['/params', '/params/_meta', '/result/_meta']);

/** The object is at one of these places, and holds nothing that counts: a message that has it says no more than one that has not. */
export function saysNothing(value: unknown, path: string, ignoring: ComparisonOptions['ignoring']): boolean {
  return (
    carriers.has(path) &&
    isJsonObject(value) &&
    Object.keys(value).every((key) => {
      const inside = `${path}/${pointerStep(key)}`;
      return ignoring(inside) || saysNothing(value[key], inside, ignoring);
    })
  );
}

/** What is to be compared instead of two lists or two objects; `undefined` for anything else. */
function pairsIn({ path, expected, actual }: Difference): readonly Difference[] | undefined {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const [before, after]: readonly (readonly unknown[])[] = [expected, actual];
    return Array.from({ length: Math.max(before!.length, after!.length) }, (_, place) => ({
      path: `${path}/${place}`,
      expected: before![place],
      actual: after![place],
    }));
  }
  if (!isJsonObject(expected) || !isJsonObject(actual)) return undefined;
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].map((key) => ({
    path: `${path}/${pointerStep(key)}`,
    expected: ownMember(expected, key),
    actual: ownMember(actual, key),
  }));
}

/** A key as JSON Pointer spells it. */
export const pointerStep = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * Places of an MCP message whose value is chosen anew in each run, and says nothing but which request, task or trace is meant, or what
 * the time was.
 */
export const passingPlaces: readonly string[] = [
  '/id',
  '/params/_meta/progressToken',
  '/params/_meta/traceparent',
  '/params/_meta/tracestate',
  '/params/progressToken',
  '/params/requestId',
  ...['/params', '/result', '/result/task'].flatMap((place) =>
    ['taskId', 'createdAt', 'lastUpdatedAt'].map((key) => `${place}/${key}`),
  ),
  ...['/params', '/result'].flatMap((place) => [
    `${place}/_meta/io.modelcontextprotocol~1related-task/taskId`,
    `${place}/_meta/io.modelcontextprotocol~1subscriptionId`,
  ]),
];

const passing: ReadonlySet<string> = new Set(passingPlaces);

/** For `ignoring`: all of `passingPlaces`. */
export const isPassing = (path: string): boolean => passing.has(path);
