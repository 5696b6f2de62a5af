import { expect, test } from 'vitest';
import { closestOf, didYouMean, suggested } from '../../src/rules/suggestion.ts';

const words = ['block', 'modify', 'mock', 'delay'];

test('the closest word is meant, when it is close', () => {
  expect(closestOf('blok', words)).toBe('block');
  expect(closestOf('Modfy', words)).toBe('modify');
  expect(closestOf('mok', words)).toBe('mock');
  expect(closestOf('zebra', words)).toBeUndefined();
  expect(closestOf('x'.repeat(10_000), words)).toBeUndefined();
});

test('it is put as a question, or nothing is said', () => {
  expect(didYouMean('dela', words)).toBe(" Did you mean 'delay'?");
  expect(didYouMean('zebra', words)).toBe('');
  expect(suggested('zebra', ['a', 'b'], ' There are')).toBe(' There are a, b.');
  expect([suggested('dela', words, ''), suggested('x', [], '')]).toEqual([" Did you mean 'delay'?", '']);
});
