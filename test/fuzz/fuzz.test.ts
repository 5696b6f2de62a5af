/** A little of the fuzzing, whatever it found before, and that it does find what is broken. */

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type KeptCase, caseOf, fuzzCases, inPieces, keptCase } from './fuzz-case.ts';
import { fuzz, replay } from './fuzz.ts';
import type { PureTarget } from './fuzz-target.ts';
import { targets } from './targets.ts';

const folder = new URL('found/', import.meta.url);
const found = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('a little fuzzing', () => {
  test.each(targets)('$name: $law', async (target) => {
    const cases = target.kind === 'pure' ? 50 : target.together;
    expect((await fuzz(target, { cases, seed: 1 })).found).toBeUndefined();
  });
});

describe('what was found once', () => {
  test.each(found)('%s is as it should be', async (name) => {
    const kept = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as KeptCase;
    const target = targets.find((each) => each.name === kept.target);
    expect(target).toBeDefined();
    await replay(target!, caseOf(kept));
  });
});

const words = fuzzCases([new Uint8Array(Buffer.from('one two three'))], ['four']);
const noFour: PureTarget = {
  name: 'no-four',
  kind: 'pure',
  law: 'nobody says four',
  cases: words,
  check: ({ bytes }) => {
    if (Buffer.from(bytes).includes('four')) throw new Error('somebody said four');
  },
};

test('a broken law is found, made small, and found again from its seed and from what is kept', async () => {
  const { found: once, cases } = await fuzz(noFour, { cases: 20_000, seed: 5 });
  expect(once?.kept).toMatchObject({ target: 'no-four', was: 'somebody said four' });
  expect(once?.kept.text?.length).toBeLessThan('one two three four'.length);
  expect(cases).toBeLessThan(20_000);
  expect((await fuzz(noFour, { cases: 1000, seed: once!.seed })).found?.kept).toEqual(once?.kept);
  await expect(replay(noFour, caseOf(once!.kept))).rejects.toThrow('somebody said four');
});

test('no more is tried than there is time for', async () => {
  expect(await fuzz(noFour, { cases: 1e6, seed: 1, until: -1 })).toMatchObject({ cases: 0 });
});

test('what is kept is the case, be it text or not', () => {
  for (const bytes of [Uint8Array.of(0, 0x41, 0x7f), Uint8Array.of(0xff, 0xc3), new Uint8Array()]) {
    const kept = JSON.parse(JSON.stringify(keptCase('a', 'b', { bytes, choices: [1, 2] }))) as KeptCase;
    expect(caseOf(kept)).toEqual({ bytes, choices: [1, 2] });
  }
});

test('pieces are the bytes again', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
  const pieces = inPieces({ bytes, choices: [0, 6] });
  expect(pieces.slice(0, 3).map(({ length }) => length)).toEqual([1, 7, 1]);
  expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
});
