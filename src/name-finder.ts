/**
 * Finds names in JSON in one pass over its bytes, whatever is written between their letters: `api_key`, `API-Key`, `ap\niKey`; and words
 * that stand there as they are spelled. Says only that one of them is there, so that what has to be sure can look again; it says so
 * rather too often than not. All of them together are one automaton, so the pass costs the same for any number of them.
 */

import { type Automaton, automatonOf } from './word-automaton.ts';

export interface Names {
  /** Found where they are the whole of a JSON string. */
  readonly whole: readonly string[];
  /** Found where a JSON string ends with them, or where `=` or `:` follows them in a text. */
  readonly endings: readonly string[];
  /** Found wherever they are. */
  readonly anywhere: readonly string[];
  /** Not found where they are the whole of a JSON string, although they end as others do. */
  readonly except: readonly string[];
  /** Found where they stand character by character; in ASCII. The others are lower-case letters and digits alone. */
  readonly spelled: readonly string[];
}

/** Letters, digits, and the quote that begins and ends a JSON string: what names are made of. */
const nameSymbols = 37;
const quoteSymbol = 36;
/** Of `=` and `:`, which may stand between letters, and behind a name that is given a value. */
const equalsSymbol = 254;
/** Of everything else, which stands between letters. */
const noSymbol = 255;

const wanted = 1;
const ending = 2;
const quiet = 4;

/** In the place of a state: a name is found; the byte is to be looked at with those behind it. */
const found = -1;
const odd = -2;

const slash = 0x2f;
const backslash = 0x5c;
const lowerU = 0x75;
const lowerI = 0x69;
const lowerK = 0x6b;
/** Two characters beyond ASCII are letters of it in lower case: U+212A, a K, and U+0130, an I. Here in UTF-8. */
const kelvin = [0xe2, 0x84, 0xaa] as const;
const dottedI = [0xc4, 0xb0] as const;
const oddBytes: ReadonlySet<number> = new Set([backslash, kelvin[0], dottedI[0]]);
/** No name has it. */
const anyOther = 0;

export class NameFinder {
  /** Bytes of one kind do the same in every state. */
  readonly #kinds: Uint8Array;
  /** The next state by state and kind. A state is the place where its row begins. */
  readonly #next: Int32Array;

  constructor(names: Names) {
    const free = freeNames(names);
    const { automaton: strict, symbolOf } = spelledWords(names.spelled);
    const { kinds, rows } = kindsOf(symbolOf);
    this.#kinds = kinds;
    this.#next = together(free, strict, rows);
  }

  /** False: none of the names is in the JSON. */
  finds(json: Uint8Array): boolean {
    const next = this.#next;
    const kinds = this.#kinds;
    const { length } = json;
    let state = 0;
    let index = 0;
    // Two at a time, so that the kind of the second is there when its state is. What is odd is left to those who look at one.
    for (; index + 1 < length; index += 2) {
      const kind = kinds[json[index]!]!;
      const kindThen = kinds[json[index + 1]!]!;
      const between = next[state + kind]!;
      if (between < 0) break;
      const then = next[between + kindThen]!;
      if (then < 0) break;
      state = then;
    }
    return index < length && this.#findsFrom(json, index, state);
  }

  #findsFrom(json: Uint8Array, from: number, stateBefore: number): boolean {
    const next = this.#next;
    const kinds = this.#kinds;
    let state = stateBefore;
    for (let index = from; index < json.length; index++) {
      let then = next[state + kinds[json[index]!]!]!;
      if (then < 0) {
        if (then === found) return true;
        const byte = json[index]!;
        let stands = anyOther;
        if (byte === backslash) {
          index += 1;
          // That could spell anything.
          if (json[index] === lowerU) return true;
          if (json[index] === slash) stands = slash;
        } else if (byte === kelvin[0] && json[index + 1] === kelvin[1] && json[index + 2] === kelvin[2]) {
          index += 2;
          stands = lowerK;
        } else if (byte === dottedI[0] && json[index + 1] === dottedI[1]) {
          index += 1;
          stands = lowerI;
        }
        then = next[state + kinds[stands]!]!;
        if (then === found) return true;
      }
      state = then;
    }
    return false;
  }
}

