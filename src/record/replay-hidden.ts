/** What is hidden on a tape matches anything: where that is, and whether a text fits what is still shown of it. */

import { isJsonObject } from '../protocol/derive.ts';
import { redacted } from '../redaction.ts';
import { type ComparisonOptions, type Difference, differencesBetween } from './message-comparison.ts';

/** Something in it was hidden before it was written. However deep it is. */
export function hasHidden(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (isHidden(next)) return true;
    if (Array.isArray(next)) left.push(...(next as readonly unknown[]));
    else if (isJsonObject(next)) left.push(...Object.values(next));
  }
  return false;
}

/** Differences but for those between what is hidden and what may have been there. */
export function* openDifferences(
  taped: unknown,
  actual: unknown,
  options: ComparisonOptions,
): Generator<Difference, void> {
  for (const difference of differencesBetween(taped, actual, options)) {
    if (!isHidden(difference.expected) || !fitsHidden(difference.expected, difference.actual)) yield difference;
  }
}

/** The first of them. */
export function firstDifference(taped: unknown, actual: unknown, options: ComparisonOptions): Difference | undefined {
  const [first] = openDifferences(taped, actual, options);
  return first;
}

function isHidden(value: unknown): value is string {
  return typeof value === 'string' && value.includes(redacted);
}

/** The parts that are shown stand in the text in their order, the first at its beginning and the last at its end. */
function fitsHidden(taped: string, actual: unknown): boolean {
  if (taped === redacted) return actual !== undefined;
  if (typeof actual !== 'string') return false;
  const [first = '', ...others] = taped.split(redacted);
  const last = others.pop() ?? '';
  if (!actual.startsWith(first) || !actual.endsWith(last)) return false;
  let from = first.length;
  for (const part of others) {
    const found = actual.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= actual.length - last.length;
}
