import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeText } from '../src/protocol/text.ts';
import { NameFinder } from '../src/name-finder.ts';

const finder = new NameFinder({
  whole: ['pin'],
  endings: ['token', 'apikey'],
  anywhere: ['bearer'],
  except: ['progresstoken'],
  spelled: ['://', 'eyJ', 'sk-'],
});
const finds = (value: unknown): boolean => finder.finds(encodeText(JSON.stringify(value)));

describe('a name is found', () => {
  test.each([
    { token: 1 },
    { accessToken: 1 },
    { 'ACCESS-TOKEN': 1 },
    { 'to ken': 1 },
    { 'ap"i\nke\ty': 1 },
    { api_key: 1 },
    { apiKey: 1 },
    { name: 'API_KEY', value: 'x' },
    { pin: 1 },
    { 'p-i-n': 1 },
    { ':pin=': 1 },
    { text: 'token = x' },
    { text: '{"token": "x"}' },
    { text: 'Authorization: Bearer x' },
    { text: 'the bear, er' },
    { '\u212apin': 1, 'to\u212aen': 1 },
    { text: '\u0007' },
    { progressToken: 1, token: 2 },
    { aprogressToken: 1 },
    { text: 'at db://x' },
    { text: 'eyJhbGci' },
    { ask: 'task-force' },
    { text: 'a\u0130pin', '\u0130pin': 1, 'p\u0130n': 2 },
  ])('in %j', (value) => {
    expect(finds(value)).toBe(true);
  });
});

describe('nothing is found', () => {
  test.each([
    { tokens: 1 },
    { text: 'a token of love' },
    { spinning: 1, pinned: 'x', opinion: 2 },
    { progressToken: 1 },
    { 'progress-token': 1 },
    { to: 'ken' },
    { apik: 'ey' },
    { text: ':/ /, EYJ, e-yJ, task' },
    { text: '\u2128\u010f' },
    {},
  ])('in %j', (value) => {
    expect(finds(value)).toBe(false);
  });
});

test('a name is found wherever it ends a string, whatever is around and in between', () => {
  const filler = fc.string({ unit: fc.constantFrom('-', '_', ' ', '\n', '"', 'é', '.', '\\'), maxLength: 3 });
  const spread = (word: string) =>
    fc.array(filler, { minLength: word.length, maxLength: word.length }).map((fillers) =>
      word
        .split('')
        .map((letter, index) => (index % 2 === 0 ? letter : letter.toUpperCase()) + fillers[index]!)
        .join(''),
    );
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('token', 'apikey').chain(spread), fc.string(), (before, name, after) => {
      expect(finds({ [`${before} ${name}`]: after, after })).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
