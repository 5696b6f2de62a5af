/** The same text for values that say the same: whatever the order of their keys, and without the places that do not count. */

import { isJsonObject } from '../protocol/derive.ts';
import { pointerStep, saysNothing } from './message-comparison.ts';

/**
 * @param value as JSON.parse makes it.
 * @param ignoring asked about each place, by its JSON Pointer.
 */
export function canonicalText(value: unknown, ignoring: (path: string) => boolean, path = ''): string {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const texts = items.map((item, place) => {
      const inside = `${path}/${place}`;
      return ignoring(inside) ? '' : canonicalText(item, ignoring, inside);
    });
    return `[${texts.join()}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const inside = `${path}/${pointerStep(key)}`;
      if (ignoring(inside) || saysNothing(value[key], inside, ignoring)) return [];
      return [`${JSON.stringify(key)}:${canonicalText(value[key], ignoring, inside)}`];
    });
  return `{${members.join()}}`;
}
