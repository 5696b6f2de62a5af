import { expect, test } from 'vitest';
import { tokenIn, tokenInText } from '../../../../src/inspector/page/connection/token.ts';

const token = 'q3-_tVh8Wc0aB1dE';

test('a token is taken from a hash that is one, and from no other', () => {
  expect(tokenIn(`#token=${token}`)).toBe(token);
  for (const hash of ['', '#/', '#token=', '#token=a b', `#/p/1/s/token=${token}`])
    expect(tokenIn(hash)).toBeUndefined();
});

test('what was pasted is an address with a token, or a token', () => {
  expect(tokenInText(` http://127.0.0.1:7411/inspect/#token=${token}\n`)).toBe(token);
  expect(tokenInText(`#token=${token}`)).toBe(token);
  expect(tokenInText(token)).toBe(token);
  for (const text of ['', 'short', 'http://127.0.0.1:7411/inspect/', 'two words of which none is one']) {
    expect(tokenInText(text)).toBeUndefined();
  }
});