/** Names whose letters may stand apart, over `nameSymbols`. */
function freeNames({ whole, endings, anywhere, except }: Names): Automaton {
  const symbols = (name: string): readonly number[] =>
    Array.from(name, (character) => nameSymbol(character.charCodeAt(0)));
  return automatonOf(
    [
      ...whole.map((name) => ({ word: symbols(`"${name}"`), mark: wanted })),
      ...endings.flatMap((name) => [
        { word: symbols(`${name}"`), mark: wanted },
        { word: symbols(name), mark: ending },
      ]),
      ...anywhere.map((name) => ({ word: symbols(name), mark: wanted })),
      ...except.map((name) => ({ word: symbols(`"${name}"`), mark: quiet })),
    ],
    nameSymbols,
  );
}

function nameSymbol(byte: number): number {
  const character = byte < 128 ? String.fromCharCode(byte).toLowerCase() : '';
  if (character >= 'a' && character <= 'z') return character.charCodeAt(0) - 97;
  if (character >= '0' && character <= '9') return 26 + byte - 48;
  if (character === '"') return quoteSymbol;
  return character === '=' || character === ':' ? equalsSymbol : noSymbol;
}

/** The characters of the words are numbered from 1; any other is 0. */
function spelledWords(words: readonly string[]): {
  readonly automaton: Automaton;
  readonly symbolOf: (byte: number) => number;
} {
  const characters = [...new Set(words.join(''))];
  const symbolOf = (byte: number): number => characters.indexOf(String.fromCharCode(byte)) + 1;
  const marked = words.map((word) => ({ word: Array.from(word, (one) => symbolOf(one.charCodeAt(0))), mark: wanted }));
  return { automaton: automatonOf(marked, characters.length + 1), symbolOf };
}

/** What a kind of byte is for both automata; undefined: odd. */
type Row = readonly [free: number, strict: number] | undefined;

function kindsOf(symbolOf: (byte: number) => number): { readonly kinds: Uint8Array; readonly rows: readonly Row[] } {
  const rows: Row[] = [undefined];
  const numbers = new Map<number, number>();
  const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
    if (oddBytes.has(byte)) return 0;
    const [free, strict] = [nameSymbol(byte), symbolOf(byte)];
    const key = free * 256 + strict;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, rows.length);
    return rows.push([free, strict]) - 1;
  });
  return { kinds, rows };
}

/** Both at once: a state for each pair of theirs that can be reached. */
function together(free: Automaton, strict: Automaton, rows: readonly Row[]): Int32Array {
  const strictSymbols = strict.next.length / strict.marks.length;
  const places = new Map([[0, 0]]);
  const pairs = [0];
  const next: number[] = [];
  for (const pair of pairs) {
    const [one, other] = [Math.floor(pair / strict.states), pair % strict.states];
    for (const row of rows) {
      if (row === undefined) {
        next.push(odd);
        continue;
      }
      const [symbol, strictSymbol] = row;
      const isLetter = symbol < nameSymbols;
      const oneThen = isLetter ? free.next[one * nameSymbols + symbol]! : one;
      const otherThen = strict.next[other * strictSymbols + strictSymbol]!;
      const isGiven = symbol === equalsSymbol && (free.marks[one]! & ending) !== 0;
      const isNamed = isLetter && (free.marks[oneThen]! & (wanted | quiet)) === wanted;
      if (isGiven || isNamed || strict.marks[otherThen]! !== 0) {
        next.push(found);
        continue;
      }
      const then = oneThen * strict.states + otherThen;
      let place = places.get(then);
      if (place === undefined) {
        place = pairs.length * rows.length;
        places.set(then, place);
        pairs.push(then);
      }
      next.push(place);
    }
  }
  return Int32Array.from(next);
}
