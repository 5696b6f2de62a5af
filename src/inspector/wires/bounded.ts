/** Cuts plain data down to what fits into one message for a viewer: what peers have said may be long, and lists have no end. */

export interface Bounds {
  readonly charactersMax: number;
  readonly itemsMax: number;
}

export const wireBounds: Bounds = { charactersMax: 200, itemsMax: 20 };

/** A copy in which long texts and lists end with a word on how much was left out. What JSON cannot say is not in it. */
export function bounded(value: unknown, bounds: Bounds = wireBounds): unknown {
  if (typeof value === 'string') return boundedText(value, bounds.charactersMax);
  if (Array.isArray(value)) {
    const kept = value.slice(0, bounds.itemsMax).map((item) => bounded(item, bounds));
    return value.length > kept.length ? [...kept, `and ${value.length - kept.length} more`] : kept;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, bounded(part, bounds)]));
}

function boundedText(text: string, charactersMax: number): string {
  const left = text.length - charactersMax;
  return left > 0 ? `${text.slice(0, charactersMax)} (and ${left} characters more)` : text;
}
