/**
 * Finds names in JSON text in one pass, whatever is written between their letters: `api_key`, `API-Key`, `ap\niKey`. Says only that one
 * of them is there, so that what has to be sure can look again; it says so rather too often than not. All names together are one automaton
 * (Aho and Corasick, 1975), so the pass costs the same for any number of them.
 */

export interface Names {
  /** Found where they are the whole of a JSON string. */
  readonly whole: readonly string[];
  /** Found where a JSON string ends with them, or where `=` or `:` follows them in a text. */
  readonly endings: readonly string[];
  /** Found wherever they are. */
  readonly anywhere: readonly string[];
  /** Not found where they are the whole of a JSON string, although they end as others do. */
  readonly except: readonly string[];
}

/** Letters and digits, and the quote that begins and ends a JSON string. */
const symbols = 37;
const quoteSymbol = 36;
/** Of `=` and `:`, which may stand between letters, and behind a name that is given a value. */
const equalsSymbol = 254;
const noSymbol = 255;

/** The symbol of each ASCII character; everything else stands between letters. */
const symbolOf = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase();
  if (character >= 'a' && character <= 'z') return character.charCodeAt(0) - 97;
  if (character >= '0' && character <= '9') return 26 + code - 48;
  if (character === '"') return quoteSymbol;
  return character === '=' || character === ':' ? equalsSymbol : noSymbol;
});

const backslash = 0x5c;
const lowerU = 0x75;
/** Two characters beyond ASCII that are letters of it in lower case. */
const kelvin = 0x212a;
const dottedI = 0x130;

/** In the place of a state: a name is found. */
const found = -1;

export class NameFinder {
  /** By state and symbol. */
  readonly #next: Int16Array;
  /** In this state the letters of an ending were read last. */
  readonly #isEnding: Uint8Array;

  /** @param names in lower-case letters and digits alone. */
  constructor({ whole, endings, anywhere, except }: Names) {
    const wanted = [...whole.map((name) => `"${name}"`), ...endings.map((name) => `${name}"`), ...anywhere];
    const quiet = except.map((name) => `"${name}"`);
    const statesMax = [...wanted, ...quiet].reduce((sum, word) => sum + word.length, 1);
    this.#next = new Int16Array(statesMax * symbols).fill(-1);
    this.#isEnding = new Uint8Array(statesMax);
    const isFound = new Uint8Array(statesMax);
    let states = 1;
    const add = (word: string): number => {
      let state = 0;
      for (let index = 0; index < word.length; index++) {
        const place = state * symbols + symbolOf[word.charCodeAt(index)]!;
        if (this.#next[place] === -1) this.#next[place] = states++;
        state = this.#next[place]!;
      }
      return state;
    };
    for (const word of wanted) isFound[add(word)] = 1;
    for (const word of endings) this.#isEnding[add(word)] = 1;
    this.#link(isFound, new Set(quiet.map(add)));
    for (let place = 0; place < this.#next.length; place++) {
      if (isFound[this.#next[place]!] === 1) this.#next[place] = found;
    }
  }

  /** False: none of the names is in the text. */
  finds(text: string): boolean {
    const next = this.#next;
    let state = 0;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      let symbol = noSymbol;
      if (code === backslash) {
        index += 1;
        // That could spell anything.
        if (text.charCodeAt(index) === lowerU) return true;
      } else if (code < 128) symbol = symbolOf[code]!;
      else if (code === kelvin) symbol = 10;
      else if (code === dottedI) symbol = 8;
      if (symbol >= symbols) {
        if (symbol === equalsSymbol && this.#isEnding[state] === 1) return true;
        continue;
      }
      state = next[state * symbols + symbol]!;
      if (state === found) return true;
    }
    return false;
  }

  /** Where a word does not go on, the longest ending of what was read goes on that is the beginning of another. */
  #link(isFound: Uint8Array, quiet: ReadonlySet<number>): void {
    const next = this.#next;
    const fallback = new Int16Array(isFound.length);
    const queue = [0];
    for (const state of queue) {
      const behind = fallback[state]!;
      if (!quiet.has(state) && isFound[behind] === 1) isFound[state] = 1;
      if (this.#isEnding[behind] === 1) this.#isEnding[state] = 1;
      for (let symbol = 0; symbol < symbols; symbol++) {
        const place = state * symbols + symbol;
        const along = state === 0 ? 0 : next[behind * symbols + symbol]!;
        if (next[place] === -1) next[place] = along;
        else {
          fallback[next[place]!] = along;
          queue.push(next[place]!);
        }
      }
    }
  }
}
