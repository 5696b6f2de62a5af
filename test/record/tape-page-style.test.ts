import { expect, test } from 'vitest';
import { tapePageStyle } from '../../src/record/tape-page-style.ts';

test('every colour that is used has a name, and every name is used', () => {
  const declared = new Set([...tapePageStyle.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  const used = new Set([...tapePageStyle.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name));
  expect([...used].filter((name) => !declared.has(name))).toEqual([]);
  expect([...declared].filter((name) => !used.has(name))).toEqual([]);
});
