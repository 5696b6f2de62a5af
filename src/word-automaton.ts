/**
 * Words as one automaton (Aho and Corasick, 1975): a state for each beginning of a word, so that what is read symbol by symbol is at
 * any time in the state of the longest beginning that it ends with. Knows no characters.
 */

export interface MarkedWord {
  readonly word: readonly number[];
  /** Bits of the states in which this word, or one that ends with it, was read last. */
  readonly mark: number;
}

export interface Automaton {
  readonly states: number;
  /** The next state, by state and symbol: at `state * symbols + symbol`. The first state is 0. */
  readonly next: Uint16Array;
  readonly marks: Uint8Array;
}

/** @param symbols how many there are: a word is made of numbers from 0 to one less. */
export function automatonOf(words: readonly MarkedWord[], symbols: number): Automaton {
  const statesMax = words.reduce((sum, { word }) => sum + word.length, 1);
  const next = new Uint16Array(statesMax * symbols);
  const marks = new Uint8Array(statesMax);
  let states = 1;
  for (const { word, mark } of words) {
    let state = 0;
    for (const symbol of word) {
      const place = state * symbols + symbol;
      // Nothing leads back to the first state so far: 0 is no way.
      if (next[place] === 0) next[place] = states++;
      state = next[place]!;
    }
    marks[state]! |= mark;
  }
  link(next, marks, symbols, states);
  return { states, next, marks };
}

/** Where a word does not go on, the longest ending of what was read goes on that is the beginning of another. */
function link(next: Uint16Array, marks: Uint8Array, symbols: number, states: number): void {
  const fallback = new Uint16Array(states);
  const queue = [0];
  for (const state of queue) {
    const behind = fallback[state]!;
    marks[state]! |= marks[behind]!;
    for (let symbol = 0; symbol < symbols; symbol++) {
      const place = state * symbols + symbol;
      const along = state === 0 ? 0 : next[behind * symbols + symbol]!;
      const on = next[place]!;
      if (on === 0) next[place] = along;
      else {
        fallback[on] = along;
        queue.push(on);
      }
    }
  }
}
