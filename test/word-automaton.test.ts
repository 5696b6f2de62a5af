import fc from 'fast-check';
import { expect, test } from 'vitest';
import { automatonOf } from '../src/word-automaton.ts';

const word = fc.array(fc.nat(2), { minLength: 1, maxLength: 4 });

test('after each symbol it is known which words were read last', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), fc.array(fc.nat(2), { maxLength: 20 }), (words, read) => {
      const marked = words.map((one, index) => ({ word: one, mark: 1 << index }));
      const { next, marks } = automatonOf(marked, 3);
      let state = 0;
      read.forEach((symbol, index) => {
        state = next[state * 3 + symbol]!;
        const ends = marked.filter(({ word: one }) =>
          read
            .slice(0, index + 1)
            .join('')
            .endsWith(one.join('')),
        );
        expect(marks[state]).toBe(ends.reduce((bits, { mark }) => bits | mark, 0));
      });
    }),
    { numRuns: 500 },
  );
});
