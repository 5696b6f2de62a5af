/**
 * JSON put into lines for reading, as places in its text: nothing of it is copied or changed, so that numbers and repeated names
 * show as they came, and megabytes cost little. Knows no elements.
 */

export interface JsonLines {
  readonly text: string;
  readonly count: number;
  /** Of each line: how deep it is, where it begins, and where it ends. */
  readonly places: Int32Array;
}

export interface JsonPart {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'mark';
  readonly text: string;
}

const codes = { quote: 34, comma: 44, open: 91, escape: 92, close: 93, openObject: 123, closeObject: 125 } as const;

/** @param text that JSON.parse takes; of any other the lines say nothing that can be relied on. */
export function jsonLines(text: string): JsonLines {
  const places = new Places();
  let depth = 0;
  let start = -1;
  const endLine = (end: number, nextDepth: number): void => {
    if (start >= 0) places.add(depth, start, end);
    start = -1;
    depth = nextDepth;
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32) continue;
    const isClosing = code === codes.close || code === codes.closeObject;
    if (isClosing) {
      endLine(lastInk(text, at), Math.max(0, depth - 1));
      start = at;
    } else if (start < 0) start = at;
    if (code === codes.quote) at = endOfString(text, at);
    else if (code === codes.comma) endLine(at + 1, depth);
    else if (code === codes.open || code === codes.openObject) {
      const next = nextInk(text, at + 1);
      const following = text.charCodeAt(next);
      // What is empty stays on its line.
      if (following === codes.close || following === codes.closeObject) at = next;
      else endLine(at + 1, depth + 1);
    }
  }
  endLine(text.trimEnd().length, depth);
  return { text, count: places.count, places: places.taken() };
}

/** One line, in parts to be coloured. Long texts are cut, and say so. */
export function partsOfLine({ text, places }: JsonLines, line: number, charactersMax = 1_000): readonly JsonPart[] {
  const from = places[line * 3 + 1]!;
  const end = places[line * 3 + 2]!;
  const parts: JsonPart[] = [];
  for (let at = nextInk(text, from); at < end; at = nextInk(text, at)) {
    const last = endOfPart(text, at, end);
    const whole = text.slice(at, Math.min(last, at + charactersMax));
    const left = last - at - whole.length;
    const next = nextInk(text, last);
    const isKey = text.charCodeAt(at) === codes.quote && next < end && text[next] === ':';
    parts.push({ kind: isKey ? 'key' : kindOf(whole), text: left > 0 ? `${whole}… (${left} more)` : whole });
    if (isKey) parts.push({ kind: 'mark', text: ': ' });
    at = isKey ? next + 1 : last;
  }
  return parts;
}

export function depthOfLine({ places }: JsonLines, line: number): number {
  return places[line * 3]!;
}

function kindOf(part: string): JsonPart['kind'] {
  if (part.startsWith('"')) return 'string';
  if (/^[-\d]/.test(part)) return 'number';
  return /^[a-z]/.test(part) ? 'word' : 'mark';
}

function endOfPart(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) === codes.quote) return Math.min(end, endOfString(text, at) + 1);
  if (/[[\]{},:]/.test(text[at]!)) return at + 1;
  let last = at + 1;
  while (last < end && !/[\s[\]{},:"]/.test(text[last]!)) last++;
  return last;
}

/** Where its closing quote is. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === codes.escape) at++;
    else if (code === codes.quote) return at;
  }
  return text.length;
}

function nextInk(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

/** One after the last character before `end` that is no space. */
function lastInk(text: string, end: number): number {
  let at = end;
  while (at > 0 && text.charCodeAt(at - 1) <= 32) at--;
  return at;
}

class Places {
  #taken = new Int32Array(3 * 256);
  count = 0;

  add(depth: number, start: number, end: number): void {
    const at = this.count * 3;
    if (at === this.#taken.length) {
      const larger = new Int32Array(this.#taken.length * 2);
      larger.set(this.#taken);
      this.#taken = larger;
    }
    this.#taken[at] = depth;
    this.#taken[at + 1] = start;
    this.#taken[at + 2] = end;
    this.count++;
  }

  taken(): Int32Array {
    return this.#taken.subarray(0, this.count * 3);
  }
}
